import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Browser } from './browser.js';

/** Numbers from 0 up to 1 that depend on the seed alone. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A tab that is connected and remembers what it heard on the channel `c`. */
function reader(browser, options = {}) {
  const tab = browser.open();
  tab.heard = [];
  tab.states = [];
  tab.sub = tab.line.subscribe('c', {
    onPublication: ({ data }) => tab.heard.push(data),
    onState: ({ state, recovered, wasRecovering }) => state === 'subscribed' && tab.states.push({ recovered, wasRecovering }),
    ...options,
  });
  tab.line.connect();
  return tab;
}

const count = (browser, kind) => browser.server.asked.filter(([asked]) => asked === kind).length;

describe('tabs that share a line', () => {
  it('have one, with one connect and one subscribe', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser), reader(browser)];
    await browser.rest();
    browser.server.publish('c', 'hello');
    await browser.rest();
    assert.deepEqual(tabs.map((tab) => tab.heard), [['hello'], ['hello'], ['hello']]);
    assert.equal(browser.server.lines.size, 1);
    assert.deepEqual([count(browser, 'connect'), count(browser, 'subscribe')], [1, 1]);
    assert.equal(new Set(tabs.map((tab) => tab.line.clientId)).size, 1);
  });

  it('may come later, and hear what comes from then on', async () => {
    const browser = new Browser();
    reader(browser);
    await browser.rest();
    browser.server.publish('c', 1);
    await browser.rest();
    const late = reader(browser);
    await browser.rest();
    browser.server.publish('c', 2);
    await browser.rest();
    assert.deepEqual(late.heard, [2]);
    assert.deepEqual(late.sub.position, { offset: 2, epoch: 'e1' });
  });

  it('may come with a cursor, which is served from what is kept', async () => {
    const browser = new Browser();
    reader(browser);
    await browser.rest();
    for (let i = 1; i <= 5; i++) browser.server.publish('c', i);
    await browser.rest();
    const late = reader(browser, { since: { offset: 2, epoch: 'e1' } });
    await browser.rest();
    assert.deepEqual(late.heard, [3, 4, 5]);
    assert.deepEqual(late.states, [{ recovered: true, wasRecovering: true }]);
    assert.equal(count(browser, 'subscribe'), 1);
  });

  it('may come with a cursor older than what is kept: the server is asked again, and nobody hears anything twice', async () => {
    const browser = new Browser();
    for (let i = 1; i <= 3; i++) browser.server.publish('c', i);
    const first = reader(browser);
    await browser.rest();
    for (let i = 4; i <= 5; i++) browser.server.publish('c', i);
    await browser.rest();
    const late = reader(browser, { since: { offset: 0, epoch: 'e1' } });
    await browser.rest();
    browser.server.publish('c', 6);
    await browser.rest();
    assert.deepEqual(late.heard, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(first.heard, [4, 5, 6]);
    assert.equal(first.states.length, 1);
    assert.equal(count(browser, 'subscribe'), 2);
  });

  it('with a cursor of another log are told that they missed something', async () => {
    const browser = new Browser();
    reader(browser);
    await browser.rest();
    const late = reader(browser, { since: { offset: 2, epoch: 'other' } });
    await browser.rest();
    assert.deepEqual(late.states, [{ recovered: false, wasRecovering: true }]);
  });

  it('go on where they are when another\'s older cursor is refused', async () => {
    const browser = new Browser();
    browser.server.publish('c', 1);
    const first = reader(browser);
    await browser.rest();
    browser.server.refuses = ({ offset }) => offset === 0;
    const late = reader(browser, { since: { offset: 0, epoch: 'e1' } });
    await browser.rest();
    browser.server.publish('c', 2);
    await browser.rest();
    assert.equal(late.sub.state, 'unsubscribed');
    assert.deepEqual(first.heard, [2]);
  });

  it('miss nothing when another\'s older cursor can\'t be recovered', async () => {
    const browser = new Browser();
    browser.server.publish('c', 1);
    const first = reader(browser);
    await browser.rest();
    browser.server.oldest = 2;
    let between = 0;
    browser.server.refuses = () => void (between++ || browser.server.publish('c', 2)); // when nobody is subscribed
    const late = reader(browser, { since: { offset: 0, epoch: 'e1' } });
    await browser.rest();
    browser.server.publish('c', 3);
    await browser.rest();
    assert.deepEqual(late.states, [{ recovered: false, wasRecovering: true }]);
    assert.deepEqual(late.heard, [3]);
    assert.deepEqual(first.heard, [2, 3]);
  });

  it('get answers to their own commands only', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser)];
    await browser.rest();
    const answers = tabs.map((tab, i) => tab.line.rpc('echo', i));
    await browser.rest();
    assert.deepEqual(await Promise.all(answers), [0, 1]);
  });

  it('ask for joins when one of them wants them', async () => {
    const browser = new Browser();
    const first = reader(browser);
    await browser.rest();
    browser.server.publish('c', 1);
    await browser.rest();
    const late = reader(browser, { joinLeave: true });
    await browser.rest();
    browser.server.publish('c', 2);
    await browser.rest();
    assert.equal(count(browser, 'subscribe'), 2);
    assert.deepEqual([first.heard, late.heard], [[1, 2], [2]]);
  });

  it('leave a channel when the last of them does', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser)];
    await browser.rest();
    tabs[0].sub.unsubscribe();
    await browser.rest();
    browser.server.publish('c', 1);
    await browser.rest();
    assert.deepEqual(tabs.map((tab) => tab.heard), [[], [1]]);
    assert.equal(count(browser, 'unsubscribe'), 0);
    tabs[1].sub.unsubscribe();
    await browser.rest();
    assert.equal(count(browser, 'unsubscribe'), 1);
    tabs[0].sub.subscribe();
    await browser.rest();
    assert.deepEqual(tabs[0].heard, [1]);
  });

  it('are refused one by one', async () => {
    const browser = new Browser();
    const refused = browser.open();
    const codes = [];
    refused.line.subscribe('forbidden', { onState: ({ state, code }) => state === 'unsubscribed' && codes.push(code) });
    refused.line.connect();
    const other = reader(browser);
    await browser.rest();
    browser.server.publish('c', 1);
    await browser.rest();
    assert.deepEqual(codes, [103]);
    assert.deepEqual(other.heard, [1]);
  });

  it('hang up when the last of them does', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser)];
    await browser.rest();
    tabs[0].line.disconnect();
    await browser.rest();
    assert.equal(browser.server.lines.size, 1);
    tabs[1].line.disconnect();
    await browser.rest();
    assert.equal(browser.server.lines.size, 0);
    tabs[1].line.connect();
    await browser.rest();
    assert.equal(tabs[1].line.state, 'connected');
  });

  it('answer one ping once', async () => {
    const browser = new Browser();
    reader(browser);
    reader(browser);
    await browser.rest();
    const frames = [];
    const [line] = browser.server.lines;
    const hear = browser.server.hear.bind(browser.server);
    browser.server.hear = (from, frame) => frames.push(frame) && hear(from, frame);
    line.say({});
    await browser.rest();
    assert.deepEqual(frames, ['{}']);
  });
});

