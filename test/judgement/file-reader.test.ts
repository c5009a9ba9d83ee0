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

const release = (name: string, kind: 'etc' | 'usr/lib' = 'etc') =>
  `${kind}/extension-release.d/extension-release.${name}`;
const confexts = '/var/lib/confexts';

test('configuration extensions lie over /etc, the last name uppermost, and a file keeps its place', () => {
  const tree = {
    '/etc/systemd/network/20-lan.network': 'of /etc',
    '/etc/systemd/network/30-own.network': 'own',
    [`${confexts}/a/${release('a')}`]: 'ID=_any\n',
    [`${confexts}/a/etc/systemd/network/20-lan.network`]: 'of a',
    [`${confexts}/a/etc/systemd/network/10-a.network`]: 'only a',
    [`${confexts}/b/${release('b')}`]: 'ID=_any\n',
    [`${confexts}/b/etc/systemd/network/20-lan.network`]: 'of b',
    [`${confexts}/b/etc/systemd/network/30-own.network.d/x.conf`]: 'drop-in of b',
    // for another system: not merged
    [`${confexts}/c/${release('c')}`]: 'ID=fedora\n',
    [`${confexts}/c/etc/systemd/network/40-c.network`]: 'only c',
    '/etc/os-release': 'ID=debian\n',
  };
  const found = reader(tree).readLocations(networkd);
  assert.deepEqual(
    found.map(({ path, source }) => [path.slice('/etc/systemd/network/'.length), source.text]),
    [
      ['10-a.network', 'only a'],
      ['20-lan.network', 'of b'],
      ['30-own.network', 'own'],
      ['30-own.network.d/x.conf', 'drop-in of b'],
    ],
  );
  const [first] = found;
  assert.equal(first?.source.path, `${confexts}/a/etc/systemd/network/10-a.network`, 'a finding names the real file');
});

test('a mask in an extension hides the file, system extensions lie over /usr alone, and images are named', () => {
  const tree: Readonly<Record<string, MemoryEntry>> = {
    '/etc/systemd/network/20-lan.network': 'own',
    [`${confexts}/a/${release('a')}`]: 'ID=_any\n',
    [`${confexts}/a/etc/systemd/network/20-lan.network`]: { link: '/dev/null' },
    [`/var/lib/extensions/s/${release('s', 'usr/lib')}`]: 'ID=_any\n',
    '/var/lib/extensions/s/usr/lib/systemd/network/80-s.network': 'only s',
    '/var/lib/extensions/s/etc/systemd/network/90-s.network': 'not of /usr',
    '/var/lib/extensions/t.raw': 'an image',
  };
  const files = reader(tree);
  assert.deepEqual(
    files.readLocations(networkd).map(({ path, source, linkTarget }) => [path, source.text, linkTarget]),
    [
      ['/etc/systemd/network/20-lan.network', '', '/dev/null'],
      ['/usr/lib/systemd/network/80-s.network', 'only s', undefined],
    ],
  );
  assert.deepEqual(files.images, ['/var/lib/extensions/t.raw']);
});

test('what answers EACCES is a failure, be it a folder, a file, or a file of an extension', () => {
  const failing = (tree: Readonly<Record<string, MemoryEntry>>) => {
    const files = reader(tree);
    files.readLocations(networkd);
    return files.failures.map(({ errno, path }) => `${errno} ${path}`);
  };
  assert.deepEqual(failing({ '/etc/systemd/network': { errno: 'EACCES' } }), ['EACCES /etc/systemd/network']);
  assert.deepEqual(failing({ '/etc/systemd/network/a.network': { errno: 'EACCES' } }), [
    'EACCES /etc/systemd/network/a.network',
  ]);
  const below = `${confexts}/a/etc/systemd/network/a.network`;
  assert.deepEqual(failing({ [`${confexts}/a/${release('a')}`]: 'ID=_any\n', [below]: { errno: 'EACCES' } }), [
    `EACCES ${below}`,
  ]);
  assert.deepEqual(failing({ [`${confexts}/a`]: { errno: 'EACCES' } }), [], 'no release file: it is not merged');
});
