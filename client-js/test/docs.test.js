import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';

const root = new URL('../', import.meta.url);
const text = readFileSync(new URL('../docs/openline-js.md', root), 'utf8');
const programs = [...text.matchAll(/```js\n(.*?)\n```/gs)].map(([, program]) => program);
const folder = new URL('target/docs/', root);

const LOG = { recoverable: true, positioned: true, epoch: 'e1', offset: 0 };
const PUBLICATIONS = [{ data: 'old', offset: 1 }];

/** A server that has an answer to everything, and publishes one word on each channel that is subscribed to. */
class Server {
  static asked = [];
  readyState = 0;

  constructor() {
    setImmediate(() => {
      this.readyState = 1;
      this.onopen({});
    });
  }

  send(frame) {
    for (const command of frame.split('\n').map((line) => JSON.parse(line))) setImmediate(() => this.#answer(command));
  }

  #answer({ id, ...command }) {
    const [[kind, body]] = Object.entries(command);
    Server.asked.push(kind);
    const answers = {
      connect: { client: 'c1' },
      subscribe: LOG,
      rpc: { data: { offset: 1, epoch: 'e1' } },
      history: { publications: PUBLICATIONS, offset: 1, epoch: 'e1' },
      presence: { presence: {} },
      unsubscribe: {},
    };
    this.#say({ id, [kind]: answers[kind] });
    if (kind === 'subscribe') this.#say({ push: { channel: body.channel, pub: { data: 'enough', offset: 1 } } });
  }

  #say(reply) {
    if (this.readyState === 1) this.onmessage({ data: JSON.stringify(reply) });
  }

  close() {
    this.readyState = 3;
  }
}

/** What the programs find around them. Each is a module, with what it does not make itself. */
async function run(program, name) {
  const shown = [];
  Server.asked = [];
  Object.assign(globalThis, { WebSocket: Server, show: (what) => shown.push(what) });
  globalThis.location = undefined;
  globalThis.fetch = async () => ({ text: async () => 'a token' });
  globalThis.centrifuge = { state: 'connected', on() {}, rpc: async () => ({ data: {} }) };
  const imports = program.includes('import { Openline }') ? '' : "import { Openline } from 'openline';\n";
  const line = program.includes('const line =') || !program.includes('line.') ? '' : "const line = new Openline('/connection/websocket');\nline.connect();\n";
  const module = new URL(`${name}.mjs`, folder);
  mkdirSync(folder, { recursive: true });
  // A page has an address; a line in node needs one.
  writeFileSync(module, `${imports}${line}${program}\n`.replaceAll("'/connection/websocket'", "'ws://server/connection/websocket'"));
  await import(module);
  for (let i = 0; i < 20; i++) await later(1);
  return shown;
}

describe('docs/openline-js.md', () => {
  const expected = [
    { shown: ['enough'], asked: ['connect', 'subscribe'] },
    { shown: [], asked: ['connect', 'subscribe'] },
    { shown: [], asked: ['connect'] },
    { shown: ['enough'], asked: ['connect', 'subscribe', 'unsubscribe'] },
    { shown: ['1: old'], asked: ['connect', 'history', 'history', 'presence'] },
    { shown: ['1 wait', '0 wait'], asked: ['connect', 'rpc'] },
    { shown: [], asked: [] },
    { shown: ['enough'], asked: ['connect', 'subscribe'] },
  ];

  it('has programs', () => assert.equal(programs.length, expected.length));

  programs.forEach((program, i) => {
    it(`has a program that runs: ${program.split('\n').find((line) => !line.startsWith('import') && line)}`, async () => {
      const shown = await run(program, `program${i}`);
      assert.deepEqual([...new Set(shown)], expected[i].shown);
      assert.deepEqual(Server.asked.sort(), [...expected[i].asked].sort());
    });
  });

  it('has the states as they are in the code', () => {
    const code = readFileSync(new URL('src/main/resources/dev/openline/js/openline.js', root), 'utf8');
    for (const [title, name] of [['line', 'LINE_MOVES'], ['subscription', 'SUBSCRIPTION_MOVES']]) {
      const moves = Function(`return ${code.match(new RegExp(`const ${name} = ({.*?\n});`, 's'))[1]}`)();
      const [head, , ...rows] = text.match(new RegExp(`^\\| ${title} \\|.*\n(?:\\|.*\n)+`, 'm'))[0].trim().split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('*', '')));
      const written = Object.fromEntries(rows.map(([from, ...to]) => [from, Object.fromEntries(to.map((state, i) => [head[i + 1], state]).filter(([, state]) => state))]));
      assert.deepEqual(written, moves);
    }
  });

  it('tells the weight that the tests allow', () => {
    for (const [, name, kilobytes] of text.matchAll(/^\| `\/(openline[\w-]*)\.js` .*under (\d+) KB/gm)) {
      const tests = readFileSync(new URL('package.test.js', import.meta.url), 'utf8');
      assert.match(tests, new RegExp(`'${name}\\.js': \\{ bytes: ${kilobytes}_000,`));
    }
  });
});
