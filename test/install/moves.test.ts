/** What a slave is configured by and its master is not: moved, or the installation is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { triple } from '../topology/sysfs.ts';
import { machine } from '../trials/machine.ts';
import { treeOf } from './tree.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const keyfile = '/etc/NetworkManager/system-connections/wan.nmconnection';
const head = '[connection]\nid=wan\ntype=ethernet\n';
const address = '[ipv4]\nmethod=manual\naddress1=192.0.2.5/24\n';

function guestWith(manager: string, files: Tree) {
  const sysfs = triple();
  const path = '/sys/devices/pci0000:00/0000:05:00.0/net/ens11';
  const known = { [`${path}/ifindex`]: '4\n', '/run/udev/data/n4': 'I:1\nE:ID_PATH=pci-0000:05:00.0\n' };
  return memorySystem({ ...machine('debian13', [manager]), ...sysfs, ...known, ...files });
}

async function install(system: ReturnType<typeof memorySystem>, ...more: readonly string[]) {
  const [out, err] = [system.stdout.length, system.stderr.length];
  const status = await main(['install', ...more], system);
  return { status, stdout: system.stdout.slice(out), stderr: system.stderr.slice(err) };
}

const profile = (match: string): Tree => ({ [keyfile]: { text: `${head}${match}${address}`, mode: 0o600 } });

for (const [title, match] of Object.entries({
  "the VF's name": 'interface-name=ens11\n',
  "the standby's name": 'interface-name=ens10nsby\n',
  'names of slaves': '[match]\ninterface-name=ens11;ens10nsby;\n',
  'driver of the VF': '[match]\ndriver=e1000e;\n',
  'path of the VF': '[match]\npath=pci-0000:05:00.0;\n',
}))
  test(`NetworkManager: a profile that a slave has by ${title} is moved to the master, and uninstall undoes it`, async () => {
    const system = guestWith('networkmanager', profile(match));
    const before = treeOf(system);
    const first = await install(system);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /it is bound to the master ens10 by interface-name/);
    const text = String(system.read(keyfile));
    assert.match(text, /^interface-name=ens10$/m);
    assert.match(text, /address1=192\.0\.2\.5\/24/);
    assert.doesNotMatch(text, /^(?:driver|path|mac-address)=|ens11|nsby/m);
    assert.deepEqual(
      [...system.files.keys()].filter((path) => /failover-(?:ens10|master)\.nmconnection$/.test(path)),
      [],
      'no DHCP profile of ours',
    );
    const after = treeOf(system);
    const again = await install(system);
    assert.match(again.stdout, /nothing to change/, again.stderr);
    assert.deepEqual(treeOf(system), after);
    assert.equal(await main(['uninstall'], system), 0);
    assert.deepEqual(treeOf(system), before);
  });

for (const [title, match] of Object.entries({
  'the MAC that all share': '[ethernet]\nmac-address=52:54:00:00:12:53\n',
  'its type alone': '',
}))
  test(`NetworkManager: a profile by ${title} fits the master, and stays as it is`, async () => {
    const system = guestWith('networkmanager', profile(match));
    const { status, stdout, stderr } = await install(system);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /ens10 is configured by .*wan\.nmconnection:1: that is kept/);
    assert.equal(system.read(keyfile), `${head}${match}${address}`);
    assert.deepEqual(
      [...system.files.keys()].filter((path) => /failover-(?:ens10|master)\.nmconnection$/.test(path)),
      [],
    );
  });

test('NetworkManager: two profiles with an address each cannot both be the master’s, and nothing is written', async () => {
  const other = { text: `${head}interface-name=ens10nsby\n${address.replace('.5/', '.6/')}`, mode: 0o600 };
  const system = guestWith('networkmanager', {
    ...profile('interface-name=ens11\n'),
    '/etc/NetworkManager/system-connections/b.nmconnection': other,
  });
  const before = treeOf(system);
  const { status, stderr } = await install(system);
  assert.equal(status, 1);
  assert.match(stderr, /b\.nmconnection:1 gives ens10nsby.*192\.0\.2\.6.*wan\.nmconnection:1 gives ens11/s);
  assert.deepEqual(treeOf(system), before);
});

const network = '/etc/systemd/network/20-wan.network';
for (const [title, match] of Object.entries({
  "the VF's path": 'Path=pci-0000:05:00.0',
  "the VF's name": 'Name=ens11',
  "the standby's name": 'Name=*nsby',
  "the VF's driver": 'Driver=e1000e',
}))
  test(`networkd: an address that a slave has by ${title} stops the installation, which names the line`, async () => {
    const system = guestWith('networkd', { [network]: `[Match]\n${match}\n\n[Network]\nAddress=192.0.2.5/24\n` });
    const before = treeOf(system);
    const { status, stderr } = await install(system);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /20-wan\.network:1 gives ens1.*192\.0\.2\.5\/24.*match ens10 instead/);
    assert.deepEqual(treeOf(system), before);
    assert.equal((await install(system, '--dhcp4')).status, 0, 'an addressing option decides');
  });

test('networkd: DHCP on a slave is asked for on the master by our own file, and an address that the master has is no matter', async () => {
  const dhcp = guestWith('networkd', { [network]: '[Match]\nName=ens11\n\n[Network]\nDHCP=yes\n' });
  assert.equal((await install(dhcp)).status, 0);
  assert.ok(
    dhcp.files.has('/etc/systemd/network/06-failover-master.network') ||
      [...dhcp.files.keys()].some((path) => /06-failover/.test(path)),
  );
  const all = guestWith('networkd', { [network]: '[Match]\nName=ens1*\n\n[Network]\nAddress=192.0.2.5/24\n' });
  const { status, stdout } = await install(all);
  assert.equal(status, 0);
  assert.match(stdout, /ens10 is configured by .*20-wan\.network:1: that is kept/);
});

test('netplan: an address that a slave has by its name is named where the user wrote it', async () => {
  const text = 'network:\n  version: 2\n  ethernets:\n    ens11:\n      addresses: [192.0.2.5/24]\n';
  const system = guestWith('netplan', { '/etc/netplan/50-x.yaml': { text, mode: 0o600 } });
  const before = treeOf(system);
  const { status, stderr } = await install(system);
  assert.equal(status, 1);
  assert.match(stderr, /\/etc\/netplan\/50-x\.yaml:4 gives ens11/);
  assert.deepEqual(treeOf(system), before);
});

test('ifupdown: an address that a slave has by its name stops the installation', async () => {
  const text = 'auto ens11\niface ens11 inet static\n    address 192.0.2.5/24\n';
  const system = guestWith('ifupdown', { '/etc/network/interfaces': text });
  const { status, stderr } = await install(system);
  assert.equal(status, 1);
  assert.match(stderr, /interfaces:2 gives ens11/);
});
