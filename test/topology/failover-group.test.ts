import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { memorySystem, type MemoryOptions } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { readTopology, type Topology } from '../../src/topology/failover-group.ts';
import { featureBits, loopback, netdev, standbyOffered, triple, unsupported, type Tree } from './sysfs.ts';

function topologyOf(tree: Tree, options: MemoryOptions = {}): Topology {
  const topology = readTopology(memorySystem(tree, options));
  assert.ok(!isFailure(topology), JSON.stringify(topology));
  return topology;
}

function rolesOf(tree: Tree): Record<string, string> {
  return Object.fromEntries(topologyOf(tree).links.map(({ name, role }) => [name, role]));
}

const mac = '52:54:00:00:12:53';

test('a triple is one group, each role with its evidence', () => {
  const { groups, links, unreadable } = topologyOf({ ...loopback, ...triple() });
  assert.deepEqual(groups, [
    { kind: 'net_failover', mac, master: 'ens10', standby: 'ens10nsby', primary: 'ens11', datapath: 'primary' },
  ]);
  assert.deepEqual(links, [
    {
      name: 'ens10',
      role: 'master',
      evidence: ['device/features bit 62', 'no phys_port_name', 'lower_ens10nsby', 'lower_ens11'],
    },
    {
      name: 'ens10nsby',
      role: 'standby',
      evidence: ['device/features bit 62', 'phys_port_name sby', 'master ens10'],
    },
    { name: 'ens11', role: 'primary', evidence: ['master ens10', 'PCI device 0000:05:00.0'] },
    { name: 'lo', role: 'none', evidence: [] },
  ]);
  assert.deepEqual(unreadable, []);
});

test('a group without primary, without standby, and a master alone', () => {
  const groupOf = (tree: Tree) => topologyOf(tree).groups[0];
  assert.deepEqual(
    [groupOf(triple('m', 's', null)), groupOf(triple('m', null, 'p')), groupOf(triple('m', null, null))].map(
      (group) => [group?.standby, group?.primary, group?.datapath],
    ),
    [
      ['s', null, 'standby'],
      [null, 'p', 'primary'],
      [null, null, 'none'],
    ],
  );
});

test('several triples at once are told apart by their masters', () => {
  const tree = { ...triple('a', 'asby', 'b', mac, 1), ...triple('c', 'csby', 'd', '52:54:00:00:12:54', 2) };
  assert.deepEqual(
    topologyOf(tree).groups.map((group) => [group.master, group.standby, group.primary, group.mac]),
    [
      ['a', 'asby', 'b', mac],
      ['c', 'csby', 'd', '52:54:00:00:12:54'],
    ],
  );
});

test('features of 63, 64 or 128 characters mean the same; too few, or bit 62 clear, mean no failover', () => {
  const roleOf = (features: string) =>
    rolesOf(netdev('x', 'pci0000:00/0000:01:00.0/virtio1', { features, physPortName: unsupported }))['x'];
  assert.equal(roleOf(featureBits([62], 63)), 'master');
  assert.equal(roleOf(featureBits([62], 64)), 'master');
  assert.equal(roleOf(featureBits([62], 128)), 'master');
  assert.equal(roleOf(featureBits([61], 128)), 'none');
  assert.equal(roleOf(featureBits([], 32)), 'none');
  assert.equal(roleOf(''), 'none');
});

test('newer kernels have no phys_port_name at all on the master', () => {
  const tree = netdev('x', 'pci0000:00/0000:01:00.0/virtio1', { features: standbyOffered });
  assert.deepEqual(topologyOf(tree).links[0]?.evidence, ['device/features bit 62', 'no phys_port_name']);
});

test('ports of bonds, bridges, teams, VRFs and OVS are none, and so are their masters', () => {
  const tree: Tree = {};
  for (const master of ['bond0', 'br0', 'team0', 'vrf0', 'ovs-system']) {
    Object.assign(tree, netdev(master, 'virtual', { address: mac }));
    Object.assign(
      tree,
      netdev(`${master}p`, `pci0000:00/0000:09:0${Object.keys(tree).length % 8}.0`, { address: mac, master }),
    );
    Object.assign(
      tree,
      netdev(`${master}v`, 'pci0000:00/0000:0a:00.0/virtio9', {
        address: mac,
        master,
        features: featureBits([5]),
      }),
    );
  }
  const { groups, links } = topologyOf(tree);
  assert.deepEqual(groups, []);
  assert.deepEqual(new Set(links.map(({ role }) => role)), new Set(['none']));
});

test('a master that is itself a port of a bridge, bond or VRF stays a master', () => {
  const tree = triple();
  const directory = Object.keys(tree).find((path) => path.endsWith('/net/ens10/address'));
  tree[(directory ?? '').replace('address', 'master')] = { link: '../../../../../virtual/net/br0' };
  const { groups, links } = topologyOf({ ...tree, ...netdev('br0', 'virtual', { address: mac }) });
  assert.equal(groups[0]?.master, 'ens10');
  assert.equal(groups[0]?.primary, 'ens11');
  assert.equal(links.find(({ name }) => name === 'br0')?.role, 'none');
});