describe('a subscription that the server makes', () => {
  const served = (browser) => {
    const tab = browser.open();
    tab.heard = [];
    tab.line.on('publication', ({ channel, publication, how }) => tab.heard.push([channel, publication.data, how]));
    tab.line.on('subscription', ({ channel, state, recovered }) => tab.heard.push([channel, state, recovered]));
    tab.line.connect();
    return tab;
  };

  it('is heard by all tabs, and recovered by each', async () => {
    const browser = new Browser();
    browser.server.serves = ['news'];
    const tabs = [served(browser)];
    await browser.rest();
    tabs.push(served(browser));
    await browser.rest();
    browser.server.publish('news', 1);
    await browser.rest();
    [...browser.leader.sockets].at(-1).cut(3001, 'shutdown');
    browser.server.publish('news', 2);
    await browser.passes(500);
    const all = [['news', 'subscribing', undefined], ['news', 'subscribed', false], ['news', 1, 'live'],
      ['news', 'subscribing', undefined], ['news', 'subscribed', true], ['news', 2, 'recovered']];
    assert.deepEqual(tabs.map((tab) => tab.heard), [all, all]);
  });

  it('later is known to tabs that come still later', async () => {
    const browser = new Browser();
    served(browser);
    await browser.rest();
    const [line] = browser.server.lines;
    line.channels.add('news');
    line.say({ push: { channel: 'news', subscribe: { recoverable: true, positioned: true, epoch: 'e1' } } });
    await browser.rest();
    browser.server.publish('news', 1);
    const late = served(browser);
    await browser.rest();
    browser.server.publish('news', 2);
    await browser.rest();
    assert.deepEqual(late.heard, [['news', 'subscribing', undefined], ['news', 'subscribed', false], ['news', 2, 'live']]);
  });
});

describe('the server\'s end of a shared subscription', () => {
  for (const [code, asked] of [[2000, 1], [2500, 2]]) {
    it(`with ${code} reaches every tab`, async () => {
      const browser = new Browser();
      const tabs = [reader(browser), reader(browser)];
      await browser.rest();
      const [line] = browser.server.lines;
      line.channels.delete('c');
      line.say({ push: { channel: 'c', unsubscribe: { code, reason: 'why' } } });
      await browser.rest();
      assert.deepEqual(tabs.map((tab) => tab.sub.state), Array(2).fill(asked === 2 ? 'subscribed' : 'unsubscribed'));
      assert.equal(count(browser, 'subscribe'), asked);
    });
  }
});

