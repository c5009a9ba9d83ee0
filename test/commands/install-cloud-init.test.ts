import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { missingDirectories } from '../../src/install/plan.ts';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

/** A cloud image: every manager's tools, no network configuration; cloud-init will write it. */
const image: Tree = {
  '/etc/hostname': 'guest\n',
  '/etc/machine-id': '',
  '/usr/sbin/netplan': '',
  '/usr/sbin/ifup': '',
  '/usr/lib/systemd/system/networking.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/networking.service': { link: '/x' },
  '/usr/sbin/NetworkManager': '',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/bin/cloud-init': '',
  '/etc/cloud/cloud.cfg': 'datasource_list: [NoCloud, None]\n',
};
const renderer = (name: string): Tree => ({
  '/etc/cloud/cloud.cfg.d/91-network.cfg': `system_info: {network: {renderers: [${name}]}}\n`,
});
const guards = {
  networkd: '/etc/systemd/network/05-failover-slaves.network',
  ifupdown: '/etc/network/if-pre-up.d/net-failover',
  networkmanager: '/etc/NetworkManager/conf.d/99-failover-slaves.conf',
};

async function install(system: MemorySystem, ...more: readonly string[]) {
  const before = system.stdout.length;
  const status = await main(['install', '--root', '/', ...more], system);
  return { status, stdout: system.stdout.slice(before), stderr: system.stderr };
}

const written = (system: MemorySystem) => Object.keys(treeOf(system)).filter((path) => /failover/.test(path));

