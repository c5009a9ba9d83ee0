import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, diffStates, digestOf, readState, sameState } from '../../src/inventory/file-state.ts';
import { memorySystem } from '../../src/system/memory.ts';

const file = { kind: 'file', text: 'a\n', mode: 0o644, uid: 0, gid: 0 } as const;

test('what is at a path', () => {
  const system = memorySystem({
    '/etc/a': { text: 'a\n', mode: 0o600, uid: 7, gid: 8 },
    '/etc/b': { link: 'a' },
    '/etc/c': { directory: true },
    '/etc/d': { device: true },
    '/etc/e': { errno: 'EACCES' },
  });
  assert.deepEqual(readState(system, '/etc/a'), { ...file, mode: 0o600, uid: 7, gid: 8 });
  assert.deepEqual(readState(system, '/etc/b'), { kind: 'link', target: 'a' });
  assert.deepEqual(readState(system, '/etc/none'), absent);
  assert.deepEqual(readState(system, '/none/a'), absent);
  assert.deepEqual(readState(system, '/etc/c'), { errno: 'EISDIR', path: '/etc/c' });
  assert.deepEqual(readState(system, '/etc/d'), { errno: 'EINVAL', path: '/etc/d' });
  assert.deepEqual(readState(system, '/etc/e'), { errno: 'EACCES', path: '/etc/e' });
});

test('mode and owner count as much as the text', () => {
  assert.equal(sameState(file, { ...file }), true);
  for (const change of [{ text: 'b\n' }, { mode: 0o600 }, { uid: 1 }, { gid: 1 }])
    assert.equal(sameState(file, { ...file, ...change }), false, JSON.stringify(change));
  assert.equal(sameState(absent, file), false);
  assert.equal(sameState({ kind: 'link', target: 'a' }, { kind: 'link', target: 'b' }), false);
  assert.match(digestOf(file), /^[0-9a-f]{64} 0644 0:0$/);
});

test('a link that becomes a file is mentioned', () => {
  const shown = diffStates('/etc/a', { kind: 'link', target: 'b' }, file);
  assert.match(shown, /^# \/etc\/a was a symbolic link to b\n/);
  assert.match(shown, /^\+a$/m);
  assert.match(diffStates('/etc/a', file, { kind: 'link', target: 'b' }), /becomes a symbolic link to b\n[^]*^-a$/m);
});
