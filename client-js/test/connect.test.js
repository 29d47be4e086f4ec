import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Openline } from 'openline';
import { settled, world, FakeWindow } from './world.js';

describe('the first frame', () => {
  it('carries connect and every subscribe', () => {
    const w = world({ data: { name: 'Ann' }, token: 'secret' });
    w.line.subscribe('a', { joinLeave: true, recoverable: true, positioned: true, data: { x: 1 } });
    w.line.subscribe('b');
    w.line.connect();
    w.socket.open();
    assert.equal(w.socket.frames.length, 1);
    assert.deepEqual(w.socket.commands, [
      { id: 1, connect: { token: 'secret', data: { name: 'Ann' }, name: 'openline-js' } },
      { id: 2, subscribe: { channel: 'a', data: { x: 1 }, join_leave: true, recoverable: true, positioned: true } },
      { id: 3, subscribe: { channel: 'b' } },
    ]);
  });

  it('leaves out what was not given', () => {
    const w = world();
    w.line.connect();
    w.socket.open();
    assert.deepEqual(w.socket.commands, [{ id: 1, connect: { name: 'openline-js' } }]);
  });

  it('carries the data as it is at the dial', () => {
    const w = world({ data: 1 });
    w.line.connect();
    w.line.data = 2;
    w.socket.open();
    assert.equal(w.socket.commands[0].connect.data, 2);
  });
});

describe('the line', () => {
  it('tells each state with what belongs to it', () => {
    const w = world();
    w.connected({ data: { hello: true } });
    w.line.disconnect();
    assert.deepEqual(w.events, [
      { state: 'connecting', code: 0, reason: 'connect called', attempt: 0, delay: 0 },
      { state: 'connected', code: 0, reason: 'connected', clientId: 'c1', data: { hello: true } },
      { state: 'disconnected', code: 0, reason: 'disconnect called' },
    ]);
  });

  it('knows its client id while it is connected, and only then', () => {
    const w = world();
    assert.equal(w.line.clientId, null);
    w.connected();
    assert.equal(w.line.clientId, 'c1');
    w.socket.cut();
    assert.equal(w.line.clientId, null);
  });

  it('dials once, however often connect is called', () => {
    const w = world();
    w.line.connect();
    w.line.connect();
    w.accepted();
    w.line.connect();
    assert.equal(w.sockets.length, 1);
  });

  it('closes with 1000 when disconnected, leaves no timer, and dials anew on the next connect', () => {
    const w = world();
    const socket = w.connected();
    w.line.disconnect();
    assert.deepEqual(socket.closedWith, { code: 1000, reason: 'normal closure' });
    assert.equal(w.clock.pending, 0);
    w.line.connect();
    assert.equal(w.sockets.length, 2);
  });

  it('leaves no timer when disconnected while it waits for a redial', () => {
    const w = world();
    w.connected();
    w.socket.cut();
    w.line.disconnect();
    assert.equal(w.clock.pending, 0);
    w.clock.advance(60_000);
    assert.equal(w.sockets.length, 1);
  });

  it('hears nothing from a socket that it left', () => {
    const w = world();
    const old = w.connected();
    w.line.disconnect();
    const told = w.events.length;
    old.says({ id: 1, connect: { client: 'ghost' } });
    old.cut(3503);
    assert.equal(w.events.length, told);
    assert.equal(w.line.clientId, null);
  });

  it('stops reading a frame at the reply that ended the line', () => {
    const w = world();
    const heard = [];
    w.line.on('message', (data) => heard.push(data));
    w.connected();
    w.line.on('message', () => w.line.disconnect());
    w.socket.says({ push: { message: { data: 1 } } }, { push: { message: { data: 2 } } });
    assert.deepEqual(heard, [1]);
  });

  it('survives a listener that disconnects while the line is being lost', () => {
    const w = world();
    w.connected();
    w.line.on('state', ({ state }) => state === 'connecting' && w.line.disconnect());
    w.socket.cut();
    assert.equal(w.line.state, 'disconnected');
    assert.equal(w.clock.pending, 0);
  });

  it('stops telling a listener that no longer listens', () => {
    const w = world();
    const heard = [];
    const stop = w.line.on('dial', (event) => heard.push(event.attempt));
    w.connected();
    stop();
    w.socket.cut();
    w.redials();
    assert.deepEqual(heard, [0]);
  });

  it('resolves a relative address against the page', () => {
    const w = world();
    const dialled = [];
    const line = new Openline('/connection/websocket', {
      window: new FakeWindow(),
      WebSocket: class {
        constructor(url) {
          dialled.push(url);
        }
        close() {}
      },
      clock: w.clock,
    });
    line.connect();
    line.disconnect();
    assert.deepEqual(dialled, ['wss://example.org/connection/websocket']);
  });

  it('refuses to be made without a WebSocket, and with delays that make no sense', () => {
    assert.throws(() => new Openline('ws://server/', { WebSocket: undefined }), TypeError);
    assert.throws(() => world({ minDelay: 0 }), RangeError);
    assert.throws(() => world({ minDelay: 2, maxDelay: 1 }), RangeError);
  });

  it('gives up when the page may not open the socket at all', () => {
    const w = world({
      WebSocket: class {
        constructor() {
          throw new Error('mixed content');
        }
      },
    });
    w.line.connect();
    assert.deepEqual(w.events.at(-1), { state: 'disconnected', code: 12, reason: 'mixed content' });
  });
});

