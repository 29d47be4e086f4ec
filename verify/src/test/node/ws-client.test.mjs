// The npm `ws` as a client of our server, whose address is in OPENLINE_URL.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import WebSocket from 'ws';

const URL = process.env.OPENLINE_URL;
const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 1_000_000];
const CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4000, 4999];

const lines = [];
after(() => lines.forEach((line) => line.terminate()));

async function open(path = '/') {
  const line = new WebSocket(URL + path, { maxPayload: 2_000_000 });
  lines.push(line);
  await once(line, 'open');
  return line;
}

/** Letters of 1, 2, 3 and 4 bytes, filled up to this many bytes. */
const text = (bytes) => 'aé€𝄞'.repeat(Math.floor(bytes / 10)) + 'x'.repeat(bytes % 10);
const binary = (bytes) => Buffer.from({ length: bytes }, (_, i) => (i * 31 + (i >> 8) * 7) & 255);

async function next(line) {
  const [data, isBinary] = await once(line, 'message');
  return isBinary ? data : data.toString();
}

describe('messages of all lengths', () => {
  for (const size of SIZES) {
    test(`a text of ${size} bytes comes back whole`, async () => {
      const line = await open();
      line.send(text(size));
      assert.equal((await next(line)) === text(size), true);
    });
    test(`${size} bytes come back whole`, async () => {
      const line = await open();
      line.send(binary(size));
      assert.equal(Buffer.compare(await next(line), binary(size)), 0);
    });
  }

  test('500 messages come back in order', async () => {
    const line = await open();
    const heard = [];
    line.on('message', (data) => heard.push(data.toString()));
    for (let i = 0; i < 500; i++) line.send(`message ${i}`);
    while (heard.length < 500) await once(line, 'message');
    assert.deepEqual(heard, Array.from({ length: 500 }, (_, i) => `message ${i}`));
  });

  test('a message over the limit is refused with 1009', async () => {
    const line = await open();
    line.on('error', () => {}); // the rest of the message may find the line closed
    line.send(binary(1_500_001));
    const [code] = await once(line, 'close');
    assert.equal(code, 1009);
  });
});

describe('fragments', () => {
  for (const size of SIZES) {
    test(`a text of ${size} bytes in fragments, with a ping between them, comes back whole`, async () => {
      const line = await open();
      const whole = Buffer.from(text(size));
      const cuts = [0, Math.floor(size / 3), Math.floor(size / 2), size];
      line.send(whole.subarray(cuts[0], cuts[1]), { binary: false, fin: false });
      line.send('', { fin: false });
      line.ping('in between');
      assert.equal((await once(line, 'pong'))[0].toString(), 'in between');
      line.send(whole.subarray(cuts[1], cuts[2]), { fin: false });
      line.send(whole.subarray(cuts[2], cuts[3]), { fin: true });
      assert.equal((await next(line)) === text(size), true);
    });
  }
});

describe('ping and pong', () => {
  for (const size of [0, 1, 125]) {
    test(`our server answers a ping of ${size} bytes`, async () => {
      const line = await open();
      line.ping(binary(size));
      assert.equal(Buffer.compare((await once(line, 'pong'))[0], binary(size)), 0);
    });
    test(`our server's ping of ${size} bytes is answered`, async () => {
      const line = await open('/obey');
      line.send(`ping ${'p'.repeat(size)}`);
      assert.equal(await next(line), `pong ${'p'.repeat(size)}`);
    });
  }
});

describe('closing', () => {
  for (const code of CODES) {
    test(`our server answers goodbye ${code} with the same code`, async () => {
      const line = await open();
      line.close(code, 'grüße');
      assert.equal((await once(line, 'close'))[0], code);
    });
    test(`our server says goodbye ${code} with a reason`, async () => {
      const line = await open('/obey');
      line.send(`close ${code} grüße`);
      const [heard, reason] = await once(line, 'close');
      assert.deepEqual([heard, reason.toString()], [code, 'grüße']);
    });
  }

  test('a goodbye without a code is answered', async () => {
    const line = await open();
    line.close();
    assert.equal((await once(line, 'close'))[0], 1005);
  });

  test('a line that our server drops is 1006', async () => {
    const line = await open('/obey');
    line.on('error', () => {});
    line.send('drop');
    assert.equal((await once(line, 'close'))[0], 1006);
  });
});

describe('opening', () => {
  const refusal = async (path, options) => {
    const line = new WebSocket(URL + path, options);
    line.on('error', () => {});
    const [, response] = await once(line, 'unexpected-response');
    response.destroy();
    return response;
  };

  test('the preferred one of the offered subprotocols is agreed', async () => {
    const line = new WebSocket(`${URL}/pick`, ['unheard', 'second', 'first']);
    lines.push(line);
    await once(line, 'open');
    assert.equal(line.protocol, 'first');
  });

  test('an offer of compression is not taken up', async () => {
    const line = await open();
    assert.equal(line.extensions, '');
  });

  test('a path without lines is refused with 404', async () => {
    assert.equal((await refusal('/nowhere')).statusCode, 404);
  });

  test('a page of another site is refused with 403', async () => {
    assert.equal((await refusal('/', { origin: 'https://elsewhere.example' })).statusCode, 403);
  });

  test('an old version is refused with 426, and told which one is spoken', async () => {
    const response = await refusal('/', { protocolVersion: 8 });
    assert.equal(response.statusCode, 426);
    assert.equal(response.headers['sec-websocket-version'], '13');
  });
});
