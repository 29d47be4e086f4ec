import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled, world } from './world.js';

const withCode = (code) => (error) => error.code === code;

function subscribed(options = {}) {
  const w = world();
  w.connected();
  const sub = w.line.subscribe('c', options);
  w.answers('subscribe', { recoverable: true, positioned: true, epoch: 'e1' });
  return { w, sub };
}

/** Reads until the loop ends, into `read`. */
function reader(iterable, until = Infinity) {
  const read = [];
  const done = (async () => {
    for await (const publication of iterable) if (read.push(publication.offset) >= until) break;
  })();
  done.catch(() => {});
  return { read, done };
}

describe('for await over a subscription', () => {
  it('hears what comes, in order, also what was recovered over a redial', async () => {
    const { w, sub } = subscribed();
    const { read } = reader(sub);
    w.publishes('c', 1, 2);
    await settled();
    w.socket.cut();
    w.redials();
    w.accepted();
    w.answers('subscribe', {
      recoverable: true, positioned: true, epoch: 'e1', offset: 2, recovered: true, was_recovering: true, publications: [{ data: 3, offset: 3 }],
    });
    w.publishes('c', 3, 4);
    await settled();
    assert.deepEqual(read, [1, 2, 3, 4]);
  });

  it('hears what comes between subscribe and the first turn', async () => {
    const w = world();
    w.connected();
    const { read } = reader(w.line.subscribe('c'));
    w.answers('subscribe', {});
    w.publishes('c', 1);
    await settled();
    assert.deepEqual(read, [1]);
  });

  it('may be done twice, each hears all', async () => {
    const { w, sub } = subscribed();
    const first = reader(sub);
    const second = reader(sub);
    w.publishes('c', 1);
    await settled();
    assert.deepEqual([first.read, second.read], [[1], [1]]);
  });

  it('ends quietly with unsubscribe, after what was heard before', async () => {
    const { w, sub } = subscribed();
    const { read, done } = reader(sub);
    w.publishes('c', 1, 2);
    sub.unsubscribe();
    await done;
    assert.deepEqual(read, [1, 2]);
  });

  it('ends quietly when aborted', async () => {
    const control = new AbortController();
    const { w, sub } = subscribed({ signal: control.signal });
    const { done } = reader(sub);
    control.abort();
    await done;
    assert.equal(sub.state, 'unsubscribed');
    assert.ok(w.socket.last('unsubscribe'));
    assert.throws(() => sub.subscribe(), { name: 'AbortError' });
  });

  it('ends at once on a subscription that has ended', async () => {
    const { sub } = subscribed();
    sub.unsubscribe();
    await reader(sub).done;
  });

  it('fails when the server ends the subscription', async () => {
    const { w, sub } = subscribed();
    const { done } = reader(sub);
    w.socket.says({ push: { channel: 'c', unsubscribe: { code: 2000, reason: 'ended' } } });
    await assert.rejects(done, withCode(2000));
  });

  it('fails when the subscribe is refused', async () => {
    const w = world();
    w.connected();
    const { done } = reader(w.line.subscribe('c'));
    w.refuses('subscribe', 103);
    await assert.rejects(done, withCode(103));
  });

  it('fails with 17 behind what it could keep, when it reads too slowly', async () => {
    const { w, sub } = subscribed({ maxUnread: 2 });
    const { read, done } = reader(sub);
    w.publishes('c', 1, 2, 3, 4);
    await assert.rejects(done, withCode(17));
    assert.deepEqual(read, [1, 2]);
    assert.equal(sub.state, 'unsubscribed');
  });

  it('that is left unsubscribes, as nobody hears any more', async () => {
    const { w, sub } = subscribed();
    const { done } = reader(sub, 1);
    w.publishes('c', 1);
    await done;
    assert.equal(sub.state, 'unsubscribed');
  });

  it('that is left leaves the subscription to those who still hear it', async () => {
    const { w, sub } = subscribed();
    const heard = subscribed({ onPublication() {} });
    const first = reader(sub, 1);
    reader(sub);
    const other = reader(heard.sub, 1);
    w.publishes('c', 1);
    heard.w.publishes('c', 1);
    await first.done;
    await other.done;
    assert.deepEqual([sub.state, heard.sub.state], ['subscribed', 'subscribed']);
  });
});

