import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySystem } from '../../src/system/memory.ts';
import { readPart } from '../../src/topology/part.ts';
import { featureBits, netdev, standbyOffered, triple, unsupported, type Tree } from './sysfs.ts';
import type { Failure } from '../../src/system/system.ts';

function partOf(tree: Tree, name: string) {
  const unreadable: Failure[] = [];
  const part = readPart(memorySystem(tree), name, unreadable);
  return { as: part?.as ?? null, part, unreadable: unreadable.map(({ errno }) => errno) };
}

const virtio = 'pci0000:00/0000:00:01.0/virtio1';
const offered = (physPortName: Parameters<typeof netdev>[2] = {}) =>
  netdev('ens10', virtio, { features: standbyOffered, ...physPortName });

test('the three of a triple', () => {
  const tree = triple();
  const { part } = partOf(tree, 'ens10');
  assert.deepEqual(
    [part?.as, part?.as === 'failover master' && part.lowers],
    ['failover master', ['lower_ens10nsby', 'lower_ens11']],
  );
  assert.deepEqual(partOf(tree, 'ens10nsby').as, 'standby');
  const vf = partOf(tree, 'ens11').part;
  assert.deepEqual([vf?.as, vf?.as === 'pci' && vf.master], ['pci', 'ens10']);
});

test('virtio-net without bit 62 is an ordinary NIC, however many bits it shows', () => {
  for (const bits of [featureBits([0, 5, 32]), featureBits([61, 63]), featureBits([0], 32)])
    assert.equal(
      partOf(netdev('ens10', virtio, { features: bits, physPortName: unsupported }), 'ens10').as,
      'plain virtio',
    );
});

test('a master has no port name, by either of two errors; any other answer is no master', () => {
  assert.equal(partOf(offered({ physPortName: unsupported }), 'ens10').as, 'failover master');
  assert.equal(partOf(offered(), 'ens10').as, 'failover master', 'no such file, on newer kernels');
  assert.equal(partOf(offered({ physPortName: 'p0\n' }), 'ens10').as, 'none');
});

test('what cannot be read is no part, and is told; what went away is not', () => {
  const unread = partOf(offered({ physPortName: { errno: 'EIO' } }), 'ens10');
  assert.deepEqual([unread.as, unread.unreadable], ['none', ['EIO']]);
  const gone = partOf(netdev('ens10', virtio, { features: { errno: 'ENODEV' } }), 'ens10');
  assert.deepEqual([gone.as, gone.unreadable], ['none', []]);
  assert.deepEqual([partOf({}, 'ens11').part, partOf({}, 'ens11').unreadable], [null, []]);
  assert.equal(partOf({ '/sys/class/net/bonding_masters': '' }, 'bonding_masters').part, null);
});

test('netvsc by its driver, and nothing by another bus', () => {
  const vmbus = 'LNXSYSTM:00/8e1f6b3d-0a1c-4a3e-9f8d-6c1d2e3f4a5b';
  assert.equal(partOf(netdev('eth0', vmbus, { driver: 'hv_netvsc' }), 'eth0').as, 'netvsc');
  assert.equal(partOf(netdev('eth0', vmbus, { driver: 'cdc_ether' }), 'eth0').as, 'none');
  assert.equal(partOf(netdev('lo', 'virtual'), 'lo').as, 'none');
});
