/**
 * An image's own configuration survives `install --root`, whatever the NIC is called: what could be the master's is kept, the
 * guards alone are written, and the user is told what cannot be known.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { machine, type Tree } from '../trials/machine.ts';

const root = '/image';

async function install(managers: readonly string[], tree: Tree, ...options: readonly string[]) {
  const all: Tree = { ...machine('debian12', managers), '/etc/machine-id': '0\n', ...tree };
  const system = memorySystem(Object.fromEntries(Object.entries(all).map(([path, entry]) => [root + path, entry])));
  const status = await main(['install', '--root', root, ...options], system);
  const written = [...system.files].filter(([path]) => !(path.slice(root.length) in all));
  const texts = written.flatMap(([path, node]) => (node.kind === 'file' ? [`${path}\n${node.text}`] : []));
  return { status, said: system.stdout + system.stderr, texts: texts.filter((text) => !text.includes('manifest')) };
}

const secret = (text: string) => ({ text, mode: 0o600 });
/** DHCP, in the words of each manager. */
const asksForDhcp = /^(?:DHCP=(?:yes|ipv4)|\s*dhcp4: true|iface .* inet dhcp|method=auto)/m;

/** Each stack with an address of its own, or a bridge, under a name. */
const stacks: Readonly<
  Record<string, { readonly managers: readonly string[]; readonly tree: (name: string) => Tree }>
> = {
  networkd: {
    managers: ['networkd'],
    tree: (name) => ({
      '/etc/systemd/network/20-wan.network': `[Match]\nName=${name}\n\n[Network]\nAddress=198.51.100.5/24\n`,
    }),
  },
  'networkd with a bridge': {
    managers: ['networkd'],
    tree: (name) => ({
      '/etc/systemd/network/10-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\n',
      '/etc/systemd/network/20-port.network': `[Match]\nName=${name}\n\n[Network]\nBridge=br0\n`,
      '/etc/systemd/network/30-br0.network': '[Match]\nName=br0\n\n[Network]\nDHCP=yes\n',
    }),
  },
  netplan: {
    managers: ['netplan'],
    tree: (name) => ({
      '/etc/netplan/01.yaml': secret(
        `network:\n  version: 2\n  ethernets:\n    ${name}: {addresses: [198.51.100.5/24]}\n`,
      ),
    }),
  },
  'netplan with a bridge': {
    managers: ['netplan'],
    tree: (name) => ({
      '/etc/netplan/01.yaml': secret(
        `network:\n  version: 2\n  ethernets:\n    ${name}: {}\n  bridges:\n    br0: {interfaces: [${name}], dhcp4: true}\n`,
      ),
    }),
  },
  ifupdown: {
    managers: ['ifupdown'],
    tree: (name) => ({
      '/etc/network/interfaces': `auto lo ${name}\niface lo inet loopback\niface ${name} inet static\n  address 198.51.100.5/24\n`,
    }),
  },
  NetworkManager: {
    managers: ['networkmanager'],
    tree: (name) => ({
      '/etc/NetworkManager/system-connections/wan.nmconnection': secret(
        `[connection]\nid=wan\nuuid=6d7b1f4e-3c50-4c6c-8e0e-0c1d8d3a2b11\ntype=ethernet\ninterface-name=${name}\n\n[ipv4]\nmethod=manual\naddress1=198.51.100.5/24\n`,
      ),
    }),
  },
};

for (const [stack, { managers, tree }] of Object.entries(stacks)) {
  for (const name of ['ens192', 'enp6s18', 'enp0s3', 'eth1', 'enp7s0f0', 'lan0'])
    test(`${stack}, ${name}: kept, no DHCP is written`, async () => {
      const { status, said, texts } = await install(managers, tree(name));
      assert.equal(status, 0, said);
      assert.match(said, new RegExp(`${name} is configured by \\S+:\\d+: that is kept`));
      assert.match(said, /--master-from/);
      for (const text of texts) assert.doesNotMatch(text, asksForDhcp);
      assert.ok(texts.length > 3, 'the guards are written');
    });
}

const wan = (match: string, does = 'Address=198.51.100.5/24'): Tree => ({
  '/etc/systemd/network/20-wan.network': `[Match]\n${match}\n\n[Network]\n${does}\n`,
});