describe('an answer to connect', () => {
  for (const [what, error] of [
    ['temporary', { code: 100, message: 'internal', temporary: true }],
    ['token expired', { code: 109, message: 'token expired' }],
    ['local, below 100', { code: 7, message: 'local' }],
  ]) {
    it(`that is an error, but ${what}, is followed by a redial`, () => {
      const w = world();
      w.line.connect();
      const first = w.socket;
      first.open();
      first.says({ id: 1, error });
      assert.equal(w.line.state, 'connecting');
      assert.equal(w.events.at(-1).code, error.code);
      assert.equal(first.closedWith.code, 1000);
      w.redials();
      assert.equal(w.sockets.length, 2);
    });
  }

  for (const code of [101, 103, 110, 1999]) {
    it(`that is error ${code} ends the line`, () => {
      const w = world();
      w.line.connect();
      w.socket.open();
      w.socket.says({ id: 1, error: { code, message: 'no' } }, { id: 2, subscribe: {} });
      assert.deepEqual(w.events.at(-1), { state: 'disconnected', code, reason: 'no' });
      w.clock.advance(100_000);
      assert.equal(w.sockets.length, 1);
    });
  }

  it('that does not come within the command timeout is followed by a redial', () => {
    const w = world();
    w.line.connect();
    w.socket.open();
    w.clock.advance(4_999);
    assert.equal(w.events.length, 1);
    w.clock.advance(1);
    assert.equal(w.line.state, 'connecting');
    assert.equal(w.events.at(-1).attempt, 1);
  });
});

describe('a connection token', () => {
  it('is fetched before the dial, and kept for the redials', async () => {
    let fetched = 0;
    const w = world({ token: async () => `t${++fetched}` });
    w.line.connect();
    assert.equal(w.sockets.length, 0);
    await settled();
    w.accepted();
    w.socket.cut();
    w.redials();
    w.socket.open();
    assert.equal(w.socket.commands[0].connect.token, 't1');
  });

  it('is fetched anew after the server called it expired', async () => {
    let fetched = 0;
    const w = world({ token: () => `t${++fetched}` });
    w.line.connect();
    await settled();
    w.socket.open();
    w.refuses('connect', 109);
    w.redials();
    await settled();
    w.socket.open();
    assert.equal(w.socket.commands[0].connect.token, 't2');
  });

  it('that cannot be fetched is told as an error, and tried again', async () => {
    const errors = [];
    let tries = 0;
    const w = world({
      token: () => {
        if (++tries === 1) throw new Error('login server away');
        return 't';
      },
    });
    w.line.on('error', (error) => errors.push(error.message));
    w.line.connect();
    await settled();
    assert.deepEqual(errors, ['no token: login server away']);
    w.redials();
    await settled();
    w.accepted();
    assert.equal(w.line.state, 'connected');
  });

  it('that comes back empty means unauthorized, for good', async () => {
    const w = world({ token: () => '' });
    w.line.connect();
    await settled();
    assert.deepEqual(w.events.at(-1), { state: 'disconnected', code: 1, reason: 'unauthorized' });
  });

  it('that was fetched for an earlier dial decides nothing about the present one', async () => {
    const answers = [];
    const w = world({ token: () => new Promise((resolve) => answers.push(resolve)) });
    w.line.connect();
    await settled();
    w.line.disconnect();
    w.line.connect();
    await settled();
    answers[0]('');
    await settled();
    assert.equal(w.line.state, 'connecting');
  });

  it('that arrives after disconnect is not used', async () => {
    const w = world({ token: async () => 't' });
    w.line.connect();
    w.line.disconnect();
    await settled();
    assert.equal(w.sockets.length, 0);
  });
});
