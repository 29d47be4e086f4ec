import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as openline from 'openline';
import { world } from './world.js';

const folder = new URL('../src/main/resources/dev/openline/js/', import.meta.url);
const module = readFileSync(new URL('openline.js', folder));
const types = readFileSync(new URL('openline.d.ts', folder), 'utf8');

const publicMembers = (type) =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor' && !name.startsWith('_'));

describe('openline.js', () => {
  it('weighs less than 10 KB compressed', () => {
    const bytes = gzipSync(module, { level: 9 }).length;
    assert.ok(bytes < 10_000, `${bytes} bytes`);
  });

  it('imports nothing', () => {
    assert.doesNotMatch(module.toString(), /^\s*import\b|\bimport\(|\brequire\(/m);
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
    for (const option of ['minDelay', 'maxDelay', 'timeout', 'dialTimeout', 'maxServerPingDelay', 'name', 'data', 'token', 'WebSocket', 'window', 'clock', 'random']) {
      assert.match(types, new RegExp(`^  ${option}\\?:`, 'm'));
    }
  });
});
