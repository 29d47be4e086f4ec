import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listener, settled, world } from './world.js';

const LOG = { recoverable: true, positioned: true, epoch: 'e1' };

/** A line with one subscription to the log `c`, whose cursor stands at `offset`. */
function subscribed(offset = 0, options = {}) {
  const w = world();
  const { heard, options: ears } = listener();
  w.connected();
  const sub = w.line.subscribe('c', { ...ears, ...options });
  w.answers('subscribe', { ...LOG, offset });
  return { w, sub, heard };
}

function redialled(w) {
  w.socket.cut();
  w.redials();
  w.accepted();
}

describe('a subscription', () => {
  it('made while connected is sent at once', () => {
    const w = world();
    w.connected();
    w.line.subscribe('c');
    assert.deepEqual(w.socket.last('subscribe'), { id: 2, subscribe: { channel: 'c' } });
  });

  it('tells subscribing, subscribed and unsubscribed', () => {
    const { w, sub, heard } = subscribed(7);
    sub.unsubscribe();
    assert.deepEqual(heard.states, [
      { state: 'subscribing', position: null, code: 0, reason: 'subscribe called' },
      { state: 'subscribed', position: { offset: 7, epoch: 'e1' }, recovered: false, wasRecovering: false, data: undefined },
      { state: 'unsubscribed', position: { offset: 7, epoch: 'e1' }, code: 0, reason: 'unsubscribe called' },
    ]);
    assert.deepEqual(w.socket.last('unsubscribe').unsubscribe, { channel: 'c' });
  });

  it('exists once per channel', () => {
    const { w, sub } = subscribed();
    assert.throws(() => w.line.subscribe('c'), /already subscribed to c/);
    sub.unsubscribe();
    w.line.subscribe('c');
  });

  it('needs a channel', () => {
    assert.throws(() => world().line.subscribe(''), TypeError);
  });

  it('passes on joins and leaves', () => {
    const { w, heard } = subscribed();
    w.socket.says({ push: { channel: 'c', join: { info: { user: '', client: 'x' } } } });
    w.socket.says({ push: { channel: 'c', leave: { info: { user: '', client: 'y' } } } });
    assert.deepEqual([heard.joins, heard.leaves], [['x'], ['y']]);
  });

  it('hears the pushes that come in the same frame as its answer', () => {
    const w = world();
    const { heard, options } = listener();
    w.connected();
    w.line.subscribe('c', options);
    w.socket.says({ id: 2, subscribe: LOG }, { push: { channel: 'c', pub: { data: 1, offset: 1 } } });
    assert.deepEqual(heard.publications, [[1, 'live']]);
  });

  it('hears nothing after unsubscribe', () => {
    const { w, sub, heard } = subscribed();
    sub.unsubscribe();
    w.publishes('c', 1);
    assert.deepEqual(heard.publications, []);
  });

  it('taken back before its answer ignores the answer', () => {
    const w = world();
    const { heard, options } = listener();
    w.connected();
    const sub = w.line.subscribe('c', options);
    sub.unsubscribe();
    sub.subscribe();
    const [first, second] = w.socket.commands.filter((command) => command.subscribe);
    w.socket.says({ id: first.id, subscribe: { ...LOG, offset: 1 } }, { push: { channel: 'c', pub: { data: 1, offset: 2 } } });
    assert.equal(sub.state, 'subscribing');
    w.socket.says({ id: second.id, subscribe: { ...LOG, offset: 2 } });
    assert.equal(sub.state, 'subscribed');
    assert.deepEqual(heard.publications, []);
  });

  it('hears nothing of its earlier self while it is subscribing again', () => {
    const { w, sub, heard } = subscribed();
    sub.unsubscribe();
    sub.subscribe();
    w.publishes('c', 1);
    w.socket.says({ push: { channel: 'c', join: { info: { client: 'x' } } } });
    assert.deepEqual([heard.publications, heard.joins], [[], []]);
  });

  it('may end itself from within a recovered publication', () => {
    const offsets = [];
    const { w, sub } = subscribed(4, {
      onPublication: ({ offset }) => {
        offsets.push(offset);
        sub.unsubscribe();
      },
    });
    redialled(w);
    const missed = [5, 6].map((offset) => ({ data: offset, offset }));
    w.answers('subscribe', { ...LOG, offset: 4, recovered: true, was_recovering: true, publications: missed });
    assert.deepEqual(offsets, [5]);
    assert.equal(sub.position.offset, 5);
  });

  it('may end itself from within a publication', () => {
    const w = world();
    const offsets = [];
    w.connected();
    const sub = w.line.subscribe('c', {
      onPublication: ({ offset }) => {
        offsets.push(offset);
        sub.unsubscribe();
      },
    });
    w.answers('subscribe', LOG);
    w.publishes('c', 1, 2);
    assert.deepEqual(offsets, [1]);
  });

  it('outlives a callback that throws, and the exception is not swallowed', async () => {
    const w = world();
    const offsets = [];
    w.connected();
    w.line.subscribe('c', {
      onPublication: ({ offset }) => {
        offsets.push(offset);
        if (offset === 1) throw new Error('of the application');
      },
    });
    w.answers('subscribe', LOG);
    const uncaught = [];
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error.message));
    try {
      w.publishes('c', 1, 2);
      await settled();
    } finally {
      process.removeAllListeners('uncaughtException');
      before.forEach((was) => process.on('uncaughtException', was));
    }
    assert.deepEqual(offsets, [1, 2]);
    assert.deepEqual(uncaught, ['of the application']);
  });
});

