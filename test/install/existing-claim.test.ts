import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExistingClaims } from '../../src/install/existing-claim.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { loadManagers } from '../../src/managers/all.ts';
import type { ManagerName } from '../../src/managers/claim.ts';
import type { MasterTarget } from '../../src/managers/master-config.ts';
import { loopback, triple } from '../topology/sysfs.ts';

const master: MasterTarget = { kind: 'net_failover', name: 'ens10', mac: '52:54:00:00:12:53' };
const none = () => false;

async function claim(
  manager: ManagerName,
  tree: Readonly<Record<string, MemoryEntry>>,
  masters: readonly MasterTarget[] = [master],
) {
  return findExistingClaims(memorySystem(tree), await loadManagers(), manager, masters, none)[0] ?? null;
}

const network = (text: string) => ({ '/etc/systemd/network/20-x.network': text });
const netplan = (definition: string, more = '') => ({
  '/etc/netplan/50-x.yaml': `network:\n  ethernets:\n    nic: {${definition}}\n${more}`,
});
const interfaces = (text: string) => ({ '/etc/network/interfaces': text });
const dhcp4 = { dhcp4: true, dhcp6: false };

test('networkd: who takes the master by name, MAC, driver or glob, and what it does beside asking', async () => {
  const asks = { dhcp4: true, dhcp6: true, ra: true };
  const found = await claim('networkd', network('[Match]\nName=en*\n[Network]\nDHCP=yes\n'));
  assert.deepEqual(found, { master: 'ens10', place: '/etc/systemd/network/20-x.network:1', asksFor: asks });
  for (const match of ['PermanentMACAddress=52:54:00:00:12:53', 'Driver=net_failover', 'Type=ether', 'Name=!lo']) {
    assert.deepEqual(
      (await claim('networkd', network(`[Match]\n${match}\n[Network]\nDHCP=yes\n`)))?.asksFor,
      asks,
      match,
    );
  }
  for (const match of ['Name=ens11', 'Driver=virtio_net', 'Name=*\nDriver=!net_failover', 'Kind=bridge']) {
    assert.equal(await claim('networkd', network(`[Match]\n${match}\n[Network]\nDHCP=yes\n`)), null, match);
  }
  for (const does of ['Address=192.0.2.5/24', 'Bridge=br0', 'VLAN=v7']) {
    assert.equal((await claim('networkd', network(`[Match]\nName=ens10\n[Network]\n${does}\n`)))?.asksFor, null, does);
  }
});

test('netplan: as its networkd files would match', async () => {
  assert.deepEqual(await claim('netplan', netplan('match: {name: "en*"}, dhcp4: true')), {
    master: 'ens10',
    place: '/etc/netplan/50-x.yaml:3',
    asksFor: { ...dhcp4, ra: true },
  });
  assert.deepEqual(
    (await claim('netplan', netplan('match: {driver: [e1000e, "net_*"]}, dhcp4: yes, accept-ra: no')))?.asksFor,
    {
      ...dhcp4,
      ra: false,
    },
  );
  const mac = netplan('match: {macaddress: "52:54:00:00:12:53"}, set-name: ens10, dhcp4: true');
  assert.equal((await claim('netplan', mac))?.asksFor, null, 'it renames too');
  for (const match of [
    'match: {}',
    'match: {name: "en*", driver: virtio_net}',
    'match: {macaddress: "52:54:00:00:12:54"}',
    '',
  ]) {
    assert.equal(await claim('netplan', netplan(match)), null, match);
  }
  assert.equal(
    (await claim('netplan', { '/etc/netplan/50-x.yaml': 'network: {ethernets: {ens10: {dhcp4: true}}}\n' }))?.master,
    'ens10',
  );
  const bridged = netplan('match: {name: "en*"}', '  bridges: {br0: {interfaces: [nic], dhcp4: true}}\n');
  assert.equal((await claim('netplan', bridged))?.asksFor, null);
  const tagged = netplan('match: {name: "en*"}, dhcp4: true', '  vlans: {v7: {id: 7, link: nic}}\n');
  assert.equal((await claim('netplan', tagged))?.asksFor, null);
});