describe('for await over a log', () => {
  const LENGTH = 7;

  /** A line to a server that has a log of 7 and answers history. */
  function withLog() {
    const w = world();
    w.connected();
    const answered = [];
    const answer = async () => {
      for (;;) {
        await settled();
        const { id, history } = w.socket.last('history') ?? {};
        if (!id || answered.some((one) => one.id === id)) return;
        answered.push({ id, history });
        const { limit, since, reverse } = history;
        const offsets = Array.from({ length: LENGTH }, (_, i) => i + 1);
        if (reverse) offsets.reverse();
        const page = offsets.filter((offset) => !since || (reverse ? offset < since.offset : offset > since.offset)).slice(0, limit);
        w.socket.says({ id, history: { publications: page.map((offset) => ({ data: offset, offset })), offset: LENGTH, epoch: 'e1' } });
      }
    };
    return { w, asked: answered, answer };
  }

  for (const [what, options, expected, pages] of [
    ['reads all of it, page by page', { pageSize: 3 }, [1, 2, 3, 4, 5, 6, 7], 3],
    ['reads it newest first', { pageSize: 3, reverse: true }, [7, 6, 5, 4, 3, 2, 1], 3],
    ['begins behind a position', { pageSize: 3, since: { offset: 5, epoch: 'e1' } }, [6, 7], 1],
    ['needs one request where a page holds it all', {}, [1, 2, 3, 4, 5, 6, 7], 1],
    ['ends on an empty page', { since: { offset: 7 } }, [], 1],
  ]) {
    it(what, async () => {
      const { w, asked, answer } = withLog();
      const { read, done } = reader(w.line.log('c', options));
      await answer();
      await done;
      assert.deepEqual(read, expected);
      assert.equal(asked.length, pages);
    });
  }

  it('goes on in the epoch of its first page', async () => {
    const { w, asked, answer } = withLog();
    const { done } = reader(w.line.log('c', { pageSize: 4 }));
    await answer();
    await done;
    assert.deepEqual(asked.map(({ history }) => history.since), [undefined, { offset: 4, epoch: 'e1' }]);
  });

  it('fails as its request does', async () => {
    const w = world();
    w.connected();
    const { done } = reader(w.line.subscribe('c').log());
    await settled();
    w.refuses('history', 108);
    await assert.rejects(done, withCode(108));
  });
});

describe('an aborted signal', () => {
  it('takes a waiting command back', async () => {
    const w = world();
    const control = new AbortController();
    w.line.connect();
    const answer = w.line.publish('c', 1, { signal: control.signal });
    control.abort();
    await assert.rejects(answer, { name: 'AbortError' });
    w.accepted({ ping: 0 });
    assert.equal(w.socket.last('publish'), undefined);
    w.answers('connect');
    assert.equal(w.clock.pending, 0);
  });

  it('ends the wait for an answer', async () => {
    const w = world();
    const control = new AbortController();
    w.connected();
    const answer = w.line.rpc('slow', 1, { signal: control.signal });
    control.abort(new Error('enough'));
    await assert.rejects(answer, { message: 'enough' });
    w.answers('rpc', { data: 1 });
    assert.equal(w.line.state, 'connected');
  });

  it('keeps a command from being sent', async () => {
    const w = world();
    w.connected();
    await assert.rejects(w.line.presence('c', { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal(w.socket.last('presence'), undefined);
  });

  it('changes nothing after the answer', async () => {
    const w = world();
    const control = new AbortController();
    w.connected();
    const answer = w.line.rpc('fast', 1, { signal: control.signal });
    w.answers('rpc', { data: 1 });
    assert.equal(await answer, 1);
    control.abort();
  });

  it('disconnects the line that was connected with it, and no later one', () => {
    const w = world();
    const control = new AbortController();
    w.line.connect({ signal: control.signal });
    w.accepted();
    w.line.disconnect();
    w.connected();
    control.abort();
    assert.equal(w.line.state, 'connected');
    const other = new AbortController();
    w.line.disconnect();
    w.line.connect({ signal: other.signal });
    other.abort();
    assert.equal(w.line.state, 'disconnected');
    assert.throws(() => w.line.connect({ signal: other.signal }), { name: 'AbortError' });
  });
});

describe('data that is not answered', () => {
  it('is sent without an id', () => {
    const w = world();
    w.connected();
    w.line.send({ a: 1 });
    assert.deepEqual(w.socket.commands.at(-1), { send: { data: { a: 1 } } });
  });

  it('needs a connected line', () => {
    const w = world();
    w.line.connect();
    assert.throws(() => w.line.send(1), withCode(3));
  });
});
