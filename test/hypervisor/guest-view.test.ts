import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGuestView } from '../../src/hypervisor/guest-view.ts';
import { memorySystem } from '../../src/system/memory.ts';

const mac = '52:54:00:00:12:53';
const net = '/sys/class/net';

/** A guest with a triple, whose master is a port of br0 beside these. */
function guest(bridgeMac: string, others: readonly string[], inBridge = true) {
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
  });
}

test('a master in a bridge counts when other MACs than its own are on the bridge or behind it', () => {
  const found = [{ mac, master: 'ens10', bridge: 'br0' }];
  assert.deepEqual(readGuestView(guest('02:00:00:00:00:01', [])), { bridged: found });
  assert.deepEqual(readGuestView(guest(mac, ['veth0'])), { bridged: found });
  assert.deepEqual(readGuestView(guest(mac, [])), { bridged: [] });
  assert.deepEqual(readGuestView(guest('02:00:00:00:00:01', ['veth0'], false)), { bridged: [] });
});

test('a guest without /sys/class/net is a failure', () => {
  assert.ok('errno' in readGuestView(memorySystem({})));
});
