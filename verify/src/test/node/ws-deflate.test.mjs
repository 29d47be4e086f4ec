// The npm `ws` as a client that compresses, of our server, whose address is in OPENLINE_URL and which takes context over
// if OPENLINE_TAKEOVER says yes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import WebSocket from 'ws';

const URL = process.env.OPENLINE_URL;
const TAKEOVER = process.env.OPENLINE_TAKEOVER === 'yes';
const SIZES = [0, 1, 125, 512, 65_535, 65_536, 300_000, 1_000_000];

/** What ws offers, and what is then agreed on beside takeover. */
const OFFERS = {
  'all it can do': [{}, []],
  'no takeover': [{ serverNoContextTakeover: true, clientNoContextTakeover: true }, []],
  'no takeover by the server': [{ serverNoContextTakeover: true }, []],
  'no takeover by itself': [{ clientNoContextTakeover: true }, []],
  'windows of 8 and 9 bits': [{ serverMaxWindowBits: 8, clientMaxWindowBits: 9 }, ['server_max_window_bits=8']],
  'windows of 9 bits': [{ serverMaxWindowBits: 9, clientMaxWindowBits: 9 }, ['server_max_window_bits=9']],
  'windows of 12 and 10 bits': [{ serverMaxWindowBits: 12, clientMaxWindowBits: 10 }, ['server_max_window_bits=12']],
  'windows of 15 bits': [{ serverMaxWindowBits: 15, clientMaxWindowBits: 15 }, ['server_max_window_bits=15']],
};

const lines = [];
after(() => lines.forEach((line) => line.terminate()));

async function open(offer) {
  const perMessageDeflate = { threshold: 0, ...offer };
  const line = new WebSocket(URL, { maxPayload: 2_000_000, perMessageDeflate });
  lines.push(line);
  line.once('upgrade', (answer) => (line.answer = answer.headers['sec-websocket-extensions']));
  await once(line, 'open');
  return line;
}

/** Words that repeat, and numbers that do not. */
function text(bytes) {
  let all = '';
  for (let i = 0; all.length < bytes; i++) all += `grün ${(i * 7919) % 10007} is what number ${i} is called; `;
  return Buffer.from(all).subarray(0, bytes).toString().replaceAll('\ufffd', '?');
}

async function next(line) {
  const [data, isBinary] = await once(line, 'message');
  return isBinary ? data : data.toString();
}

for (const [name, [offer, parameters]] of Object.entries(OFFERS)) {
  describe(`offering ${name}`, () => {
    test('is answered in kind', async () => {
      const line = await open(offer);
      const said = line.answer.split(/;\s*/);
      assert.equal(said.shift(), 'permessage-deflate');
      assert.equal(said.includes('server_no_context_takeover'), !TAKEOVER || !!offer.serverNoContextTakeover);
      assert.equal(said.includes('client_no_context_takeover'), !TAKEOVER || !!offer.clientNoContextTakeover);
      for (const parameter of parameters) assert.ok(said.includes(parameter), `${parameter} in ${said}`);
    });

    test('messages of all lengths come back, one after another', async () => {
      const line = await open(offer);
      for (const size of [...SIZES, ...SIZES]) {
        line.send(text(size));
        assert.equal((await next(line)) === text(size), true, `text of ${size} bytes`);
        line.send(Buffer.from(text(size)));
        assert.equal(Buffer.compare(await next(line), Buffer.from(text(size))), 0, `${size} bytes`);
      }
    });

    test('messages in fragments come back, with a ping between them', async () => {
      const line = await open(offer);
      for (const size of SIZES) {
        const whole = Buffer.from(text(size));
        const [third, half] = [Math.floor(size / 3), Math.floor(size / 2)];
        line.send(whole.subarray(0, third), { binary: true, fin: false });
        line.ping('in between');
        line.send(whole.subarray(third, half), { fin: false });
        line.send('', { fin: false });
        line.send(whole.subarray(half), { fin: true });
        assert.equal(Buffer.compare(await next(line), whole), 0, `${size} bytes`);
      }
    });

    test('200 messages, compressed and not, come back in order', async () => {
      const line = await open(offer);
      const heard = [];
      line.on('message', (data) => heard.push(data.toString()));
      const said = Array.from({ length: 200 }, (_, i) => `message ${i} ${text(i * 20)}`);
      said.forEach((message, i) => line.send(message, { compress: i % 3 > 0 }));
      while (heard.length < 200) await once(line, 'message');
      assert.deepEqual(heard, said);
    });
  });
}

test('a bomb is refused with 1009', async () => {
  const line = await open({});
  line.send(Buffer.alloc(64_000_000));
  const [code] = await once(line, 'close');
  assert.equal(code, 1009);
});