test('a master that a slave keeps from its name is configured by it all the same: it is given the name', async () => {
  const mac = netplan('match: {macaddress: "52:54:00:00:12:53"}, set-name: ens10, dhcp4: true');
  const late = await claim('netplan', mac, [{ ...master, name: 'eth0' }]);
  assert.equal(late?.master, 'eth0', 'by the name that it has now');
  assert.equal(late.place, '/etc/netplan/50-x.yaml:3');
  const link = network('[Match]\nName=wan0\n[Network]\nDHCP=yes\n');
  const named = { '/etc/systemd/network/10-wan.link': '[Match]\nDriver=net_failover\n[Link]\nName=wan0\n' };
  assert.equal((await claim('networkd', { ...link, ...named }))?.place, '/etc/systemd/network/20-x.network:1');
  assert.equal(await claim('networkd', link), null, 'nobody gives it that name');
});

test("ifupdown: the logical interface that a link is brought up as is kept, so that 'ifup' can be told", async () => {
  const mapped = await claim(
    'ifupdown',
    interfaces('auto /ens1?=wan\niface wan inet static\n  address 192.0.2.5/24\n'),
  );
  assert.equal(mapped?.startedAs, 'wan');
  const plain = await claim('ifupdown', interfaces('auto ens10\niface ens10 inet dhcp\n'));
  assert.ok(plain !== null && plain.startedAs === undefined);
});

test('ifupdown: a stanza that would be brought up, wherever it is sourced from', async () => {
  assert.equal(
    (await claim('ifupdown', interfaces('auto ens10\niface ens10 inet dhcp\n')))?.place,
    '/etc/network/interfaces:2',
  );
  assert.equal(await claim('ifupdown', interfaces('auto ens3\niface ens3 inet dhcp\n')), null);
  const sourced = {
    ...interfaces('source /etc/network/elsewhere/*\n'),
    '/etc/network/elsewhere/nic': 'allow-hotplug ens10\niface ens10 inet static\n  address 192.0.2.5/24\n',
  };
  assert.equal((await claim('ifupdown', sourced))?.place, '/etc/network/elsewhere/nic:2');
});

test('NetworkManager: a profile that is bound to the name', async () => {
  const profile = (name: string, mode = 0o600) => ({
    '/etc/NetworkManager/system-connections/a.nmconnection': {
      text: `[connection]\nid=a\ntype=ethernet\ninterface-name=${name}\n`,
      mode,
    },
  });
  assert.equal((await claim('networkmanager', profile('ens10')))?.master, 'ens10');
  assert.equal(await claim('networkmanager', profile('ens11')), null);
  assert.equal(await claim('networkmanager', profile('ens10', 0o644)), null, 'NetworkManager refuses it');
  assert.equal(await claim('networkmanager', {}), null, 'a connection of its own making is nothing to keep');
});

test('files of our own are not evidence, and each of several masters has its own answer', async () => {
  const path = '/etc/systemd/network/06-failover-master.network';
  const system = memorySystem({ [path]: '[Match]\nName=ens10\n[Network]\nDHCP=yes\n' });
  assert.deepEqual(
    findExistingClaims(system, await loadManagers(), 'networkd', [master], (other) => other === path),
    [],
  );
  const other: MasterTarget = { ...master, name: 'ens20', mac: '52:54:00:00:12:99' };
  assert.deepEqual(
    findExistingClaims(system, await loadManagers(), 'networkd', [master, other], none).map((found) => found.master),
    ['ens10'],
  );
});

test("networkd: a guard by a udev property that a running guest's master does not have is not in the way", async () => {
  const files = {
    '/etc/systemd/network/05-slaves.network': '[Match]\nProperty=LAB_SLAVE=1\n[Link]\nUnmanaged=yes\n',
    '/etc/systemd/network/06-master.network': '[Match]\nDriver=net_failover\n[Network]\nDHCP=ipv4\n',
  };
  const sysfs = { ...loopback, ...triple() };
  const index = Object.keys(sysfs)
    .find((path) => path.endsWith('/net/ens10/address'))
    ?.replace(/address$/, 'ifindex');
  const known = (properties: string) => ({
    ...sysfs,
    [index ?? '']: '2\n',
    '/run/udev/data/n2': `I:1\nE:ID_NET_DRIVER=net_failover\n${properties}`,
  });
  assert.equal(
    (await claim('networkd', { ...files, ...known('') }))?.place,
    '/etc/systemd/network/06-master.network:1',
  );
  assert.match((await claim('networkd', { ...files, ...known('E:LAB_SLAVE=1\n') }))?.place ?? '', /05-slaves/);
  const unseen = await claim('networkd', files);
  assert.equal(unseen?.place, '/etc/systemd/network/06-master.network:1', 'no rule sets the property');
});
