import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled, world } from './world.js';

const LOG = { recoverable: true, positioned: true, epoch: 'e1', delta: true };
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';
const utf8 = new TextEncoder();

const number = (value) => (value < 64 ? '' : number(Math.floor(value / 64))) + DIGITS[value % 64];

function checksum(bytes) {
  const words = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 4) * 4));
  bytes.forEach((byte, i) => words.setUint8(i, byte));
  let sum = 0;
  for (let at = 0; at < words.byteLength; at += 4) sum = (sum + words.getUint32(at)) % 2 ** 32;
  return sum;
}

/** What texts have in common at both ends is copied, what lies between is said. Split at characters, not inside of them. */
function delta(from, to) {
  let start = 0;
  let end = 0;
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start++;
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  const length = (text) => utf8.encode(text).length;
  const middle = to.slice(start, to.length - end);
  const tail = length(to.slice(to.length - end));
  return [
    `${number(length(to))}\n`,
    start ? `${number(length(to.slice(0, start)))}@0,` : '',
    middle ? `${number(length(middle))}:${middle}` : '',
    tail ? `${number(tail)}@${number(length(from) - tail)},` : '',
    `${number(checksum(utf8.encode(to)))};`,
  ].join('');
}

function subscribed(options = {}) {
  const w = world();
  const heard = [];
  w.connected();
  const sub = w.line.subscribe('c', { delta: 'fossil', onPublication: ({ offset, data }) => heard.push([offset, data]), ...options });
  return { w, sub, heard };
}

const full = (data, offset) => ({ data: JSON.stringify(data), offset });
const patch = (from, to, offset) => ({ data: delta(JSON.stringify(from), JSON.stringify(to)), offset, delta: true });
const push = (pub) => ({ push: { channel: 'c', pub } });

describe('a subscription with deltas', () => {
  it('asks for them', () => {
    const { w } = subscribed();
    assert.equal(w.socket.last('subscribe').subscribe.delta, 'fossil');
  });

  it('makes whole publications of them', () => {
    const { w, heard } = subscribed();
    w.answers('subscribe', LOG);
    const texts = [
      { price: 1, name: 'grün 𝄞', note: 'x'.repeat(200) },
      { price: 22, name: 'grün 𝄞', note: 'x'.repeat(200) },
      { price: 22, name: 'blau', note: 'x'.repeat(200) },
      { price: 22, name: 'blau', note: '' },
      [],
      { price: 1, name: 'grün 𝄞', note: 'y'.repeat(5000) },
    ];
    w.socket.says(push(full(texts[0], 1)));
    for (let i = 1; i < texts.length; i++) w.socket.says(push(patch(texts[i - 1], texts[i], i + 1)));
    assert.deepEqual(heard, texts.map((text, i) => [i + 1, text]));
  });

  it('goes on from a full publication in between', () => {
    const { w, heard } = subscribed();
    w.answers('subscribe', LOG);
    w.socket.says(push(full('aaaa', 1)), push(full('bbbb', 2)), push(patch('bbbb', 'bbbc', 3)));
    assert.deepEqual(heard, [[1, 'aaaa'], [2, 'bbbb'], [3, 'bbbc']]);
  });

  it('keeps its base over a redial that recovers nothing new', () => {
    const { w, heard } = subscribed();
    w.answers('subscribe', LOG);
    w.socket.says(push(full('aaaa', 1)));
    w.socket.cut();
    w.redials();
    w.accepted();
    w.answers('subscribe', { ...LOG, offset: 1, recovered: true, was_recovering: true });
    w.socket.says(push(patch('aaaa', 'aaab', 2)));
    assert.deepEqual(heard, [[1, 'aaaa'], [2, 'aaab']]);
  });

  it('reads the deltas of what was recovered', () => {
    const { w, heard } = subscribed({ since: { offset: 0, epoch: 'e1' } });
    w.answers('subscribe', { ...LOG, recovered: true, was_recovering: true, publications: [full('aaaa', 1), patch('aaaa', 'aaab', 2)] });
    assert.deepEqual(heard, [[1, 'aaaa'], [2, 'aaab']]);
  });

  it('leaves data as it is where the server agreed to none', () => {
    const { w, heard } = subscribed();
    w.answers('subscribe', { ...LOG, delta: undefined });
    w.socket.says(push({ data: '"a"', offset: 1 }));
    assert.deepEqual(heard, [[1, '"a"']]);
  });

  for (const [what, broken] of [
    ['of the wrong sum', (text) => text.replace(/[^:]$/, (end) => end).replace(/.;$/, (end) => (end[0] === '0' ? '1;' : '0;'))],
    ['of the wrong size', (text) => `1${text}`],
    ['that is cut off', (text) => text.slice(0, -3)],
    ['that is no delta', () => 'nonsense'],
    ['that is empty', () => ''],
    ['that copies from outside', () => '4\n4@100,0;'],
  ]) {
    it(`${what} passes nothing on, and subscribes again from where its cursor stands`, async () => {
      const errors = [];
      const { w, sub, heard } = subscribed();
      w.line.on('error', (error) => errors.push(error.code));
      w.answers('subscribe', LOG);
      const bad = patch('aaaa', 'aaab', 2);
      bad.data = broken(bad.data);
      w.socket.says(push(full('aaaa', 1)), push(bad), push(patch('aaab', 'aaac', 3)));
      assert.equal(sub.state, 'subscribing');
      assert.ok(w.socket.last('unsubscribe'));
      w.clock.advance(750);
      await settled();
      assert.deepEqual(w.socket.last('subscribe').subscribe, { channel: 'c', delta: 'fossil', recover: true, offset: 1, epoch: 'e1' });
      w.answers('subscribe', { ...LOG, offset: 1, recovered: true, was_recovering: true, publications: [full('aaab', 2), patch('aaab', 'aaac', 3)] });
      assert.deepEqual(heard, [[1, 'aaaa'], [2, 'aaab'], [3, 'aaac']]);
      assert.deepEqual(errors, [5]);
    });
  }
});