test("a PCI NIC with a master's MAC that nothing has enslaved is pending; a virtio NIC with it is not", () => {
  const tree = {
    ...triple('m', 's', null),
    ...netdev('vf', 'pci0000:00/0000:07:00.0', { address: mac.toUpperCase() }),
    ...netdev('other', 'pci0000:00/0000:08:00.0', { address: '52:54:00:00:00:01' }),
    ...netdev('twin', 'pci0000:00/0000:09:00.0/virtio9', { address: mac, features: featureBits([5]) }),
  };
  assert.deepEqual(rolesOf(tree), { m: 'master', other: 'none', s: 'standby', twin: 'none', vf: 'pending' });
  assert.deepEqual(topologyOf(tree).links.at(-1)?.evidence, ['address of m', 'no master', 'PCI device 0000:07:00.0']);
});

test('a standby that never found its master is a standby, in no group', () => {
  const tree = netdev('x', 'pci0000:00/0000:01:00.0/virtio1', { features: standbyOffered, physPortName: 'sby\n' });
  const { groups, links } = topologyOf(tree);
  assert.deepEqual(groups, []);
  assert.deepEqual(links[0]?.evidence, ['device/features bit 62', 'phys_port_name sby', 'no master']);
});

const vmbus = 'LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/000d3a6e-cc56-000d-3a6e-cc56000d3a6e';

test('a Hyper-V pair is a netvsc group: the synthetic NIC is the master, the VF its primary', () => {
  const tree = {
    ...netdev('eth0', vmbus, { address: mac, driver: 'hv_netvsc', lowers: ['enP1s1'] }),
    ...netdev('enP1s1', `${vmbus}/pci0001:00/0001:00:02.0`, { address: mac, master: 'eth0', driver: 'mlx5_core' }),
  };
  assert.deepEqual(topologyOf(tree).groups, [
    { kind: 'netvsc', mac, master: 'eth0', standby: null, primary: 'enP1s1', datapath: 'primary' },
  ]);
  assert.deepEqual(rolesOf(tree), { enP1s1: 'primary', eth0: 'master' });
});

test('a Hyper-V NIC without a VF is no group; with a VF that is not enslaved yet it is', () => {
  const synthetic = netdev('eth0', vmbus, { address: mac, driver: 'hv_netvsc' });
  assert.deepEqual(topologyOf(synthetic).groups, []);
  assert.deepEqual(rolesOf(synthetic), { eth0: 'none' });
  const vf = netdev('eth1', `${vmbus}/pci0001:00/0001:00:02.0`, { address: mac });
  assert.deepEqual(rolesOf({ ...synthetic, ...vf }), { eth0: 'master', eth1: 'pending' });
  assert.equal(topologyOf({ ...synthetic, ...vf }).groups[0]?.datapath, 'standby');
});

test('the datapath is the primary with carrier, else the standby with carrier, else none', () => {
  const datapathOf = (changes: Tree) => topologyOf({ ...triple(), ...changes }).groups[0]?.datapath;
  const at = (name: string) => Object.keys(triple()).find((path) => path.endsWith(`/net/${name}/carrier`)) ?? '';
  assert.equal(datapathOf({ [at('ens11')]: '0\n' }), 'standby');
  assert.equal(datapathOf({ [at('ens11')]: { errno: 'EINVAL' } }), 'standby');
  assert.equal(datapathOf({ [at('ens11')]: '0\n', [at('ens10nsby')]: '0\n' }), 'none');
  assert.equal(datapathOf({ [at('ens10nsby')]: '0\n' }), 'primary');
});

test('an ordinary link costs one or two calls: virtual one, PCI two, virtio two', () => {
  const links = {
    ...netdev('veth0', 'virtual'),
    ...netdev('eno1', 'pci0000:00/0000:07:00.0'),
    ...netdev('eth0', 'pci0000:00/0000:08:00.0/virtio5', { features: featureBits([5]) }),
  };
  const system = memorySystem(links);
  readTopology(system);
  assert.deepEqual(system.calls, [
    'list /sys/class/net',
    'readlink /sys/class/net/eno1',
    'readlink /sys/class/net/eno1/master',
    'readlink /sys/class/net/eth0',
    'read /sys/class/net/eth0/device/features',
    'readlink /sys/class/net/veth0',
    // NICs of both kinds: their MACs may be one, as they are here
    'read /sys/class/net/eth0/address',
    'read /sys/class/net/eno1/address',
    'readlink /sys/class/net/eth0/master',
  ]);
});

