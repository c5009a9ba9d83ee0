import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySystem } from '../../src/system/memory.ts';
import { readAttribute, readClassLink, readLinkName } from '../../src/topology/link.ts';
import { netdev, type Tree } from './sysfs.ts';

const parentOf = (tree: Tree, name: string) => {
  const link = readClassLink(memorySystem(tree), name);
  return 'parent' in link ? link.parent : link.errno;
};

test('what a netdev sits on is told from where its link leads', () => {
  assert.equal(parentOf(netdev('br0', 'virtual'), 'br0'), 'virtual');
  assert.equal(parentOf(netdev('ens10', 'pci0000:00/0000:00:0a.0/virtio3'), 'ens10'), 'virtio');
  assert.equal(parentOf(netdev('ens11', 'pci0000:00/0000:00:0b.0'), 'ens11'), 'pci');
  // a PCI domain of more than four digits is a virtual host bridge's (vmd)
  assert.equal(parentOf(netdev('ens11', 'pci10000:00/10000:01:00.7'), 'ens11'), 'pci');
  assert.equal(
    parentOf(netdev('eth0', 'LNXSYSTM:00/LNXSYBUS:00/8e1f6b3d-0a1c-4a3e-9f8d-6c1d2e3f4a5b'), 'eth0'),
    'other',
  );
});

test('in a copied tree, where the link is a folder, its device tells the same', () => {
  const folder = { '/sys/class/net/ens10/address': '' };
  assert.equal(parentOf({ ...folder, '/sys/class/net/ens10/device': { link: '../../../virtio3' } }, 'ens10'), 'virtio');
  assert.equal(parentOf(folder, 'ens10'), 'virtual');
});

test('what is no link, or gone, says so', () => {
  assert.equal(parentOf({ '/sys/class/net/bonding_masters': 'bond0\n' }, 'bonding_masters'), 'ENOTDIR');
  assert.equal(parentOf({}, 'ens11'), 'ENOENT');
});

test('an attribute loses its newline, and no more; a link below gives the last name', () => {
  const system = memorySystem(netdev('ens11', 'pci0/0000:00:0b.0', { physPortName: ' p0 \n', driver: 'iavf' }));
  assert.equal(readAttribute(system, 'ens11', 'phys_port_name'), ' p0 ');
  assert.equal(readLinkName(system, 'ens11', 'device/driver'), 'iavf');
  assert.deepEqual(Reflect.get(Object(readLinkName(system, 'ens11', 'master')), 'errno'), 'ENOENT');
});
