/** Beside thousands of other links no command asks the tree more of each than three times what detect does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { loopback, netdev, triple } from '../topology/sysfs.ts';
import { machine } from '../trials/machine.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

/** Veths as a container host has them: virtual, without a driver; udev knows each. */
function treeWith(others: number): Tree {
  const tree: Record<string, MemoryEntry> = {
    ...machine('debian13', ['networkd', 'ifupdown', 'networkmanager']),
    '/etc/machine-id': '0\n',
    '/etc/systemd/network/20-all.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n',
    ...loopback,
    ...triple(),
  };
  for (let index = 0; index < others; index += 1) {
    const name = `veth${index}`;
    Object.assign(tree, netdev(name, 'virtual'));
    tree[`/sys/devices/virtual/net/${name}/ifindex`] = `${index + 100}\n`;
    tree[`/run/udev/data/n${index + 100}`] = `I:1\nE:ID_NET_DRIVER=veth\nV:1\n`;
    tree[`/run/systemd/netif/links/${index + 100}`] = 'ADMIN_STATE=unmanaged\n';
  }
  return tree;
}

/** Calls of the port for one link more. */
async function callsPerLink(args: readonly string[]): Promise<number> {
  const [few, many] = [200, 1000];
  const counts: number[] = [];
  for (const others of [few, many]) {
    const system = memorySystem(treeWith(others));
    const status = await main(args, system);
    assert.ok(status < 2, `${args.join(' ')}: ${status}: ${system.stderr}`);
    counts.push(system.calls.length);
  }
  return ((counts[1] ?? 0) - (counts[0] ?? 0)) / (many - few);
}

const commands: readonly (readonly string[])[] = [
  ['doctor'],
  ['snapshot'],
  ['status'],
  ['explain', 'ens10'],
  ['lint'],
  ['install', '--dry-run', '--diff'],
];

test('calls for each other link, against three times what detect makes', async (context) => {
  const detect = await callsPerLink(['detect']);
  assert.ok(detect >= 1, `${detect} calls a link`);
  const tooMany: string[] = [];
  for (const args of commands) {
    const calls = await callsPerLink(args);
    context.diagnostic(`${args.join(' ')}: ${calls.toFixed(2)}; detect: ${detect.toFixed(2)}`);
    if (calls > 3 * detect) tooMany.push(`${args.join(' ')}: ${calls}, detect ${detect}`);
  }
  assert.deepEqual(tooMany, []);
});

test('one of many is looked at when it is asked for, and a bridge that the master is a port of always', async () => {
  const system = memorySystem({
    ...treeWith(200),
    '/sys/class/net/ens10/master': { link: '../../../virtual/net/veth9' },
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10/master': { link: '../../../../virtual/net/veth9' },
  });
  for (const name of ['veth7', 'veth9']) {
    assert.equal(await main(['explain', name], system), 0, system.stderr);
    assert.match(system.stdout, new RegExp(`^${name} \\(`, 'm'));
  }
});