describe('a cursor', () => {
  it('moves with every publication', () => {
    const { w, sub } = subscribed(3);
    w.publishes('c', 4, 5);
    assert.deepEqual(sub.position, { offset: 5, epoch: 'e1' });
  });

  it('drops what lies at or before it', () => {
    const { w, heard } = subscribed(3);
    w.publishes('c', 3, 4, 4, 2, 5);
    assert.deepEqual(heard.publications, [[4, 'live'], [5, 'live']]);
  });

  it('is null on a channel without a log, where everything passes', () => {
    const w = world();
    const { heard, options } = listener();
    w.connected();
    const sub = w.line.subscribe('c', options);
    w.answers('subscribe', {});
    w.socket.says({ push: { channel: 'c', pub: { data: 1 } } }, { push: { channel: 'c', pub: { data: 1 } } });
    assert.equal(sub.position, null);
    assert.equal(heard.publications.length, 2);
  });

  it('learns its epoch from the first publication of a log that had none', () => {
    const { w, sub } = subscribed(0);
    w.socket.cut();
    w.redials();
    w.accepted();
    w.answers('subscribe', { recoverable: true, positioned: true, was_recovering: true });
    w.socket.says({ push: { channel: 'c', pub: { data: 1, offset: 1, epoch: 'e2' } } });
    assert.deepEqual(sub.position, { offset: 1, epoch: 'e2' });
  });

  it('is a copy that nobody can bend', () => {
    const { sub } = subscribed(3);
    sub.position.offset = 99;
    assert.equal(sub.position.offset, 3);
  });
});