test('an image that cloud-init will configure: guards of the manager it writes for, and the master is left to it', async () => {
  for (const [name, manager, guard] of [
    ['netplan', 'netplan', guards.networkd],
    ['eni', 'ifupdown', guards.ifupdown],
    ['networkd', 'networkd', guards.networkd],
    ['network-manager', 'networkmanager', guards.networkmanager],
  ] as const) {
    const system = memorySystem({ ...image, ...renderer(name) });
    const { status, stdout, stderr } = await install(system);
    assert.deepEqual([status, stderr], [0, ''], name);
    assert.match(
      stdout,
      new RegExp(`^${manager} +in use, configures the master as cloud-init says +cloud-init will write for it`, 'm'),
    );
    assert.match(stdout, /^note: the master's configuration is left to cloud-init; /m);
    assert.ok(written(system).includes(guard), `${name}: ${written(system).join(' ')}`);
    assert.deepEqual(
      written(system).filter((path) => /95-failover|06-failover|failover-master/.test(path)),
      [],
      `${name}: nothing for the master`,
    );
  }
});

test('by default cloud-init takes netplan first, then ifupdown; tools that are not there are passed over', async () => {
  const chosen = async (tree: Tree) => {
    const { stdout } = await install(memorySystem(tree));
    return /^(\S+) +in use, configures the master/m.exec(stdout)?.[1];
  };
  assert.equal(await chosen(image), 'netplan');
  const { '/usr/sbin/netplan': _, ...withoutNetplan } = image;
  assert.equal(await chosen(withoutNetplan), 'ifupdown');
});

test('an addressing option writes the master all the same', async () => {
  const system = memorySystem({ ...image, ...renderer('netplan') });
  assert.equal((await install(system, '--dhcp4')).status, 0);
  assert.ok(written(system).includes('/etc/netplan/95-failover.yaml'));
});

test('a cloud-init that leaves the network alone counts for nothing', async () => {
  for (const off of [
    { '/etc/cloud/cloud-init.disabled': '' },
    { '/etc/cloud/cloud.cfg.d/99-off.cfg': 'network: {config: disabled}\n' },
    { '/etc/systemd/system/cloud-init-local.service': { link: '/dev/null' } },
    { '/usr/lib/systemd/system/cloud-init-main.service': '[Service]\n' },
  ]) {
    const { status, stderr } = await install(memorySystem({ ...image, ...off }));
    assert.equal(status, 3);
    assert.match(stderr, /no network manager is in use/);
  }
});

test("the booted guest, with what cloud-init wrote, is planned as the image was: 'doctor' finds nothing to change", async () => {
  for (const [name, path, text] of [
    ['netplan', '/etc/netplan/50-cloud-init.yaml', 'network:\n  version: 2\n  ethernets: {enp1s0: {dhcp4: true}}\n'],
    ['eni', '/etc/network/interfaces.d/50-cloud-init', 'auto enp1s0\niface enp1s0 inet dhcp\n'],
  ] as const) {
    const system = memorySystem({ ...image, ...renderer(name) });
    await install(system);
    for (const directory of missingDirectories(system, ['/run/cloud-init/status.json', path]) as readonly string[])
      assert.equal(system.makeDirectory(directory, 0o755), null);
    assert.equal(system.create('/run/cloud-init/status.json', '{}\n', 0o644), null);
    assert.equal(system.create(path, text, 0o600), null);
    const again = await install(system);
    assert.match(again.stdout, /nothing to change: it is installed already\n$/, name);
  }
});

const recorded = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as { entries: Tree };
const links = Object.fromEntries(
  Object.entries(recorded.entries).filter(([path]) => /^\/(?:sys|run\/udev|proc)\//.test(path)),
);

test('a running guest whose cloud-init has not begun is left to it, like an image; one where it has, or will not run, gets DHCP', async () => {
  const masterFile = /06-failover-master/;
  const of = async (more: Tree, ...options: readonly string[]) => {
    const system = memorySystem({ ...image, ...renderer('networkd'), ...links, ...more });
    const status = await main(['install', ...options], system);
    return { status, files: written(system).join(' '), said: system.stdout };
  };
  for (const notBegun of [{}, { '/run/cloud-init/cloud-init-generator.log': 'ds-identify rc=0\n' }] as const) {
    const { status, files, said } = await of(notBegun);
    assert.equal(status, 0, said);
    assert.match(files, /05-failover-slaves\.network/);
    assert.doesNotMatch(files, masterFile);
    assert.match(said, /^note: the master's configuration is left to cloud-init, which has not run in this boot; /m);
  }
  assert.match((await of({}, '--dhcp4')).files, masterFile);
  for (const over of [
    { '/run/cloud-init/status.json': '{}\n' },
    { '/run/cloud-init/disabled': '' },
    { '/etc/cloud/cloud-init.disabled': '' },
  ] as const)
    // who else would configure it there is not the question
    assert.match((await of(over, '--manager', 'networkd')).files, masterFile);
});

test('what configures the master of such a guest already is kept, also what cloud-init wrote at another boot', async () => {
  const text = '[Match]\nName=enp1s0\n\n[Network]\nAddress=198.51.100.5/24\n';
  for (const path of ['/etc/systemd/network/10-lan.network', '/etc/systemd/network/10-cloud-init-enp1s0.network']) {
    const system = memorySystem({ ...image, ...renderer('networkd'), ...links, [path]: text });
    assert.equal(await main(['install'], system), 0, system.stderr);
    assert.doesNotMatch(system.stdout, /left to cloud-init/);
    assert.match(system.stdout, new RegExp(`${path}:1`));
    assert.doesNotMatch(written(system).join(' '), /06-failover-master/);
  }
});

test('a part of a system with files for cloud-init is left to it too', async () => {
  const part = { '/etc/hostname': 'guest\n', '/etc/systemd/network/99-default.link': '[Match]\nOriginalName=*\n' };
  const cloud = { '/etc/cloud/cloud.cfg.d/90-datasource.cfg': 'datasource_list: [NoCloud]\n' };
  const of = async (tree: Tree) => {
    const system = memorySystem(tree);
    const { status, stdout } = await install(system, '--manager', 'networkd');
    assert.equal(status, 0);
    return [/left to cloud-init/.test(stdout), /06-failover-master/.test(written(system).join(' '))];
  };
  assert.deepEqual(await of({ ...part, ...cloud }), [true, false]);
  assert.deepEqual(await of(part), [false, true]);
  const off = { '/etc/cloud/cloud.cfg.d/99-off.cfg': 'network: {config: disabled}\n' };
  assert.deepEqual(await of({ ...part, ...cloud, ...off }), [false, true]);
});
