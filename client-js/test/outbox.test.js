import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Outbox, OutboxError } from 'openline/outbox';
import { outboxFor } from 'openline/outbox-centrifuge';
import { settled, world } from './world.js';

const MINUTE = 60_000;
const withCode = (code) => (error) => error instanceof OutboxError && error.code === code;

/** A line with an outbox in memory. */
function withOutbox(options = {}) {
  const outbox = new Outbox({ indexedDB: null, ...options });
  const settledOnes = [];
  outbox.addEventListener('settled', ({ detail }) => settledOnes.push(detail));
  return { w: world({ outbox }), outbox, settledOnes };
}

const asked = (w) => w.socket.commands.filter(({ rpc }) => rpc).map(({ id, rpc }) => ({ id, ...rpc.data }));

async function connected(w, result) {
  w.connected({ ping: 0, ...result });
  await settled();
}

async function redialled(w) {
  w.redials();
  w.accepted({ ping: 0 });
  await settled();
}

async function answers(w, result = {}) {
  w.answers('rpc', { data: result });
  await settled();
}

async function refuses(w, code, temporary) {
  w.refuses('rpc', code, temporary);
  await settled();
}

async function passes(w, ms) {
  w.clock.advance(ms);
  await settled();
}

describe('a publish through the outbox', () => {
  it('asks openline.publish under a random key, and resolves with its place in the log', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    const published = outbox.publish('c', { text: 'hello' });
    await settled();
    const { method, data } = w.socket.last('rpc').rpc;
    assert.equal(method, 'openline.publish');
    assert.deepEqual([data.channel, data.data], ['c', { text: 'hello' }]);
    assert.match(data.idempotency_key, /^[0-9a-f]{32}$/);
    await answers(w, { offset: 7, epoch: 'e1' });
    assert.deepEqual(await published, { offset: 7, epoch: 'e1' });
    assert.equal(outbox.count, 0);
  });

  it('waits for the line, for as long as that takes', async () => {
    const { w, outbox } = withOutbox();
    const published = outbox.publish('c', 1);
    await passes(w, 1_000 * MINUTE);
    await connected(w);
    await answers(w);
    assert.deepEqual(await published, {});
  });

  it('is sent again under its key when the line broke before the answer', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    const published = outbox.publish('c', 1);
    await settled();
    const [{ idempotency_key: key }] = asked(w);
    for (let i = 0; i < 3; i++) {
      w.socket.cut();
      await settled();
      await redialled(w);
      assert.deepEqual(asked(w).map((one) => one.idempotency_key), [key]);
    }
    await answers(w);
    await published;
  });

  it('is sent again under its key when no answer comes', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    const published = outbox.publish('c', 1);
    await settled();
    await passes(w, 5_000);
    await passes(w, 750);
    const keys = asked(w).map((one) => one.idempotency_key);
    assert.deepEqual(keys, [keys[0], keys[0]]);
    await answers(w);
    await published;
  });

  it('waits for its elders of the channel, and for nobody else', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    for (const [channel, data] of [['a', 1], ['a', 2], ['b', 3], ['a', 4]]) outbox.publish(channel, data);
    await settled();
    assert.deepEqual(asked(w).map(({ data }) => data), [1, 3]);
    w.socket.says({ id: asked(w)[0].id, rpc: { data: {} } });
    await settled();
    assert.deepEqual(asked(w).map(({ data }) => data), [1, 3, 2]);
  });

  for (const code of [100, 111]) {
    it(`that is refused for now (${code}) is not overtaken, and tried again with growing waits`, async () => {
      const { w, outbox } = withOutbox();
      await connected(w);
      outbox.publish('c', 1);
      outbox.publish('c', 2);
      await settled();
      await refuses(w, code, true);
      await passes(w, 749);
      assert.deepEqual(asked(w).map(({ data }) => data), [1]);
      await passes(w, 1);
      await refuses(w, code, true);
      await passes(w, 999);
      assert.deepEqual(asked(w).map(({ data }) => data), [1, 1]);
      await passes(w, 1);
      await answers(w);
      assert.deepEqual(asked(w).map(({ data }) => data), [1, 1, 1, 2]);
    });
  }

  it('that is refused for good is rejected, and the next goes on', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    const refused = assert.rejects(outbox.publish('c', 1), withCode(103));
    const published = outbox.publish('c', 2);
    await settled();
    await refuses(w, 103);
    await refused;
    await answers(w);
    await published;
  });

  for (const code of [104, 108]) {
    it(`says so when the server does not know openline.publish (${code})`, async () => {
      const { w, outbox } = withOutbox();
      await connected(w);
      const refused = assert.rejects(outbox.publish('c', 1), /the server has no openline\.publish/);
      await settled();
      await refuses(w, code);
      await refused;
    });
  }

  it('is a copy of its data, and data that is no JSON is the caller\'s fault', async () => {
    const { w, outbox } = withOutbox();
    const data = { text: 'before' };
    outbox.publish('c', data);
    data.text = 'after';
    await connected(w);
    assert.deepEqual(asked(w)[0].data, { text: 'before' });
    const loop = {};
    loop.self = loop;
    await assert.rejects(outbox.publish('c', loop), TypeError);
    await assert.rejects(outbox.publish('c', undefined), TypeError);
    assert.equal(outbox.count, 1);
  });

  it('goes on waiting when the line ends for good, until it is connected again', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    const published = outbox.publish('c', 1);
    await settled();
    w.socket.cut(3503, 'force disconnect');
    await settled();
    assert.equal(outbox.count, 1);
    await connected(w);
    await answers(w);
    await published;
  });
});

