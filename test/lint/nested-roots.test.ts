import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNestedRoots } from '../../src/lint/nested-roots.ts';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const network = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const repository: Tree = {
  '/r/README.md': 'hosts\n',
  '/r/hosts/web/etc/systemd/network/20-all.network': network,
  '/r/hosts/db/etc/netplan/50.yaml': 'network: {version: 2}\n',
};

async function lint(files: Tree, ...args: readonly string[]) {
  const system = memorySystem(files);
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('a repository that is named as one guest: nothing is judged, and the line says what to run', async () => {
  const { status, stdout } = await lint(repository, '--root', '/r');
  assert.equal(status, 3);
  assert.match(
    stdout,
    /^nothing was judged: .*run 'failoverctl lint \/r' to judge the 2 guests in it \(hosts\/db, hosts\/web\)$/m,
  );
  const { status: judged, stdout: found } = await lint(repository, '/r');
  assert.equal(judged, 1);
  assert.match(found, /of 2 guests \(\/r\/hosts\/db, \/r\/hosts\/web\)/);
});

test('no hint where something was judged, or where there is nothing to judge', async () => {
  const own = { ...repository, '/r/etc/systemd/network/20-lan.network': '[Match]\nName=lan0\n' };
  assert.doesNotMatch((await lint(own, '--root', '/r')).stdout, /to judge/);
  const none = await lint({ '/r/web/etc/hostname': 'web\n', '/r/etc/hostname': 'x\n' }, '--root', '/r');
  assert.equal(none.status, 3);
  assert.doesNotMatch(none.stdout, /to judge/);
  assert.match(
    (await lint({ '/r/web/etc/netplan/x.yaml': '' }, '--root', '/r')).stdout,
    /judge the guest in it \(web\)/,
  );
});

test('folders only: three levels, no links, no hidden ones, and no more than a repository has', () => {
  const found = (tree: Tree) => findNestedRoots(memorySystem(tree));
  assert.deepEqual(found({ '/a/b/c/etc/network/interfaces': '' }), ['a/b/c']);
  assert.deepEqual(found({ '/a/b/c/d/etc/network/interfaces': '' }), []);
  assert.deepEqual(found({ '/.git/x/etc/netplan/a.yaml': '' }), []);
  assert.deepEqual(found({ '/etc/netplan/a.yaml': '' }), [], 'the tree itself is none of its guests');
  assert.deepEqual(found({ '/a/etc/netplan': 'a file' }), []);
  assert.deepEqual(found({ '/a/self': { link: '.' }, '/b': { link: '/a' }, '/a/etc/netplan/a.yaml': '' }), ['a']);
  assert.deepEqual(found({ '/a/etc': { errno: 'EACCES' }, '/b/etc/netplan/a.yaml': '' }), ['b']);
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`/d${at}/x/y/z`, '']));
  const system = memorySystem(many);
  assert.deepEqual(findNestedRoots(system), []);
  assert.ok(system.calls.filter((call) => call.startsWith('list ')).length <= 500);
});
