import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeHealth } from '../../src/install/health.ts';
import { isFailure } from '../../src/system/system.ts';
import { readTopology } from '../../src/topology/failover-group.ts';
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