describe('a publish that was sent and not answered', () => {
  /** Sent, and the line is lost for a while. */
  async function lostFor(ms, options) {
    const world = withOutbox(options);
    const { w, outbox } = world;
    await connected(w);
    const published = outbox.publish('c', 1);
    published.catch(() => {});
    await settled();
    w.line.disconnect();
    await settled();
    await passes(w, ms);
    await connected(w);
    return { ...world, published };
  }

  it('is sent again while the server must remember its key', async () => {
    const { w, published } = await lostFor(4 * MINUTE - 1);
    await answers(w);
    await published;
  });

  it('is settled as unknown when the server may have forgotten its key, and the next goes on', async () => {
    const { w, outbox, published } = await lostFor(4 * MINUTE);
    await assert.rejects(published, withCode(16));
    assert.deepEqual(asked(w), []);
    const next = outbox.publish('c', 2);
    await settled();
    await answers(w);
    await next;
  });

  it('is settled as unknown when the clock was set back meanwhile', async () => {
    const { published } = await lostFor(-1);
    await assert.rejects(published, withCode(16));
  });

  it('may be remembered by the server for another time', async () => {
    const { published } = await lostFor(MINUTE, { keptMs: MINUTE });
    await assert.rejects(published, withCode(16));
  });

  it('counts its time from its first try, not from its last', async () => {
    const { w, published } = await lostFor(3 * MINUTE);
    w.line.disconnect();
    await settled();
    await passes(w, MINUTE);
    await connected(w);
    await assert.rejects(published, withCode(16));
  });

  it('counts no time for tries that the server refused for now, as those were not applied', async () => {
    const { w, outbox } = withOutbox();
    await connected(w);
    const published = outbox.publish('c', 1);
    await settled();
    for (let i = 0; i < 30; i++) {
      await refuses(w, 111, true);
      await passes(w, 20_000);
    }
    await answers(w);
    await published;
  });
});

describe('what waits', () => {
  it('is told, with its age and whether it was sent', async () => {
    const { w, outbox } = withOutbox();
    const changes = [];
    outbox.addEventListener('change', () => changes.push(outbox.count));
    outbox.publish('a', { x: 1 });
    outbox.publish('a', 'grün');
    await settled();
    assert.deepEqual(outbox.waiting.map(({ channel, data, tried, kept }) => [channel, data, tried, kept]), [['a', { x: 1 }, 0, true], ['a', 'grün', 0, true]]);
    assert.equal(outbox.bytes, 7 + 7);
    assert.ok(outbox.waiting[0].since > 0);
    await connected(w);
    await answers(w);
    await answers(w);
    assert.deepEqual(outbox.waiting, []);
    assert.equal(outbox.bytes, 0);
    assert.ok(changes.includes(2));
    assert.equal(changes.at(-1), 0);
  });

  it('is told when it is settled, one way or the other', async () => {
    const { w, outbox, settledOnes } = withOutbox();
    await connected(w);
    outbox.publish('a', 1);
    outbox.publish('a', 2).catch(() => {});
    await settled();
    await answers(w, { offset: 1, epoch: 'e' });
    await refuses(w, 103);
    assert.deepEqual(settledOnes.map(({ channel, data, result, error }) => [channel, data, result, error?.code]), [
      ['a', 1, { offset: 1, epoch: 'e' }, undefined],
      ['a', 2, undefined, 103],
    ]);
  });

  for (const [limit, options, data] of [['a number', { maxEntries: 2 }, 'x'], ['bytes', { maxBytes: 14 }, 'xxxx']]) {
    it(`is bounded in ${limit}; what goes beyond is rejected at once`, async () => {
      const { w, outbox } = withOutbox(options);
      const held = [outbox.publish('c', data), outbox.publish('c', data)];
      await assert.rejects(outbox.publish('c', data), withCode(15));
      await connected(w);
      await answers(w);
      held.push(outbox.publish('c', data));
      await settled();
      await answers(w);
      await answers(w);
      await Promise.all(held);
    });
  }

  it('holds nothing that a server would close the line for', async () => {
    const { outbox } = withOutbox();
    await assert.rejects(outbox.publish('c', 'x'.repeat(64_000)), withCode(18));
    assert.equal(outbox.count, 0);
  });

  it('can be taken back as long as it was not sent', async () => {
    const { w, outbox } = withOutbox();
    const control = new AbortController();
    const published = outbox.publish('c', 1, { signal: control.signal });
    await settled();
    control.abort();
    await assert.rejects(published, { name: 'AbortError' });
    await connected(w);
    assert.deepEqual(asked(w), []);
    assert.equal(outbox.count, 0);
    await assert.rejects(outbox.publish('c', 1, { signal: control.signal }), { name: 'AbortError' });
  });

  it('can\'t be taken back once it was sent', async () => {
    const { w, outbox } = withOutbox();
    const control = new AbortController();
    await connected(w);
    const published = outbox.publish('c', 1, { signal: control.signal });
    await settled();
    control.abort();
    await settled();
    await answers(w, { offset: 1 });
    assert.deepEqual(await published, { offset: 1 });
  });
});

