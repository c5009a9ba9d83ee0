import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { recogniseForeign } from '../../src/lint/foreign-formats.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

/** A file of each format, as its documentation shows it. */
const samples: readonly (readonly [path: string, title: RegExp, text: string])[] = [
  ['web.ks', /kickstart/, 'lang en_US\nnetwork --bootproto=dhcp --device=link\n'],
  ['install.cfg', /kickstart/, '# RHEL 9\nnetwork  --bootproto=static --ip=192.0.2.5\n%packages\n%end\n'],
  ['autoinst.xml', /AutoYaST/, '<profile xmlns="http://www.suse.com/1.0/yast2ns"><networking/></profile>\n'],
  ['vm.xml', /libvirt/, "<domain type='kvm'>\n  <name>web</name>\n</domain>\n"],
  ['preseed.cfg', /preseed/, 'd-i netcfg/choose_interface select auto\n'],
  ['network_data.json', /network_data/, '{}'],
  ['x.json', /network_data/, '{"links": [{"id": "a"}], "networks": [{"type": "ipv4_dhcp"}]}'],
  ['controlplane.yaml', /Talos/, 'version: v1alpha1\nmachine:\n  network: {}\ncluster: {}\n'],
  ['worker.yaml', /Talos/, 'machine:\n  type: worker\ncluster:\n  id: x\n'],
  ['state.yml', /nmstate/, 'interfaces:\n  - name: eth1\n    type: ethernet\n    state: up\n'],
  ['policy.yaml', /nmstate/, 'kind: NodeNetworkConfigurationPolicy\nspec:\n  desiredState: {}\n'],
  ['configuration.nix', /NixOS/, '{ ... }: { networking.useDHCP = true; }\n'],
  ['conf.d/net', /netifrc/, 'config_eth0="dhcp"\n'],
  ['lan', /netctl/, 'Interface=eth0\nConnection=ethernet\nIP=dhcp\n'],
  ['network', /OpenWrt/, "config interface 'lan'\n\toption proto 'dhcp'\n"],
  ['rc.inet1.conf', /Slackware/, 'USE_DHCP[0]="yes"\n'],
  ['config.boot', /VyOS/, 'interfaces {\n    ethernet eth0 {\n        address dhcp\n    }\n}\n'],
  ['answers', /Alpine/, 'INTERFACESOPTS="auto lo\n"\n'],
  ['wpa_supplicant.conf', /wpa_supplicant/, 'network={\n}\n'],
  ['a.nspawn', /nspawn/, '[Network]\nVirtualEthernet=yes\n'],
  ['networkd.conf', /names no link/, '[DHCPv4]\nDUIDType=vendor\n'],
  ['dhclient.conf', /dhclient/, 'timeout 60;\n'],
  ['rc.local', /by itself/, '#!/bin/sh\ndhclient enp2s0 &\n'],
  ['dhcp.service', /by itself/, '[Service]\nExecStart=/sbin/udhcpc -i enp2s0\n'],
  ['net.start', /by itself/, 'ip -4 addr add 192.0.2.2/24 dev enp2s0\n'],
  ['cron.d/net', /by itself/, '@reboot root /sbin/dhclient\n'],
  ['nad.yaml', /network attachment/, 'kind: NetworkAttachmentDefinition\n'],
  ['profile.yaml', /Incus/, 'devices:\n  eth0:\n    nictype: bridged\n'],
];

async function lint(files: Readonly<Record<string, MemoryEntry>>, ...args: readonly string[]) {
  const system = memorySystem(files);
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('each format is known for what it is, and failing to judge it is an error where it was named', async () => {
  for (const [name, title, text] of samples) {
    assert.match(recogniseForeign(`/m/${name}`, text)?.title ?? '', title, name);
    const { status, stderr, stdout } = await lint({ [`/m/${name}`]: text }, `/m/${name}`);
    assert.equal(status, 3, name);
    assert.match(stderr, /not read: this is .*; failoverctl reads /, name);
    assert.doesNotMatch(stdout, /^judged/m, name);
  }
});

test('what our managers read is none of them', () => {
  const own: readonly (readonly [string, string])[] = [
    ['/etc/netplan/a.yaml', 'network:\n  version: 2\n  ethernets:\n    enp1s0: {dhcp4: true}\n'],
    ['/m/network-config', 'version: 1\nconfig:\n  - type: physical\n    name: eth0\n'],
    ['/m/interfaces', 'auto eth0\niface eth0 inet dhcp\n'],
    ['/m/a.network', '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n'],
    ['/m/a.nmconnection', '[connection]\nid=a\ntype=ethernet\n'],
    ['/m/dhcpcd.conf', 'interface eth0\nstatic ip_address=192.0.2.1/24\n'],
    ['/m/user-data', '#cloud-config\nnetwork:\n  version: 2\n'],
    ['/m/70.rules', 'SUBSYSTEM=="net", NAME="lan0"\n'],
  ];
  for (const [path, text] of own) assert.equal(recogniseForeign(path, text), null, path);
});

test('in a walk it is counted and named, and what else is there is judged', async () => {
  const { status, stdout } = await lint(
    { '/m/ks.cfg': 'network --bootproto=dhcp\n', '/m/20-a.network': '[Match]\nName=lan0\n', '/m/README.md': 'x' },
    '/m',
  );
  assert.equal(status, 0);
  assert.match(stdout, /not judged: \/m\/ks\.cfg \(a kickstart file, which is not read\)/);
  assert.match(stdout, /passed over: 1 other file/);
});

test('a guest that has nothing else is never clean, be it alone or beside others', async () => {
  const nix = { '/m/a/etc/nixos/configuration.nix': '{ networking.useDHCP = true; }\n' };
  assert.equal((await lint(nix, '/m')).status, 3);
  const both = await lint({ ...nix, '/m/b/etc/systemd/network/a.network': '[Match]\nName=lan0\n' }, '/m');
  assert.equal(both.status, 3);
  assert.match(both.stderr, /configuration\.nix': a NixOS configuration/);
  const tree = await lint({ '/etc/conf.d/net': 'config_eth0="dhcp"\n' });
  assert.equal(tree.status, 3);
  assert.match(tree.stdout, /\/etc\/conf\.d\/net \(netifrc's conf\.d\/net, which is not read\)/);
});
