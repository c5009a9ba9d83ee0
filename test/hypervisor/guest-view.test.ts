import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGuestView } from '../../src/hypervisor/guest-view.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const mac = '52:54:00:00:12:53';
const net = '/sys/class/net';

/** A guest with a triple, whose master is a port of br0 beside these. */
function guest(bridgeMac: string, others: readonly string[], inBridge = true, more: Record<string, MemoryEntry> = {}) {
  const virtio = '/sys/devices/pci0000:00/0000:00:03.0/virtio0';
  return memorySystem({
    [`${net}/ens10`]: { link: `../../devices/pci0000:00/0000:00:03.0/virtio0/net/ens10` },
    [`${virtio}/features`]: `${'0'.repeat(62)}10\n`,
    [`${virtio}/net/ens10/device`]: { link: '../../../virtio0' },
    [`${virtio}/net/ens10/address`]: `${mac}\n`,
    ...(inBridge ? { [`${virtio}/net/ens10/master`]: { link: '../../../../../virtual/net/br0' } } : {}),
    [`${net}/br0`]: { link: '../../devices/virtual/net/br0' },
    '/sys/devices/virtual/net/br0/address': `${bridgeMac}\n`,
    ...Object.fromEntries(
      ['ens10', ...others].map((name) => [`/sys/devices/virtual/net/br0/brif/${name}/state`, '3\n']),
    ),
    ...more,
  });
}

const view = (system: ReturnType<typeof guest>) => {
  const found = readGuestView(system);
  assert.ok(!('errno' in found));
  return found.otherMacs.map(({ link, isBridge }) => `${isBridge ? 'bridge ' : ''}${link}`);
};

test('a master in a bridge counts when other MACs than its own are on the bridge or behind it', () => {
  assert.deepEqual(view(guest('02:00:00:00:00:01', [])), ['bridge br0']);
  assert.deepEqual(view(guest(mac, ['veth0'])), ['bridge br0']);
  assert.deepEqual(view(guest(mac, [])), []);
  assert.deepEqual(view(guest('02:00:00:00:00:01', ['veth0'], false)), []);
});

/** A link on others, by `upper_*` of theirs. */
function upper(name: string, below: string, address: string): Record<string, MemoryEntry> {
  const directory = (link: string) =>
    link === 'ens10' ? '/sys/devices/pci0000:00/0000:00:03.0/virtio0/net/ens10' : `/sys/devices/virtual/net/${link}`;
  return {
    [`${net}/${name}`]: { link: `../../devices/virtual/net/${name}` },
    [`${directory(name)}/address`]: `${address}\n`,
    [`${directory(below)}/upper_${name}`]: { link: `x/${name}` },
  };
}

test("the bridge may stand on a VLAN, a macvlan has a MAC of its own, and a VLAN has the master's", () => {
  const add = (...trees: readonly Record<string, MemoryEntry>[]) =>
    guest(mac, ['veth0'], false, Object.assign({}, ...trees));
  assert.deepEqual(view(add(upper('vlan10', 'ens10', mac))), []);
  assert.deepEqual(view(add(upper('vlan10', 'ens10', mac), upper('br0', 'vlan10', mac))), ['bridge br0']);
  assert.deepEqual(view(add(upper('mv0', 'ens10', '02:00:00:00:00:09'))), ['mv0']);
});

test("each master's MTU is known", () => {
  const system = guest(mac, [], false);
  assert.deepEqual((readGuestView(system) as { mtus: unknown }).mtus, []);
  const mtu = '/sys/devices/pci0000:00/0000:00:03.0/virtio0/net/ens10/mtu';
  const given = guest(mac, [], false, { [mtu]: '9000\n' });
  assert.deepEqual((readGuestView(given) as { mtus: unknown }).mtus, [{ mac, master: 'ens10', mtu: 9000 }]);
});

test('a guest without /sys/class/net is a failure', () => {
  assert.ok('errno' in readGuestView(memorySystem({})));
});
