import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeWindow, world } from './world.js';

const probe = (socket) => socket.last('unsubscribe');

describe('a ping', () => {
  it('is answered with an empty command', () => {
    const w = world();
    w.connected();
    w.socket.saysRaw('{}');
    assert.equal(w.socket.frames.at(-1), '{}');
  });

  it('is not answered when the server wants no pong', () => {
    const w = world();
    w.connected({ pong: false });
    const before = w.socket.frames.length;
    w.socket.saysRaw('{}');
    assert.equal(w.socket.frames.length, before);
  });
});

describe('a silent line', () => {
  it('is dead after a ping interval and its delay, not a moment sooner', () => {
    const w = world();
    const socket = w.connected({ ping: 25 });
    w.clock.advance(34_999);
    assert.equal(w.line.state, 'connected');
    w.clock.advance(1);
    assert.deepEqual(w.events.at(-1), { state: 'connecting', code: 2, reason: 'no ping', attempt: 1, delay: 750 });
    assert.equal(socket.closedWith.code, 1000);
  });

  it('lives as long as anything is heard', () => {
    const w = world();
    w.connected();
    for (let i = 0; i < 10; i++) {
      w.clock.advance(34_999);
      w.socket.says({ push: { channel: 'any', pub: { data: 1 } } });
    }
    assert.equal(w.line.state, 'connected');
  });

  it('is never judged when the server does not ping', () => {
    const w = world();
    w.connected({ ping: 0 });
    w.clock.advance(3_600_000);
    assert.equal(w.line.state, 'connected');
  });

  it('is not judged by a timer that fires late: it is asked', () => {
    const w = world();
    w.connected();
    w.clock.sleep(600_000);
    assert.equal(w.line.state, 'connected');
    assert.ok(probe(w.socket), 'a question to the server');
  });

  it('that answers after a late timer stays, and is watched on', () => {
    const w = world();
    w.connected();
    w.clock.sleep(600_000);
    w.socket.says({ id: probe(w.socket).id, unsubscribe: {} });
    w.clock.advance(34_999);
    assert.equal(w.line.state, 'connected');
    w.clock.advance(1);
    assert.equal(w.events.at(-1).reason, 'no ping');
  });

  it('is kept by any data that waited, not only by the answer', () => {
    const w = world();
    w.connected();
    w.clock.sleep(600_000);
    w.socket.saysRaw('{}');
    w.redials();
    assert.equal(w.line.state, 'connected');
  });

  it('that does not answer after a late timer is dead', () => {
    const w = world();
    w.connected();
    w.clock.sleep(600_000);
    w.clock.advance(5_000);
    assert.equal(w.events.at(-1).reason, 'no ping');
  });

  it('gets more time when the timer of the question is late, too', () => {
    const w = world();
    w.connected();
    w.clock.sleep(600_000);
    w.clock.sleep(60_000);
    assert.equal(w.line.state, 'connected');
    w.socket.saysRaw('{}');
    w.clock.advance(5_000);
    assert.equal(w.line.state, 'connected');
  });

  it('does not cost a command its answer when the timer is late', async () => {
    const w = world();
    w.connected();
    const published = w.line.publish('c', 1);
    w.clock.sleep(30_000);
    w.answers('publish');
    await published;
  });
});

