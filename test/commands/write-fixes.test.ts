import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { manifestPath } from '../../src/inventory/manifest.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';
import { loopback, triple } from '../topology/sysfs.ts';

const guest = {
  ...loopback,
  ...triple(),
  '/etc/hostname': 'guest\n',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': { link: '/x' },
  '/etc/systemd/network/20-all.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n',
};

test('new files of lint --fix are known to install and to uninstall', async () => {
  const system = memorySystem(guest);
  const before = treeOf(system);
  await main(['lint', '--fix'], system);
  const added = [...system.files].filter(([path, node]) => node.kind === 'file' && !(path in before));
  assert.ok(added.length > 1, 'it wrote something');
  assert.ok(system.files.has(manifestPath));
  assert.equal(await main(['install'], system), 0, system.stderr);
  assert.equal(await main(['uninstall'], system), 0, system.stderr);
  assert.deepEqual(
    Object.keys(treeOf(system)).filter((path) => !(path in before)),
    [],
  );
});

test('uninstall takes back what lint --fix alone has made', async () => {
  const system = memorySystem(guest);
  const before = treeOf(system);
  await main(['lint', '--fix'], system);
  assert.equal(await main(['uninstall'], system), 0, system.stderr);
  assert.deepEqual(
    Object.keys(treeOf(system)).filter((path) => !(path in before)),
    [],
  );
});
