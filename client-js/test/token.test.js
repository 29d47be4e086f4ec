import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listener, settled, world } from './world.js';

/** A token function whose tokens are t1, t2, …; `fails` says which fetches fail. */
function tokens(fails = () => false) {
  let fetched = 0;
  return () => {
    if (fails(++fetched)) throw new Error('login server away');
    return `t${fetched}`;
  };
}

const EXPIRES = { expires: true, ttl: 60, ping: 0 };

async function connected(token, result = EXPIRES) {
  const w = world({ token });
  w.line.connect();
  await settled();
  w.accepted(result);
  return w;
}

async function passes(w, ms) {
  w.clock.advance(ms);
  await settled();
}

describe('a connection that expires', () => {
  it('is refreshed with another token when its time is up, on the same line', async () => {
    const w = await connected(tokens());
    await passes(w, 59_999);
    assert.equal(w.socket.last('refresh'), undefined);
    await passes(w, 1);
    assert.deepEqual(w.socket.last('refresh'), { id: 2, refresh: { token: 't2' } });
    w.answers('refresh', { expires: true, ttl: 30 });
    await passes(w, 30_000);
    assert.deepEqual(w.socket.last('refresh').refresh, { token: 't3' });
    assert.equal(w.sockets.length, 1);
  });

  it('is refreshed no more when the new token does not expire', async () => {
    const w = await connected(tokens());
    await passes(w, 60_000);
    w.answers('refresh', {});
    assert.equal(w.clock.pending, 0);
  });

  it('is redialled with the token of its refresh', async () => {
    const w = await connected(tokens());
    await passes(w, 60_000);
    w.answers('refresh', { expires: true, ttl: 60 });
    w.socket.cut();
    w.redials();
    w.socket.open();
    assert.equal(w.socket.commands[0].connect.token, 't2');
  });

  it('whose token can\'t be fetched is told, and asks again with growing waits', async () => {
    const errors = [];
    const w = await connected(tokens((n) => n === 2 || n === 3));
    w.line.on('error', (error) => errors.push(error.code));
    await passes(w, 60_000);
    await passes(w, 750);
    await passes(w, 999);
    assert.deepEqual(errors, [5, 5]);
    assert.equal(w.socket.last('refresh'), undefined);
    await passes(w, 1);
    assert.equal(w.socket.last('refresh').refresh.token, 't4');
  });

  for (const [what, refuse] of [['refused for now', (w) => w.refuses('refresh', 100, true)], ['not answered', (w) => w.clock.advance(5_000)]]) {
    it(`whose refresh is ${what} is refreshed again, with another token`, async () => {
      const w = await connected(tokens());
      await passes(w, 60_000);
      refuse(w);
      await passes(w, 750);
      assert.equal(w.socket.last('refresh').refresh.token, 't3');
      assert.equal(w.line.state, 'connected');
    });
  }

  it('whose refresh is refused for good ends', async () => {
    const w = await connected(tokens());
    await passes(w, 60_000);
    w.refuses('refresh', 103);
    assert.deepEqual(w.events.at(-1), { state: 'disconnected', code: 103, reason: 'error 103' });
    assert.equal(w.clock.pending, 0);
  });

  it('whose next token is empty ends as unauthorized', async () => {
    let fetched = 0;
    const w = await connected(() => (++fetched === 1 ? 't1' : ''));
    await passes(w, 60_000);
    assert.deepEqual(w.events.at(-1), { state: 'disconnected', code: 1, reason: 'unauthorized' });
  });

  it('and is closed with 3005 is redialled with a new token', async () => {
    const w = await connected(tokens());
    w.socket.cut(3005, 'connection expired');
    w.redials();
    await settled();
    w.socket.open();
    assert.equal(w.socket.commands[0].connect.token, 't2');
  });

  it('is not refreshed by a token that was fetched for an earlier line', async () => {
    const fetches = [];
    const w = await connected(() => new Promise((resolve) => fetches.push(resolve)) && (fetches.length === 1 ? 't1' : new Promise((resolve) => fetches.push(resolve))));
    await passes(w, 60_000);
    w.socket.cut();
    fetches.at(-1)('late');
    await settled();
    assert.equal(w.socket.last('refresh'), undefined);
  });

  it('is not refreshed where the token is a text, as there is no other', async () => {
    const w = world({ token: 'fixed' });
    w.connected(EXPIRES);
    assert.equal(w.clock.pending, 0);
  });

  it('has a new time when the server pushes one', async () => {
    const w = await connected(tokens());
    w.socket.says({ push: { refresh: { expires: true, ttl: 10 } } });
    await passes(w, 10_000);
    assert.equal(w.socket.last('refresh').refresh.token, 't2');
  });

  it('in a year is refreshed before a timer would overflow', async () => {
    const w = await connected(tokens(), { expires: true, ttl: 31_536_000, ping: 0 });
    await passes(w, 2 ** 31 - 2);
    assert.equal(w.socket.last('refresh'), undefined);
    await passes(w, 1);
    assert.equal(w.socket.last('refresh').refresh.token, 't2');
  });
});

describe('a subscription that expires', () => {
  async function subscribed(token = tokens()) {
    const w = world();
    const { heard, options } = listener();
    w.connected({ ping: 0 });
    const sub = w.line.subscribe('c', { ...options, token });
    await settled();
    w.answers('subscribe', { expires: true, ttl: 60 });
    return { w, sub, heard };
  }

  it('is refreshed with another token when its time is up', async () => {
    const { w } = await subscribed();
    await passes(w, 60_000);
    assert.deepEqual(w.socket.last('sub_refresh').sub_refresh, { channel: 'c', token: 't2' });
    w.answers('sub_refresh', { expires: true, ttl: 10 });
    await passes(w, 10_000);
    assert.equal(w.socket.last('sub_refresh').sub_refresh.token, 't3');
  });

  it('whose refresh is refused for good is left, and the line stays', async () => {
    const { w, heard } = await subscribed();
    await passes(w, 60_000);
    w.refuses('sub_refresh', 110);
    assert.deepEqual([heard.states.at(-1).state, heard.states.at(-1).code], ['unsubscribed', 110]);
    assert.deepEqual(w.socket.last('unsubscribe').unsubscribe, { channel: 'c' });
    assert.equal(w.line.state, 'connected');
  });

  it('and is ended by the server with 2501 subscribes again with a new token', async () => {
    const { w } = await subscribed();
    w.socket.says({ push: { channel: 'c', unsubscribe: { code: 2501, reason: 'expired' } } });
    await settled();
    assert.equal(w.socket.last('subscribe').subscribe.token, 't2');
  });

  it('is not refreshed after unsubscribe', async () => {
    const { w, sub } = await subscribed();
    sub.unsubscribe();
    w.answers('unsubscribe');
    assert.equal(w.clock.pending, 0);
  });

  it('is not refreshed while the line is lost', async () => {
    const { w } = await subscribed();
    w.line.disconnect();
    assert.equal(w.clock.pending, 0);
  });
});
