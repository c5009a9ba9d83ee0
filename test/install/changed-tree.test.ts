import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeAfter } from '../../src/install/changed-tree.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';

const absent = { kind: 'absent' } as const;
const file = (text: string) => ({ kind: 'file', text, mode: 0o600, uid: 1, gid: 2 }) as const;

const before = memorySystem({ '/etc/a': 'old', '/etc/b': 'goes', '/etc/c': 'stays' });
const tree = treeAfter(before, {
  changes: [
    { path: '/etc/a', from: absent, to: file('new') },
    { path: '/etc/b', from: file('goes'), to: absent },
    { path: '/etc/d/e/f', from: absent, to: file('made') },
    { path: '/etc/g', from: absent, to: { kind: 'link', target: 'd/e/f' } },
    { path: '/etc/h', from: absent, to: { kind: 'link', target: '/dev/nowhere' } },
  ],
});

test('what the plan writes is there, what it takes away is not, the rest is as it was', () => {
  assert.deepEqual(['/etc/a', '/etc/c', '/etc/d/e/f', '/etc/g'].map(tree.read), ['new', 'stays', 'made', 'made']);
  assert.deepEqual(tree.list('/etc'), ['a', 'c', 'd', 'g', 'h']);
  assert.deepEqual([tree.list('/etc/d'), tree.list('/etc/d/e')], [['e'], ['f']]);
  assert.deepEqual(tree.read('/etc/b'), { errno: 'ENOENT', path: '/etc/b' });
  assert.ok(isFailure(tree.list('/nothing')) && isFailure(tree.stat('/etc/h')) && isFailure(tree.lstat('/etc/b')));
});

test('kinds, modes and links', () => {
  const kindOf = (status: ReturnType<typeof tree.lstat>) => (isFailure(status) ? status.errno : status.kind);
  assert.deepEqual(
    ['/etc/a', '/etc/d', '/etc/g'].map((path) => kindOf(tree.lstat(path))),
    ['file', 'directory', 'symlink'],
  );
  assert.equal(kindOf(tree.stat('/etc/g')), 'file');
  const status = tree.stat('/etc/a');
  assert.ok(!isFailure(status) && status.mode === 0o600 && status.uid === 1 && status.size === 3);
  assert.equal(tree.readlink('/etc/g'), 'd/e/f');
  assert.deepEqual(tree.readlink('/etc/a'), { errno: 'EINVAL', path: '/etc/a' });
});

test('nothing can be written', () => {
  assert.deepEqual(tree.create('/etc/x', '', 0o644), { errno: 'EROFS', path: '/etc/x' });
  assert.equal(before.files.has('/etc/x'), false);
});
