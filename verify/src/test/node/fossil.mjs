// The official SDK's own decoder of deltas, in both its encodings, played by a test: it is told a base and a patch on
// standard input, and tells what the SDK makes of them, or its error. Bytes are in base 64.
import { createInterface } from 'node:readline';
import { Centrifuge } from 'centrifuge';
import { Centrifuge as CentrifugeProtobuf } from 'centrifuge/build/protobuf';

const OPTIONS = { websocket: class {} };
const URL = 'ws://127.0.0.1:1';
// The package exports no decoder, but each of its clients has one.
const codecs = { json: new Centrifuge(URL, OPTIONS)._codec, protobuf: new CentrifugeProtobuf(URL, OPTIONS)._codec };
const tell = (...words) => console.log(['@', ...words].join('\t'));

tell('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [encoding, base, patch] = line.split('\t');
  const bytes = Buffer.from(patch, 'base64');
  const data = encoding === 'json' ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : new Uint8Array(bytes);
  try {
    const { newPrevValue } = codecs[encoding].applyDeltaIfNeeded({ delta: true, data }, new Uint8Array(Buffer.from(base, 'base64')));
    tell('made', Buffer.from(newPrevValue).toString('base64'));
  } catch (e) {
    tell('failed', e.message);
  }
}