/** A server that remembers keys, and a way to it on which anything may be lost. */
class Model {
  applied = [];
  #results = new Map();

  publish({ channel, data, idempotency_key: key }) {
    if (!this.#results.has(key)) this.#results.set(key, { offset: this.applied.push([channel, data]) });
    return this.#results.get(key);
  }
}

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

describe('over any number of redials', () => {
  for (let seed = 1; seed <= 20; seed++) {
    it(`each publish is applied once, in order of its channel (seed ${seed})`, async () => {
      const random = chance(seed);
      const model = new Model();
      const { w, outbox } = withOutbox();
      const published = [];
      w.line.connect();
      for (let round = 0; round < 400 && (published.length < 60 || outbox.count); round++) {
        if (published.length < 60) published.push(outbox.publish(random() < 0.5 ? 'a' : 'b', published.length));
        await settled();
        const { socket } = w;
        if (w.line.state === 'connecting' && socket.readyState !== 0) await passes(w, 500);
        if (socket.readyState === 0 && w.line.state === 'connecting') w.accepted({ ping: 0 });
        await settled();
        if (socket.readyState !== 1) continue;
        for (const command of socket.frames.flatMap((frame) => frame.split('\n')).map((text) => JSON.parse(text))) {
          if (!command.rpc || socket.answered?.has(command.id)) continue;
          (socket.answered ??= new Set()).add(command.id);
          const fate = random();
          if (fate < 0.1) socket.cut(); // lost on the way there
          else if (fate < 0.2) model.publish(command.rpc.data), socket.cut(); // lost on the way back
          else if (fate < 0.3) socket.says({ id: command.id, error: { code: random() < 0.5 ? 100 : 111, message: 'not now', temporary: true } });
          else if (fate < 0.35) model.publish(command.rpc.data), socket.says({ id: command.id, error: { code: 100, message: 'applied, and then this', temporary: true } });
          else socket.says({ id: command.id, rpc: { data: model.publish(command.rpc.data) } });
          if (socket.readyState !== 1) break;
        }
        await settled();
        w.clock.advance(200);
      }
      const results = await Promise.all(published);
      assert.equal(model.applied.length, 60);
      for (const channel of ['a', 'b']) {
        const order = model.applied.filter(([name]) => name === channel).map(([, data]) => data);
        assert.deepEqual(order, [...order].sort((x, y) => x - y));
      }
      assert.deepEqual(results.map(({ offset }) => model.applied[offset - 1][1]), published.map((_, i) => i));
    });
  }
});

describe('the outbox of the official SDK', () => {
  it('sends while that is connected', async () => {
    const listeners = {};
    const calls = [];
    const centrifuge = {
      state: 'disconnected',
      on: (event, listener) => (listeners[event] = listener),
      rpc: (method, data) => new Promise((resolve, reject) => calls.push({ method, data, resolve, reject })),
    };
    const outbox = outboxFor(centrifuge, { indexedDB: null });
    const published = outbox.publish('c', 1);
    await settled();
    assert.equal(calls.length, 0);
    listeners.connected();
    await settled();
    listeners.connecting();
    calls[0].reject({ code: 2, message: 'transport closed' });
    await settled();
    listeners.connected();
    await settled();
    assert.deepEqual(calls.map(({ method, data }) => [method, data]), Array(2).fill(['openline.publish', calls[0].data]));
    calls[1].resolve({ data: { offset: 1, epoch: 'e' } });
    assert.deepEqual(await published, { offset: 1, epoch: 'e' });
    listeners.disconnected();
  });

  it('sends at once where that is connected already', async () => {
    const calls = [];
    const centrifuge = { state: 'connected', on() {}, rpc: async (method, data) => (calls.push(data), { data: {} }) };
    await outboxFor(centrifuge, { indexedDB: null }).publish('c', 1);
    assert.equal(calls.length, 1);
  });
});