test('whatever else can tell a NIC: MAC, permanent MAC, slot, glob, a condition that an image cannot answer', async () => {
  for (const match of [
    'MACAddress=52:54:00:00:12:53',
    'PermanentMACAddress=52:54:00:00:12:53',
    'Path=pci-0000:06:12.0',
    'Name=enp?s18',
    'Name=eno[12]',
    'Name=ens192 ens224',
    'Driver=virtio_net net_failover',
    'Name=ens192\nHost=web1',
  ]) {
    const { status, said, texts } = await install(['networkd'], wan(match));
    assert.equal(status, 0, said);
    assert.match(said, /20-wan\.network:1: that is kept/, match);
    for (const text of texts) assert.doesNotMatch(text, asksForDhcp, match);
  }
});

test('what is no physical NIC is nothing to keep: DHCP is written, since nothing configures any', async () => {
  for (const name of ['docker0', 'lo', 'wg0', 'br0', 'wlan0', 'ens3.7']) {
    const { status, said, texts } = await install(['networkd'], wan(`Name=${name}`));
    assert.equal(status, 0, said);
    assert.ok(
      texts.some((text) => /^DHCP=/m.test(text)),
      name,
    );
  }
});

test('what systemd ships for containers configures no NIC of a virtual machine', async () => {
  const shipped = {
    '/usr/lib/systemd/network/80-container-host0.network':
      '[Match]\nVirtualization=container\nName=host0\n\n[Network]\nDHCP=yes\nLinkLocalAddressing=yes\n',
    '/etc/systemd/network/50-dhcp.network': '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n',
  };
  const { said, texts } = await install(['networkd'], shipped);
  assert.doesNotMatch(said, /that is kept/);
  assert.ok(
    texts.some((text) => /06-failover-master\.network\n[^]*^DHCP=/m.test(text)),
    'the master has a file of its own',
  );
});

test('a catch-all that asks for DHCP is followed; beside an address of a name of its own it is not', async () => {
  const catchAll = { '/etc/systemd/network/80-all.network': '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n' };
  const alone = await install(['networkd'], catchAll);
  assert.ok(alone.texts.some((text) => asksForDhcp.test(text)));
  const beside = await install(['networkd'], { ...catchAll, ...wan('Name=ens192') });
  assert.match(beside.said, /20-wan\.network:1: that is kept/);
  for (const text of beside.texts) assert.doesNotMatch(text, asksForDhcp);
  assert.doesNotMatch(beside.said, /--master-from/, 'whatever the master is called, it is configured');
});

test('an address under ifupdown is kept though netplan would configure the master', async () => {
  const tree = { ...stacks['ifupdown']?.tree('ens192'), '/etc/netplan/01.yaml': secret('network: {version: 2}\n') };
  const { said, texts } = await install(['netplan', 'ifupdown'], tree);
  assert.match(said, /ens192 is configured by/);
  for (const text of texts) assert.doesNotMatch(text, asksForDhcp);
});

test('--master-from, --guard-only and --dhcp4 decide', async () => {
  const from = await install(
    ['networkd'],
    wan('Name=ens192'),
    '--master-from',
    '/etc/systemd/network/20-wan.network:1',
  );
  assert.equal(from.status, 0, from.said);
  assert.doesNotMatch(from.said, /cannot be told/);
  const wrong = await install(
    ['networkd'],
    wan('Name=ens192'),
    '--master-from',
    '/etc/systemd/network/20-wan.network:9',
  );
  assert.equal(wrong.status, 2);
  assert.match(wrong.said, /those that do: \/etc\/systemd\/network\/20-wan\.network:1/);
  assert.equal((await install(['networkd'], {}, '--master-from', 'here')).status, 2);
  const guards = await install(['networkd'], wan('Name=ens192'), '--guard-only');
  assert.doesNotMatch(guards.said, /cannot be told/);
  for (const text of guards.texts) assert.doesNotMatch(text, asksForDhcp);
  const written = await install(['networkd'], wan('Name=ens192'), '--dhcp4');
  assert.ok(written.texts.some((text) => asksForDhcp.test(text)));
});

test('a second installation says the same and changes nothing', async () => {
  const all: Tree = { ...machine('debian12', ['networkd']), '/etc/machine-id': '0\n', ...wan('Name=ens192') };
  const system = memorySystem(Object.fromEntries(Object.entries(all).map(([path, entry]) => [root + path, entry])));
  assert.equal(await main(['install', '--root', root], system), 0);
  const before = JSON.stringify([...system.files]);
  assert.equal(await main(['install', '--root', root], system), 0);
  assert.equal(JSON.stringify([...system.files]), before);
});