describe('recovery', () => {
  it('hands the cursor back in the first frame of a redial', () => {
    const { w } = subscribed(3);
    w.publishes('c', 4);
    w.socket.cut();
    w.redials();
    w.socket.open();
    assert.deepEqual(w.socket.commands[1].subscribe, { channel: 'c', recover: true, offset: 4, epoch: 'e1' });
    assert.equal(w.socket.frames.length, 1);
  });

  it('passes on what was missed, in order, before what is new', () => {
    const { w, sub, heard } = subscribed(4);
    redialled(w);
    const missed = [5, 6].map((offset) => ({ data: offset, offset }));
    w.answers('subscribe', { ...LOG, offset: 4, recovered: true, was_recovering: true, publications: missed });
    w.publishes('c', 7);
    assert.deepEqual(heard.publications, [[5, 'recovered'], [6, 'recovered'], [7, 'live']]);
    assert.deepEqual(sub.position, { offset: 7, epoch: 'e1' });
    assert.deepEqual(heard.states.slice(2), [
      { state: 'subscribing', position: { offset: 4, epoch: 'e1' }, code: 1, reason: 'line lost' },
      { state: 'subscribed', position: { offset: 4, epoch: 'e1' }, recovered: true, wasRecovering: true, data: undefined },
    ]);
  });

  it('never passes a publication on twice, whatever overlaps', () => {
    const { w, heard } = subscribed(4);
    redialled(w);
    const missed = [4, 5, 5, 6].map((offset) => ({ data: offset, offset }));
    w.answers('subscribe', { ...LOG, offset: 4, recovered: true, was_recovering: true, publications: missed });
    w.publishes('c', 6, 7);
    assert.deepEqual(heard.publications.map(([offset]) => offset), [5, 6, 7]);
  });

  it('does not let the cursor jump ahead of what was passed on, even if the server says so', () => {
    const { w, sub } = subscribed(4);
    redialled(w);
    w.answers('subscribe', { ...LOG, offset: 9, recovered: true, was_recovering: true });
    assert.equal(sub.position.offset, 4);
  });

  it('starts over where the log ends when the server cannot recover, and says so', () => {
    const { w, sub, heard } = subscribed(4);
    redialled(w);
    w.answers('subscribe', { ...LOG, epoch: 'e2', offset: 9, was_recovering: true });
    assert.deepEqual(sub.position, { offset: 9, epoch: 'e2' });
    assert.deepEqual(heard.states.at(-1), {
      state: 'subscribed', position: { offset: 9, epoch: 'e2' }, recovered: false, wasRecovering: true, data: undefined,
    });
  });

  it('of the newest value alone goes on in a new log, whose offsets are lower', () => {
    const { w, sub, heard } = subscribed(500);
    redialled(w);
    w.answers('subscribe', { ...LOG, epoch: 'e2', offset: 500, recovered: true, was_recovering: true, publications: [{ data: 7, offset: 7 }] });
    w.publishes('c', 8);
    assert.deepEqual(heard.publications, [[7, 'recovered'], [8, 'live']]);
    assert.deepEqual(sub.position, { offset: 8, epoch: 'e2' });
  });

  it('from an offset of any epoch learns the epoch', () => {
    const w = world();
    const { heard, options } = listener();
    w.connected();
    const sub = w.line.subscribe('c', { ...options, since: { offset: 2 } });
    w.answers('subscribe', { ...LOG, offset: 2, recovered: true, was_recovering: true, publications: [{ data: 2, offset: 2 }, { data: 3, offset: 3 }] });
    assert.deepEqual(heard.publications, [[3, 'recovered']]);
    assert.deepEqual(sub.position, { offset: 3, epoch: 'e1' });
  });

  it('begins where `since` says', () => {
    const w = world();
    w.connected();
    w.line.subscribe('c', { since: { offset: 2, epoch: 'e1' } });
    assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', recover: true, offset: 2, epoch: 'e1' });
  });

  it('works across unsubscribe and subscribe, and across disconnect and connect', () => {
    const { w, sub } = subscribed(4);
    sub.unsubscribe();
    sub.subscribe();
    assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', recover: true, offset: 4, epoch: 'e1' });
    w.line.disconnect();
    w.connected();
    assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', recover: true, offset: 4, epoch: 'e1' });
  });

  it('is not asked for where the server does not offer it', () => {
    const w = world();
    w.connected();
    w.line.subscribe('c');
    w.answers('subscribe', { positioned: true, epoch: 'e', offset: 2 });
    redialled(w);
    assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c' });
  });

  it('fails on purpose after the server invalidated all state (3014)', () => {
    const { w } = subscribed(4);
    w.socket.cut(3014);
    w.redials();
    w.accepted();
    assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', recover: true, offset: 0, epoch: '_' });
  });
});

