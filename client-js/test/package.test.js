import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as openline from 'openline';
import * as outbox from 'openline/outbox';
import * as centrifuge from 'openline/outbox-centrifuge';
import * as shared from 'openline/shared';
import { world } from './world.js';

const root = new URL('../', import.meta.url);
const folder = new URL('src/main/resources/dev/openline/js/', root);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const types = read('openline.d.ts');
const compressed = (name) => gzipSync(read(name), { level: 9 }).length;
const imports = (name) => [...read(name).matchAll(/^\s*import\b.*?'(.*?)'|\bimport\((.*?)\)|\brequire\((.*?)\)/gm)].map(([, ...names]) => names.find(Boolean));

/** What each module weighs at most, and what it may import. */
const MODULES = {
  'openline.js': { bytes: 10_000, imports: [] },
  'openline-outbox.js': { bytes: 5_000, imports: [] },
  'openline-outbox-centrifuge.js': { bytes: 1_000, imports: ['./openline-outbox.js'] },
  'openline-shared.js': { bytes: 6_000, imports: [] },
};

const publicMembers = (type) =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor' && !name.startsWith('_'));

for (const [name, limits] of Object.entries(MODULES)) {
  describe(name, () => {
    it(`weighs less than ${limits.bytes} bytes compressed`, () => {
      assert.ok(compressed(name) < limits.bytes, `${compressed(name)} bytes`);
    });

    it(`imports ${limits.imports.join() || 'nothing'}`, () => {
      assert.deepEqual(imports(name), limits.imports);
    });
  });
}

describe('the npm package', () => {
  /** What `npm pack` says; null where there is no npm. The cache's folder is named, as a machine that builds may have no home. */
  function packed() {
    const options = { cwd: fileURLToPath(root), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    try {
      return JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--offline', '--cache', 'target/npm'], options));
    } catch (error) {
      if (error.code === 'ENOENT') return null;
      throw error;
    }
  }

  it('holds the modules and their types, and nothing else', (test) => {
    const answer = packed();
    if (!answer) return test.skip('there is no npm');
    const names = answer[0].files.map(({ path }) => path.split('/').at(-1)).sort();
    assert.deepEqual(names, [...readdirSync(folder), 'package.json'].sort());
    assert.deepEqual(names, [...Object.keys(MODULES).flatMap((name) => [name, name.replace(/js$/, 'd.ts')]), 'package.json'].sort());
  });

  it('names no registry and depends on nothing', () => {
    const text = readFileSync(new URL('package.json', root), 'utf8');
    assert.doesNotMatch(text, /https?:|dependencies"|publishConfig|registry/i);
  });
});

describe('the types of the other modules', () => {
  for (const [name, module] of Object.entries({ 'openline-outbox': outbox, 'openline-shared': shared, 'openline-outbox-centrifuge': centrifuge })) {
    const text = read(`${name}.d.ts`);
    it(`${name}.d.ts names all that it exports, and no more`, () => {
      const named = [...text.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, exported]) => exported);
      assert.deepEqual(named.sort(), Object.keys(module).sort());
    });

    for (const [exported, type] of Object.entries(module)) {
      if (!type.prototype) continue;
      it(`${name}.d.ts names every public member of ${exported}`, () => {
        for (const member of publicMembers(type)) assert.match(text, new RegExp(`^  (readonly )?${member}[(<:]`, 'm'));
      });
    }
  }

  it('openline-outbox.d.ts names every limit with its default', () => {
    for (const [option, value] of [['name', 'openline'], ['maxEntries', 1000], ['maxBytes', '1 MiB'], ['maxEntryBytes', 64000], ['keptMs', 240000]]) {
      const at = read('openline-outbox.d.ts').indexOf(`\n  ${option}?:`);
      assert.ok(at > 0, option);
      assert.match(read('openline-outbox.d.ts').slice(Math.max(0, at - 400), at), new RegExp(`efault[^]*${value}`), option);
    }
  });
});

describe('openline.d.ts', () => {
  /** The text of one exported class. */
  const typesOf = (name) => types.match(new RegExp(`^export class ${name}\\b[^]*?^}`, 'm'))?.[0] ?? '';

  for (const [name, type] of Object.entries(openline)) {
    it(`names every public member of ${name}`, () => {
      assert.notEqual(typesOf(name), '', `no class ${name}`);
      for (const member of publicMembers(type)) assert.match(typesOf(name), new RegExp(`^  (readonly )?${member}[(<:]`, 'm'));
    });
  }

  it('names every field of a line and of a subscription', () => {
    const { line } = world();
    for (const object of [line, line.subscribe('c')]) {
      for (const field of Object.keys(object)) assert.match(typesOf(object.constructor.name), new RegExp(`^  (readonly )?${field}:`, 'm'));
    }
  });

  it('names no member that is not there', () => {
    const { line } = world();
    for (const object of [line, line.subscribe('c')]) {
      const named = [...typesOf(object.constructor.name).matchAll(/^  (?:readonly )?(\w+)[(<:]/gm)].map((match) => match[1]);
      for (const member of named) if (member !== 'constructor') assert.ok(member in object, member);
    }
  });

  it('names every option with a default', () => {
    for (const option of ['minDelay', 'maxDelay', 'timeout', 'dialTimeout', 'maxServerPingDelay', 'name', 'data', 'token', 'headers', 'outbox', 'WebSocket', 'window', 'clock', 'random']) {
      assert.match(types, new RegExp(`^  ${option}\\?:`, 'm'));
    }
  });
});
