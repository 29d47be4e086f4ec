import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { world } from './world.js';

describe('the wait before a redial', () => {
  const delays = (random, attempts) => {
    const w = world({ random: () => random });
    w.line.connect();
    for (let i = 0; i < attempts; i++) {
      w.socket.cut();
      w.clock.advance(w.events.at(-1).delay);
    }
    return w.events.slice(1).map((event) => event.delay);
  };

  it('is the minimum plus a random part of a doubling span, and never more than the maximum', () => {
    assert.deepEqual(delays(0.5, 8), [750, 1000, 1500, 2500, 4500, 8500, 10_500, 10_500]);
  });

  it('is the minimum when chance says so', () => {
    assert.deepEqual(delays(0, 4), [500, 500, 500, 500]);
  });

  it('stays at the maximum when chance says so', () => {
    assert.deepEqual(delays(0.999999, 8).slice(-3), [16_499, 20_000, 20_000]);
  });

  it('does not overflow after a night without a server', () => {
    assert.equal(delays(0.5, 2_000).at(-1), 10_500);
  });

  it('ends in exactly one dial, which is told with its number', () => {
    const w = world();
    const dials = [];
    w.line.on('dial', ({ attempt }) => dials.push(attempt));
    w.connected();
    w.socket.cut();
    w.clock.advance(749);
    assert.equal(w.sockets.length, 1);
    w.clock.advance(1);
    assert.equal(w.sockets.length, 2);
    w.socket.cut();
    w.redials();
    assert.deepEqual(dials, [0, 1, 2]);
  });

  it('starts from the bottom again after an accepted connect, not after an opened socket', () => {
    const w = world();
    w.connected();
    w.socket.cut();
    w.redials();
    w.socket.open();
    w.socket.cut();
    assert.equal(w.events.at(-1).attempt, 2);
    w.redials();
    w.accepted();
    w.socket.cut();
    assert.equal(w.events.at(-1).attempt, 1);
    assert.equal(w.events.at(-1).delay, 750);
  });
});

describe('a closed line', () => {
  for (const code of [1000, 1001, 1006, 1011, 3000, 3001, 3005, 3008, 3012, 3499, 4000, 4499]) {
    it(`is redialled after ${code}`, () => {
      const w = world();
      w.connected();
      w.socket.cut(code, 'why');
      assert.deepEqual(w.events.at(-1), { state: 'connecting', code, reason: 'why', attempt: 1, delay: 750 });
      w.clock.advance(750);
      assert.equal(w.sockets.length, 2);
    });
  }

  for (const code of [3500, 3501, 3503, 3507, 3999, 4500, 4999]) {
    it(`stays closed after ${code}`, () => {
      const w = world();
      w.connected();
      w.socket.cut(code, 'why');
      assert.deepEqual(w.events.at(-1), { state: 'disconnected', code, reason: 'why' });
      assert.equal(w.clock.pending, 0);
    });
  }

  it('stays closed after 1009, as the same message would be too big again', () => {
    const w = world();
    w.connected();
    w.socket.cut(1009);
    assert.deepEqual(w.events.at(-1), { state: 'disconnected', code: 3, reason: 'message size limit' });
  });

  it('without a reason says that it was lost', () => {
    const w = world();
    w.connected();
    w.socket.cut(1006);
    assert.equal(w.events.at(-1).reason, 'line lost');
  });
});

describe('a frame', () => {
  for (const [what, frame] of [
    ['that is no JSON', '{"push":'],
    ['that is JSON but no reply', '42'],
    ['that holds one broken message among good ones', '{}\nnope\n{}'],
    ['of bytes', new ArrayBuffer(2)],
  ]) {
    it(`${what} closes the line, which is redialled`, () => {
      const w = world();
      const socket = w.connected();
      socket.saysRaw(frame);
      assert.equal(w.events.at(-1).reason, 'undecodable frame');
      assert.equal(socket.closedWith.code, 1000);
      w.clock.advance(750);
      assert.equal(w.sockets.length, 2);
    });
  }

  it('may hold several messages, and end with a line feed', () => {
    const w = world();
    const heard = [];
    w.line.on('message', (data) => heard.push(data));
    w.connected();
    w.socket.saysRaw('{"push":{"message":{"data":1}}}\n{}\n{"push":{"message":{"data":2}}}\n');
    assert.deepEqual(heard, [1, 2]);
    assert.equal(w.socket.frames.at(-1), '{}');
  });

  it('with a push or an answer that nobody waits for is let pass', () => {
    const w = world();
    w.connected();
    w.socket.says({ id: 99, publish: {} }, { push: { channel: 'other', pub: { data: 1 } } }, { push: { refresh: {} } });
    assert.equal(w.line.state, 'connected');
  });
});

describe('a dial', () => {
  it('that does not open is given up and made again', () => {
    const w = world();
    w.line.connect();
    const first = w.socket;
    w.clock.advance(9_999);
    assert.equal(w.events.length, 1);
    w.clock.advance(1);
    assert.equal(w.events.at(-1).reason, 'dial timeout');
    assert.equal(first.closedWith.code, 1000);
    w.clock.advance(750);
    assert.equal(w.sockets.length, 2);
  });
});
