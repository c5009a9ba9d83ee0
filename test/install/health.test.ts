import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observe } from '../../src/install/heal.ts';
import { findIllness, judgeHealth } from '../../src/install/health.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { readTopology } from '../../src/topology/failover-group.ts';
import { loopback, triple } from '../topology/sysfs.ts';
import { address, guest, heal } from './healing-guest.ts';

test('a master that is a port of a bridge has its address there, and is not begun anew', () => {
  const files = {
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10/master': { link: '../../../../virtual/net/br0' },
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10/upper_br0': { link: '../../../../virtual/net/br0' },
    '/sys/class/net/br0': { link: '../../devices/virtual/net/br0' },
    '/sys/devices/virtual/net/br0/upper_br0.7': { link: '../br0.7' },
    '/sys/class/net/br0.7': { link: '../../devices/virtual/net/br0.7' },
    '/sys/devices/virtual/net/br0.7/address': '52:54:00:00:12:53\n',
  } as const;
  const wait = (addresses: Readonly<Record<string, string>>) => {
    const system = guest(addresses, {}, files);
    const topology = readTopology(system);
    assert.ok(!isFailure(topology));
    const begun = system.now();
    const problems = judgeHealth(system, topology, { manager: 'networkd', startedAs: new Map() });
    return { problems, seconds: (system.now() - begun) / 1000, steps: heal(system).steps };
  };
  const none = { problems: [], seconds: 0, steps: [] };
  assert.deepEqual(wait({ br0: address('br0', '10.66.0.50/24') }), none);
  assert.deepEqual(wait({ 'br0.7': address('br0.7', '10.66.0.50/24') }), none, 'a VLAN on the bridge');
  assert.deepEqual(wait({}), {
    problems: ['ens10 has no address yet, nor has br0 or br0.7, which stands on it'],
    seconds: 30,
    steps: [],
  });
});

test('a way for frames: the VF as long as it is enslaved, else the standby', () => {
  const own = { ens10: address('ens10', '10.66.0.50/24') };
  const carrierOf = (name: string) =>
    Object.keys(triple()).find((path) => path.endsWith(`/net/${name}/carrier`)) ?? assert.fail(name);
  const judge = (files: Readonly<Record<string, MemoryEntry>>) => {
    const system = guest(own, {}, files);
    const topology = readTopology(system);
    assert.ok(!isFailure(topology));
    return judgeHealth(system, topology, null);
  };
  const [vfPath, standbyPath] = [carrierOf('ens11'), carrierOf('ens10nsby')];
  assert.deepEqual(judge({}), []);
  assert.deepEqual(judge({ [standbyPath]: '0\n' }), [], 'the VF goes first');
  const deaf = ['ens11 has no carrier: ens10 receives nothing as long as this VF is enslaved'];
  assert.deepEqual(judge({ [vfPath]: '0\n' }), deaf);
  assert.deepEqual(judge({ [vfPath]: { errno: 'EINVAL' } }), deaf, 'a VF that is down');
  const alone = memorySystem({ ...loopback, ...triple('ens10', 'ens10nsby', null), [standbyPath]: '0\n' });
  const topology = readTopology(alone);
  assert.ok(!isFailure(topology));
  const seen = observe(guest(own), topology);
  assert.ok(!isFailure(seen));
  assert.deepEqual(findIllness(alone, topology, seen, null), ['ens10nsby has no carrier, and there is no VF that has']);
});
