import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent } from '../../src/inventory/file-state.ts';
import {
  addedPaths,
  emptyManifest,
  manifestPath,
  parseManifest,
  printManifest,
  readManifest,
} from '../../src/inventory/manifest.ts';
import { memorySystem } from '../../src/system/memory.ts';

const file = { kind: 'file', text: 'a\n', mode: 0o644, uid: 0, gid: 0 } as const;
const entry = { path: '/etc/a', wrote: ['absent'], before: file };
const manifest = {
  command: 'failoverctl install',
  files: [entry, { path: '/etc/b', wrote: ['x', 'y'], before: absent }],
  directories: ['/etc/x'],
};

test('what is printed is read back', () => {
  assert.deepEqual(parseManifest(printManifest(manifest)), manifest);
  assert.deepEqual(parseManifest(printManifest(emptyManifest)), emptyManifest);
});

test('what was there before is not added, whatever was done to it', () => {
  assert.deepEqual(addedPaths(manifest), new Set(['/etc/b']));
  assert.deepEqual(addedPaths(null), new Set());
});

test('none, and one that cannot be read', () => {
  assert.equal(readManifest(memorySystem({})), null);
  assert.deepEqual(readManifest(memorySystem({ [manifestPath]: { errno: 'EACCES' } })), {
    errno: 'EACCES',
    path: manifestPath,
  });
});

test('a damaged one is refused, since it is trusted with deleting files', () => {
  const given = (change: object) => parseManifest(JSON.stringify({ version: 1, ...manifest, ...change }));
  const wrong: readonly (readonly [change: object, message: RegExp])[] = [
    [{ version: 2 }, /^version 2; this program reads version 1$/],
    [{ command: 1 }, /"command"/],
    [{ directories: ['etc'] }, /"directories"/],
    [{ directories: ['/etc/../..'] }, /"directories"/],
    [{ files: {} }, /"files"/],
    [{ files: [{ ...entry, path: '/etc/../passwd' }] }, /cannot read the entry/],
    [{ files: [{ ...entry, wrote: [] }] }, /cannot read the entry/],
    [{ files: [{ ...entry, wrote: [1] }] }, /cannot read the entry/],
    [{ files: [{ ...entry, before: { ...file, mode: 0o10000 } }] }, /cannot read the entry/],
    [{ files: [{ ...entry, before: { ...file, uid: -1 } }] }, /cannot read the entry/],
    [{ files: [{ ...entry, before: { ...file, gid: 0xffffffff } }] }, /cannot read the entry/],
    [{ files: [{ ...entry, before: { kind: 'link' } }] }, /cannot read the entry/],
  ];
  for (const [change, message] of wrong) assert.match(String(given(change)), message, JSON.stringify(change));
  assert.equal(typeof given({ files: [{ ...entry, before: { ...file, mode: 0o7777 } }] }), 'object');
  assert.equal(parseManifest('{'), 'it is not JSON');
  assert.equal(parseManifest('[]'), 'expected an object');
});

test('nesting has an end; brackets in a text are none', () => {
  assert.match(String(parseManifest('['.repeat(17) + ']'.repeat(17))), /nested more than 16/);
  const text = { ...entry, before: { ...file, text: '['.repeat(100) } };
  assert.equal(typeof parseManifest(printManifest({ ...manifest, files: [text] })), 'object');
});