describe('a page', () => {
  const paged = () => {
    const window = new FakeWindow();
    return { window, w: world({ window }) };
  };

  it('that becomes visible redials at once', () => {
    const { window, w } = paged();
    w.connected();
    w.socket.cut();
    window.becomes('hidden');
    assert.equal(w.sockets.length, 1);
    window.becomes('visible');
    assert.equal(w.sockets.length, 2);
    w.clock.advance(9_999); // the wait that was skipped does not dial once more
    assert.equal(w.sockets.length, 2);
  });

  it('that comes online redials at once', () => {
    const { window, w } = paged();
    w.connected();
    w.socket.cut();
    window.goes('online');
    assert.equal(w.sockets.length, 2);
  });

  it('that becomes visible asks a line that was silent for a while', () => {
    const { window, w } = paged();
    const socket = w.connected();
    w.clock.advance(2_000);
    window.becomes('visible');
    assert.ok(probe(socket));
    w.clock.advance(5_000);
    assert.equal(w.events.at(-1).reason, 'no ping');
  });

  it('keeps a line that answers', () => {
    const { window, w } = paged();
    w.connected();
    w.clock.advance(2_000);
    window.goes('online');
    w.answers('unsubscribe');
    w.clock.advance(6_000);
    assert.equal(w.line.state, 'connected');
  });

  it('asks nothing when the line was just heard', () => {
    const { window, w } = paged();
    const socket = w.connected();
    window.becomes('visible');
    assert.equal(probe(socket), undefined);
  });

  it('without a network counts no attempts, and waits the longest time', () => {
    const { window, w } = paged();
    w.connected();
    window.goes('offline');
    w.socket.cut();
    assert.deepEqual(w.events.at(-1), { state: 'connecting', code: 1006, reason: 'line lost', attempt: 0, delay: 20_000 });
    w.clock.advance(20_000);
    w.socket.cut();
    assert.equal(w.events.at(-1).attempt, 0);
    window.goes('online');
    assert.equal(w.sockets.length, 3);
  });

  it('that loses the network while it waits, waits for it', () => {
    const { window, w } = paged();
    w.connected();
    w.socket.cut();
    window.goes('offline');
    assert.deepEqual(w.events.at(-1), { state: 'connecting', code: 1, reason: 'offline', attempt: 1, delay: 20_000 });
    w.clock.advance(19_999);
    assert.equal(w.sockets.length, 1);
    w.clock.advance(1);
    assert.equal(w.sockets.length, 2);
  });

  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    it(`without a network still redials ${host}`, () => {
      const window = new FakeWindow();
      const w = world({ window, url: `ws://${host}:8000/` });
      w.connected();
      window.goes('offline');
      w.socket.cut();
      assert.equal(w.events.at(-1).delay, 750);
    });
  }

  it('that is put away hangs up cleanly, and dials when it is shown again', () => {
    const { window, w } = paged();
    const socket = w.connected();
    window.dispatchEvent(new Event('pagehide'));
    assert.deepEqual(socket.closedWith, { code: 1000, reason: 'normal closure' });
    assert.equal(w.clock.pending, 0);
    window.becomes('visible');
    assert.equal(w.sockets.length, 1);
    window.dispatchEvent(new Event('pageshow'));
    assert.equal(w.sockets.length, 2);
  });

  it('that is put away twice tells it once', () => {
    const { window, w } = paged();
    w.connected();
    window.dispatchEvent(new Event('pagehide'));
    window.dispatchEvent(new Event('pagehide'));
    assert.deepEqual(w.events.slice(2), [{ state: 'connecting', code: 1, reason: 'page hidden', attempt: 0, delay: Infinity }]);
  });

  it('that disconnected while it was put away does not dial twice when connected again', () => {
    const { window, w } = paged();
    const dials = [];
    w.line.on('dial', (event) => dials.push(event));
    w.connected();
    window.dispatchEvent(new Event('pagehide'));
    w.line.disconnect();
    w.line.connect();
    window.dispatchEvent(new Event('pageshow'));
    assert.equal(w.sockets.length, 2);
    assert.equal(dials.length, 2);
  });

  it('that is shown for the first time dials no second time', () => {
    const { window, w } = paged();
    w.connected();
    window.dispatchEvent(new Event('pageshow'));
    assert.equal(w.sockets.length, 1);
  });

  it('is no longer listened to after disconnect', () => {
    const { window, w } = paged();
    w.connected();
    w.line.disconnect();
    window.goes('online');
    window.dispatchEvent(new Event('pagehide'));
    window.dispatchEvent(new Event('pageshow'));
    assert.equal(w.sockets.length, 1);
    assert.equal(w.line.state, 'disconnected');
  });
});
