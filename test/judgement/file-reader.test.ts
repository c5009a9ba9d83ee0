import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileReader } from '../../src/judgement/file-reader.ts';
import { networkd } from '../../src/managers/networkd/networkd.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const reader = (tree: Readonly<Record<string, MemoryEntry>>) => createFileReader(memorySystem(tree));

test('a glob with several parts, and hidden files only where the pattern has the period', () => {
  const files = { '/etc/a/1.conf': '', '/etc/b/2.conf': '', '/etc/b/.3.conf': '', '/etc/b/c.txt': '' };
  const found = (glob: string) =>
    reader(files)
      .include(glob)
      .map(({ path }) => path);
  assert.deepEqual(found('/etc/*/*.conf'), ['/etc/a/1.conf', '/etc/b/2.conf']);
  assert.deepEqual(found('/etc/b/.*.conf'), ['/etc/b/.3.conf']);
  assert.deepEqual(found('/etc/b/c.txt'), ['/etc/b/c.txt']);
  assert.deepEqual(found('/etc/none'), []);
});

test('a mask is a file without text, a directory is none, and a link that leads nowhere is a failure', () => {
  const system = reader({ '/etc/mask': { link: '/dev/null' }, '/etc/dir/x': '', '/etc/gone': { link: '/nowhere' } });
  assert.equal(system.readAt('/etc/mask')?.linkTarget, '/dev/null');
  assert.equal(system.readAt('/etc/dir'), null);
  assert.equal(system.readAt('/etc/gone'), null);
  assert.deepEqual(
    system.failures.map(({ path }) => path),
    ['/etc/gone'],
  );
});

test('each file is read once, and drop-ins with it', () => {
  const system = reader({ '/etc/systemd/network/a.network': '', '/etc/systemd/network/a.network.d/b.conf': '' });
  const paths = system.readLocations(networkd).map(({ path }) => path);
  assert.deepEqual(paths.toSorted(), ['/etc/systemd/network/a.network', '/etc/systemd/network/a.network.d/b.conf']);
  const count = system.count();
  system.readLocations(networkd);
  assert.equal(system.count(), count);
});
