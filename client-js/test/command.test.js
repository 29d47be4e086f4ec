import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OpenlineError } from 'openline';
import { settled, world } from './world.js';

const withCode = (code) => (error) => error instanceof OpenlineError && error.code === code;

describe('a command', () => {
  it('resolves with what the server answers', async () => {
    const w = world();
    w.connected();
    const sub = w.line.subscribe('c');
    w.answers('subscribe', {});
    const all = [
      [() => sub.publish({ a: 1 }), { publish: { channel: 'c', data: { a: 1 } } }, {}, undefined],
      [() => w.line.publish('d', 'x'), { publish: { channel: 'd', data: 'x' } }, {}, undefined],
      [() => w.line.rpc('add', [1, 2]), { rpc: { method: 'add', data: [1, 2] } }, { data: 3 }, 3],
      [() => sub.presence(), { presence: { channel: 'c' } }, { presence: { x: { user: '', client: 'x' } } }, { x: { user: '', client: 'x' } }],
      [() => sub.presenceStats(), { presence_stats: { channel: 'c' } }, { num_clients: 2, num_users: 1 }, { num_clients: 2, num_users: 1 }],
      [
        () => sub.history({ limit: 2, since: { offset: 1, epoch: 'e' }, reverse: true }),
        { history: { channel: 'c', limit: 2, since: { offset: 1, epoch: 'e' }, reverse: true } },
        { publications: [{ data: 1, offset: 1 }], epoch: 'e', offset: 5 },
        { publications: [{ data: 1, offset: 1 }], epoch: 'e', offset: 5 },
      ],
      [() => sub.history(), { history: { channel: 'c' } }, { publications: [], epoch: 'e' }, { publications: [], epoch: 'e', offset: 0 }],
    ];
    for (const [call, command, result, expected] of all) {
      const promise = call();
      const { id, ...sent } = w.socket.commands.at(-1);
      assert.deepEqual(sent, command);
      w.socket.says({ id, [Object.keys(command)[0]]: result });
      assert.deepEqual(await promise, expected);
    }
  });

  it('rejects with the server\'s error', async () => {
    const w = world();
    w.connected();
    const answer = w.line.publish('c', 1);
    w.refuses('publish', 103);
    await assert.rejects(answer, withCode(103));
  });

  it('may be answered out of order', async () => {
    const w = world();
    w.connected();
    const first = w.line.rpc('a');
    const second = w.line.rpc('b');
    w.socket.says({ id: 3, rpc: { data: 'b' } }, { id: 2, rpc: { data: 'a' } });
    assert.deepEqual([await first, await second], ['a', 'b']);
  });

  it('that is not answered within 5 s is rejected, and the line stays', async () => {
    const w = world();
    w.connected();
    const answer = assert.rejects(w.line.publish('c', 1), withCode(1));
    w.clock.advance(5_000);
    await answer;
    w.socket.says({ id: 2, publish: {} }); // too late, and harmless
    assert.equal(w.line.state, 'connected');
  });

  it('on its way when the line is lost is rejected, as nobody knows whether it arrived', async () => {
    const w = world();
    w.connected();
    const answer = assert.rejects(w.line.publish('c', 1), withCode(2));
    w.socket.cut();
    await answer;
  });

  it('given while connecting waits for the connection, in order', async () => {
    const w = world();
    w.line.connect();
    const both = Promise.all([w.line.rpc('a'), w.line.rpc('b')]);
    w.accepted();
    assert.deepEqual(w.socket.commands.slice(1).map((command) => command.rpc.method), ['a', 'b']);
    w.socket.says({ id: 2, rpc: { data: 1 } }, { id: 3, rpc: { data: 2 } });
    assert.deepEqual(await both, [1, 2]);
  });

  it('that waited for the connection has its full time for the answer', async () => {
    const w = world();
    w.line.connect();
    const answer = w.line.rpc('a');
    w.clock.advance(4_000);
    w.accepted();
    w.clock.advance(4_000);
    w.answers('rpc', { data: 1 });
    assert.equal(await answer, 1);
  });

  it('that is sent leaves no timer of its waiting behind', async () => {
    const w = world();
    w.line.connect();
    const answer = w.line.rpc('a');
    w.accepted({ ping: 0 });
    w.answers('rpc');
    await answer;
    assert.equal(w.clock.pending, 0);
  });

  it('waits for a connection no longer than for an answer', async () => {
    const w = world();
    w.line.connect();
    const answer = assert.rejects(w.line.publish('c', 1), withCode(1));
    w.clock.advance(5_000);
    await answer;
    w.accepted();
    assert.equal(w.socket.last('publish'), undefined);
  });

  it('is refused when too many wait already', async () => {
    const w = world();
    w.line.connect();
    const held = Array.from({ length: 256 }, () => w.line.publish('c', 1));
    await assert.rejects(w.line.publish('c', 1), withCode(15));
    w.line.disconnect();
    for (const one of held) await assert.rejects(one, withCode(3));
  });

  it('is refused on a disconnected line', async () => {
    const w = world();
    await assert.rejects(w.line.publish('c', 1), withCode(3));
  });

  it('is refused when the line ends for good', async () => {
    const w = world();
    w.line.connect();
    const answer = assert.rejects(w.line.publish('c', 1), withCode(3));
    w.socket.open();
    w.refuses('connect', 101);
    await answer;
  });

  it('with data that is no JSON is the caller\'s fault, and leaves nothing behind', async () => {
    const w = world();
    w.connected({ ping: 0 });
    const loop = {};
    loop.self = loop;
    await assert.rejects(w.line.publish('c', loop), TypeError);
    await settled();
    assert.equal(w.clock.pending, 0);
    assert.equal(w.socket.commands.length, 1);
  });
});