test('a link that vanishes between any two calls is left out or has no role, and nothing is reported', () => {
  const whole = { ...loopback, ...triple() };
  const calls = (() => {
    const system = memorySystem(whole);
    readTopology(system);
    return system.calls;
  })();
  for (const gone of ['ens10', 'ens10nsby', 'ens11']) {
    for (let from = 1; from < calls.length; from += 1) {
      let count = 0;
      const refuse = (_: string, path: string) =>
        count++ >= from && path.startsWith(`/sys/class/net/${gone}`) ? 'ENOENT' : null;
      const topology = topologyOf(whole, { refuse });
      assert.deepEqual(topology.unreadable, []);
      const role = topology.links.find(({ name }) => name === gone)?.role;
      const before = { ens10: 'master', ens10nsby: 'standby', ens11: 'primary' }[gone];
      assert.ok(role === undefined || role === before || role === 'none', `${gone} from call ${from}: ${role}`);
    }
  }
});

test('an entry that cannot be read is reported by name, and the rest is told', () => {
  const whole = {
    ...triple(),
    ...netdev('eth9', 'pci0000:00/0000:0c:00.0/virtio7', { features: { errno: 'EACCES' } }),
  };
  const { groups, links, unreadable } = topologyOf(whole);
  assert.equal(groups.length, 1);
  assert.equal(links.find(({ name }) => name === 'eth9')?.role, 'none');
  assert.deepEqual(unreadable, [{ errno: 'EACCES', path: '/sys/class/net/eth9/device/features' }]);
});

test('a file among the links (bonding_masters) is no link', () => {
  const tree: Tree = { ...triple(), '/sys/class/net/bonding_masters': 'bond0\n' };
  const { links, unreadable } = topologyOf(tree);
  assert.deepEqual(
    links.map(({ name }) => name),
    ['ens10', 'ens10nsby', 'ens11'],
  );
  assert.deepEqual(unreadable, []);
});

test('a copied tree with directories in place of class links tells the same', () => {
  const copied: Tree = {};
  for (const [path, entry] of Object.entries({ ...loopback, ...triple() })) {
    if (path.startsWith('/sys/class/net/')) continue;
    const flat = path.replace(/^.*\/net\//, '/sys/class/net/');
    if (flat.endsWith('/device')) {
      copied[flat] = { link: `../../../${path.replace(/^\/sys\//, '').replace(/\/net\/.*/, '')}` };
    } else copied[flat.startsWith('/sys/class') ? flat : path] = entry;
  }
  assert.deepEqual(topologyOf(copied), topologyOf({ ...loopback, ...triple() }));
});

test('no sysfs is a failure, not an empty answer', () => {
  assert.deepEqual(readTopology(memorySystem({ '/etc/hostname': 'x' })), { errno: 'ENOENT', path: '/sys/class/net' });
});

test('any name that the kernel allows is carried through as it is', () => {
  // dev_valid_name(), net/core/dev.c: 1 to 15 bytes, no '/', ':' or white space, not '.' or '..'
  const character = fc.oneof(
    fc.constantFrom('$', '(', ')', '"', "'", '%', '`', ';', '\\', '\u0001', '\u001b', '\u00e9', '\udcff', '\u{1f600}'),
    fc.stringMatching(/^[!-9;-~]$/).filter((one) => one !== '/'),
  );
  const name = fc.string({ unit: character, minLength: 1, maxLength: 5 }).filter((text) => !/^\.\.?$/.test(text));
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 3, maxLength: 3 }), ([master = '', standby = '', primary = '']) => {
      const [group] = topologyOf(triple(master, standby, primary)).groups;
      assert.deepEqual([group?.master, group?.standby, group?.primary], [master, standby, primary]);
    }),
  );
});

test('a virtio NIC without VIRTIO_NET_F_STANDBY beside a VF of its MAC is a pair that the host forgot', () => {
  const shared = '52:54:00:00:12:53';
  const plain = netdev('ens10', 'pci0000:00/0000:01:00.0/virtio1', {
    address: shared,
    features: featureBits([0, 5, 32]),
  });
  const vf = netdev('ens11', 'pci0000:00/0000:02:00.0', { address: shared.toUpperCase() });
  const found = readTopology(memorySystem({ ...plain, ...vf }));
  assert.ok(!isFailure(found));
  assert.deepEqual(found.unpaired, [{ mac: shared, virtio: 'ens10', vf: 'ens11' }]);
  assert.deepEqual(found.groups, []);
  assert.deepEqual(
    found.links.map(({ role, evidence }) => [role, evidence[0]]),
    [
      ['none', 'address of ens11'],
      ['none', 'address of ens10'],
    ],
  );
  const other = netdev('ens11', 'pci0000:00/0000:02:00.0', { address: '52:54:00:00:00:20' });
  const apart = readTopology(memorySystem({ ...plain, ...other }));
  assert.ok(!isFailure(apart));
  assert.deepEqual(apart.unpaired, []);
});
