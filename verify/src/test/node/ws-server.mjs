// The npm `ws` as a server, for our client: what it does depends on the path of the line. It tells the test, one line
// each, where it listens and how lines ended.
import { WebSocketServer } from 'ws';

const MAX_PAYLOAD = 1_500_000;
/** How it compresses, as JSON of ws's own options; without it, as ws does when it is told to. */
const perMessageDeflate = JSON.parse(process.env.WS_DEFLATE ?? 'true');
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_PAYLOAD, perMessageDeflate });
const tell = (...words) => console.log(['@', ...words].join('\t'));

const behaviours = {
  '/echo': (line) => line.on('message', (data, isBinary) => line.send(data, { binary: isBinary })),

  /** Comes back in four fragments, the third of them empty, with a ping in the middle. */
  '/fragments': (line) =>
    line.on('message', (data, binary) => {
      const [third, half] = [Math.floor(data.length / 3), Math.floor(data.length / 2)];
      line.send(data.subarray(0, third), { binary, fin: false });
      line.send(data.subarray(third, half), { binary, fin: false });
      line.ping('in between');
      line.send(Buffer.alloc(0), { binary, fin: false });
      line.send(data.subarray(half), { binary, fin: true });
    }),

  '/ping': (line, { searchParams }) => line.ping(Buffer.alloc(Number(searchParams.get('bytes')), 'p')),

  '/close': (line, { searchParams }) => line.close(Number(searchParams.get('code')), searchParams.get('reason')),

  '/close-without-a-code': (line) => line.close(),

  '/terminate': (line) => line.terminate(),
};

server.on('connection', (line, request) => {
  const url = new URL(request.url, 'ws://localhost');
  line.on('close', (code, reason) => tell('closed', code, reason.toString()));
  line.on('pong', (data) => tell('pong', data.length));
  line.on('error', (error) => tell('error', error.code));
  line.on('unexpected-response', () => tell('error', 'unexpected response'));
  behaviours[url.pathname](line, url);
});
server.on('listening', () => tell('listening', server.address().port));