describe('an unsubscribe push', () => {
  for (const code of [2000, 2499]) {
    it(`with code ${code} ends the subscription, also across redials`, () => {
      const { w, sub, heard } = subscribed(4);
      w.socket.says({ push: { channel: 'c', unsubscribe: { code, reason: 'ended' } } });
      assert.equal(sub.state, 'unsubscribed');
      assert.equal(heard.states.at(-1).code, code);
      redialled(w);
      assert.equal(w.socket.last('subscribe'), undefined);
    });
  }

  for (const code of [2500, 2501]) {
    it(`with code ${code} is followed by a subscribe that recovers`, () => {
      const { w, sub, heard } = subscribed(4);
      w.socket.says({ push: { channel: 'c', unsubscribe: { code, reason: 'insufficient state' } } });
      assert.equal(sub.state, 'subscribing');
      assert.equal(heard.states.at(-1).code, code);
      assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', recover: true, offset: 4, epoch: 'e1' });
    });
  }

  it('with code 2502 also forgets the cursor', () => {
    const { w } = subscribed(4);
    w.socket.says({ push: { channel: 'c', unsubscribe: { code: 2502, reason: 'state invalidated' } } });
    assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', recover: true, offset: 0, epoch: '_' });
  });
});

describe('a refused subscribe', () => {
  const refused = (code, temporary, options = {}) => {
    const w = world();
    const { heard, options: ears } = listener();
    const errors = [];
    w.line.on('error', (error) => errors.push(error.code));
    w.connected();
    const sub = w.line.subscribe('c', { ...ears, ...options });
    w.refuses('subscribe', code, temporary);
    return { w, sub, heard, errors };
  };

  it('is tried again with growing waits while the error is temporary', () => {
    const { w, sub, errors } = refused(100, true);
    assert.equal(sub.state, 'subscribing');
    const sent = () => w.socket.commands.filter((command) => command.subscribe).length;
    w.clock.advance(749);
    assert.equal(sent(), 1);
    w.clock.advance(1);
    assert.equal(sent(), 2);
    w.refuses('subscribe', 111, true);
    w.clock.advance(999);
    assert.equal(sent(), 2);
    w.clock.advance(1);
    assert.equal(sent(), 3);
    w.answers('subscribe', LOG);
    assert.equal(sub.state, 'subscribed');
    assert.deepEqual(errors, [100, 111]);
  });

  for (const code of [101, 102, 103, 106, 107, 112]) {
    it(`with error ${code} ends the subscription`, () => {
      const { w, heard } = refused(code, false);
      assert.equal(heard.states.at(-1).state, 'unsubscribed');
      assert.equal(heard.states.at(-1).code, code);
      assert.equal(w.line.state, 'connected');
    });
  }

  it('is not tried again by a timer of an earlier line', () => {
    const { w } = refused(100, true);
    w.clock.advance(750);
    w.refuses('subscribe', 100, true); // the next try would be in 1000 ms, the redial is in 750
    redialled(w);
    const sent = () => w.socket.commands.filter((command) => command.subscribe).length;
    assert.equal(sent(), 1);
    w.clock.advance(4_000);
    assert.equal(sent(), 1);
  });

  it('for an expired token fetches another', async () => {
    let fetched = 0;
    const w = world();
    w.connected();
    w.line.subscribe('c', { token: (channel) => `${channel}${++fetched}` });
    await settled();
    assert.equal(w.socket.last('subscribe').subscribe.token, 'c1');
    w.refuses('subscribe', 109);
    w.clock.advance(750);
    await settled();
    assert.equal(w.socket.last('subscribe').subscribe.token, 'c2');
  });

  it('that is never answered costs the line', () => {
    const w = world();
    w.connected();
    w.line.subscribe('c');
    w.clock.advance(5_000);
    assert.deepEqual(w.events.at(-1), { state: 'connecting', code: 3, reason: 'subscribe timeout', attempt: 1, delay: 750 });
  });

  it('like an unsubscribe that is never answered', () => {
    const { w, sub } = subscribed();
    sub.unsubscribe();
    w.clock.advance(5_000);
    assert.equal(w.events.at(-1).code, 4);
  });
});
