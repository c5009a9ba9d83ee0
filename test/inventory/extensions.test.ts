import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExtensions } from '../../src/inventory/extensions.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const host = { '/etc/os-release': 'ID=debian\nVERSION_ID="13"\n' };
const find = (tree: Tree) => findExtensions(memorySystem(tree));
const confext = (name: string, release: string, at = '/var/lib/confexts'): Tree => ({
  [`${at}/${name}/etc/extension-release.d/extension-release.${name}`]: release,
});
const paths = (tree: Tree) => find(tree).layers.map(({ path }) => path);

test('the last name lies uppermost, and an earlier directory hides a later one', () => {
  const any = 'ID=_any\n';
  assert.deepEqual(paths({ ...confext('a', any), ...confext('b', any) }), [
    '/var/lib/confexts/b',
    '/var/lib/confexts/a',
  ]);
  assert.deepEqual(paths({ ...confext('a', any), ...confext('a', any, '/run/confexts') }), ['/run/confexts/a']);
});

test('only what is made for this system', () => {
  const merged = (release: string) => paths({ ...host, ...confext('a', release) }).length === 1;
  assert.equal(merged('ID=debian\nVERSION_ID=13\n'), true);
  assert.equal(merged('ID=debian\n'), true);
  assert.equal(merged('ID=debian\nVERSION_ID=12\n'), false);
  assert.equal(merged('ID=fedora\nVERSION_ID=13\n'), false);
  assert.equal(merged('ID=_any\n'), true);
  assert.deepEqual(paths({ ...host, '/var/lib/confexts/a/etc/hosts': '' }), [], 'without a release file');
});

test('a level counts before the version', () => {
  const levelled = { '/etc/os-release': 'ID=debian\nVERSION_ID=13\nCONFEXT_LEVEL=2\n' };
  const merged = (release: string) => paths({ ...levelled, ...confext('a', release) }).length === 1;
  assert.equal(merged('ID=debian\nCONFEXT_LEVEL=2\nVERSION_ID=12\n'), true);
  assert.equal(merged('ID=debian\nCONFEXT_LEVEL=1\nVERSION_ID=13\n'), false);
});

test('system extensions are of /usr, and images are named, not read', () => {
  const system = { '/etc/extensions/x/usr/lib/extension-release.d/extension-release.x': 'ID=_any\n' };
  const { layers, images } = find({ ...system, '/run/extensions/y.raw': '' });
  assert.deepEqual(layers, [{ hierarchy: '/usr', path: '/etc/extensions/x' }]);
  assert.deepEqual(images, ['/run/extensions/y.raw']);
});