describe('a tab that has the line', () => {
  it('and crashes hands it on, and the others recover', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser), reader(browser)];
    await browser.rest();
    browser.server.publish('c', 1);
    await browser.rest();
    browser.kill(browser.leader);
    browser.server.publish('c', 2);
    await browser.passes(1_000);
    await browser.passes(1_000);
    browser.server.publish('c', 3);
    await browser.rest();
    const left = tabs.filter((tab) => tab.alive);
    assert.deepEqual(left.map((tab) => tab.heard), [[1, 2, 3], [1, 2, 3]]);
    assert.equal(browser.server.lines.size, 1);
  });

  it('and is put away hands it on at once', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser)];
    await browser.rest();
    const away = browser.leader;
    away.window.dispatchEvent(new Event('pagehide'));
    await browser.rest();
    away.line.disconnect();
    await browser.passes(500);
    await browser.passes(500);
    browser.server.publish('c', 1);
    await browser.rest();
    assert.notEqual(browser.leader, away);
    assert.deepEqual(tabs.find((tab) => tab !== away).heard, [1]);
    away.line.connect();
    await browser.rest();
    assert.deepEqual(away.heard, [1]);
    assert.equal(browser.server.lines.size, 1);
  });

  it('and hangs up serves the others on', async () => {
    const browser = new Browser();
    reader(browser);
    await browser.rest();
    const first = browser.leader;
    const other = reader(browser);
    await browser.rest();
    first.line.disconnect();
    await browser.rest();
    browser.server.publish('c', 1);
    await browser.rest();
    assert.deepEqual(other.heard, [1]);
    assert.deepEqual(first.heard, []);
  });

  it('forgets a tab that crashed', async () => {
    const browser = new Browser();
    reader(browser);
    await browser.rest();
    const { leader } = browser;
    const other = browser.open();
    other.line.subscribe('d');
    other.line.connect();
    await browser.rest();
    browser.kill(other);
    await browser.rest();
    assert.deepEqual(browser.server.asked.at(-1), ['unsubscribe', 'd']);
    assert.equal(browser.leader, leader);
  });
});

describe('a shared line that is closed by the server', () => {
  it('is redialled, with one line, and recovered by every tab', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser)];
    await browser.rest();
    [...browser.leader.sockets].at(-1).cut(3001, 'shutdown');
    browser.server.publish('c', 1);
    await browser.passes(500);
    assert.deepEqual(tabs.map((tab) => tab.heard), [[1], [1]]);
    assert.equal(browser.server.lines.size, 1);
  });

  it('for good is so in every tab', async () => {
    const browser = new Browser();
    const tabs = [reader(browser), reader(browser)];
    await browser.rest();
    [...browser.leader.sockets].at(-1).cut(3503, 'force disconnect');
    await browser.rest();
    assert.deepEqual(tabs.map((tab) => tab.line.state), ['disconnected', 'disconnected']);
  });
});

describe('whatever tabs come and go', () => {
  for (let seed = 1; seed <= 30; seed++) {
    it(`none loses a publication or hears one twice (seed ${seed})`, async () => {
      const random = chance(seed);
      const browser = new Browser();
      const begun = [reader(browser), reader(browser)];
      let published = 0;
      for (let round = 0; round < 300; round++) {
        const fate = random();
        if (fate < 0.3) browser.server.publish('c', ++published);
        else if (fate < 0.33 && browser.tabs.length > 1) browser.kill(browser.tabs[Math.floor(random() * browser.tabs.length)]);
        else if (fate < 0.37 && browser.tabs.length < 5) begun.push(reader(browser));
        else if (fate < 0.39 && browser.leader) [...browser.leader.sockets].at(-1).cut(3001, 'shutdown');
        else if (fate < 0.41) {
          const tab = browser.tabs[Math.floor(random() * browser.tabs.length)];
          if (tab.sub.state === 'unsubscribed') tab.sub.subscribe();
          else tab.sub.unsubscribe();
        } else if (fate < 0.5) browser.clock.advance(100);
        for (let i = random() * 8; i > 0; i--) await browser.step(random);
      }
      for (const tab of browser.tabs) tab.sub.subscribe();
      for (let i = 0; i < 20; i++) await browser.passes(500, random);
      browser.server.publish('c', ++published);
      await browser.rest(random);
      for (const tab of browser.tabs) {
        const from = tab.heard[0];
        assert.deepEqual(tab.heard, Array.from({ length: published - from + 1 }, (_, i) => from + i));
        assert.ok(tab.states.slice(1).every(({ recovered }) => recovered));
      }
      assert.equal(browser.server.lines.size, 1);
    });
  }
});
