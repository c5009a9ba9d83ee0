import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseManager, findManagers, renderersOf } from '../../src/inventory/managers-in-use.ts';
import { readUnitState } from '../../src/inventory/unit.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const enable = (unit: string, target = 'multi-user.target.wants'): Tree => ({
  [`/etc/systemd/system/${target}/${unit}`]: { link: `/lib/systemd/system/${unit}` },
});
const networkd: Tree = {
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
};
const ifupdown: Tree = { '/usr/sbin/ifup': '', '/usr/lib/systemd/system/networking.service': '[Service]\n' };
const networkManager: Tree = {
  '/usr/sbin/NetworkManager': '',
  '/usr/lib/systemd/system/NetworkManager.service': '[Service]\n',
};
const netplan: Tree = { '/usr/sbin/netplan': '' };
const yaml = (text: string): Tree => ({ '/etc/netplan/50-x.yaml': text });
const all: Tree = { ...networkd, ...ifupdown, ...networkManager, ...netplan, '/etc/machine-id': '\n' };

function found(tree: Tree, ours: readonly string[] = []) {
  const managers = findManagers(memorySystem(tree), new Set(ours));
  return {
    inUse: managers.uses.filter(({ inUse }) => inUse).map(({ manager }) => manager),
    chosen: chooseManager(managers)?.manager ?? null,
    renderers: renderersOf(managers, 'netplan'),
    evidence: Object.fromEntries(managers.uses.map(({ manager, evidence }) => [manager, evidence])),
  };
}

test('present and not enabled is not in use; with nothing in use there is nothing to choose', () => {
  const { inUse, chosen } = found(all);
  assert.deepEqual([inUse, chosen], [[], null]);
});

test('an enabled unit is in use; a mask takes that back', () => {
  assert.deepEqual(found({ ...all, ...enable('systemd-networkd.service') }).inUse, ['networkd']);
  assert.deepEqual(found({ ...all, ...enable('NetworkManager.service') }).inUse, ['networkmanager']);
  const masked = { '/etc/systemd/system/systemd-networkd.service': { link: '/dev/null' } };
  const { inUse, evidence } = found({ ...all, ...enable('systemd-networkd.service'), ...masked });
  assert.deepEqual(inUse, []);
  assert.equal(evidence['networkd'], '/etc/systemd/system/systemd-networkd.service masks it');
});

test('netplan is in use where it has configuration, and so is what it renders to', () => {
  const plain = found({ ...all, ...yaml('network:\n  version: 2\n') });
  assert.deepEqual([plain.inUse, plain.chosen, plain.renderers], [['netplan', 'networkd'], 'netplan', ['networkd']]);
  const manager = found({ ...all, ...yaml('network:\n  renderer: NetworkManager\n') });
  assert.deepEqual(manager.inUse, ['netplan', 'networkmanager']);
  const mixed = found({
    ...all,
    ...yaml('network:\n  ethernets:\n    a:\n      renderer: NetworkManager\n    b: {}\n'),
  });
  assert.deepEqual(mixed.renderers, ['networkd', 'networkmanager']);
  const without = { ...networkd, ...ifupdown, ...yaml('network: {}\n') };
  assert.deepEqual(found(without).inUse, [], 'files without the program do nothing');
});

test('with nothing configured, the one that takes every NIC unasked is chosen before one that does nothing then', () => {
  const units = { ...enable('systemd-networkd.service'), ...enable('NetworkManager.service') };
  assert.equal(found({ ...all, ...units }).chosen, 'networkmanager');
  const file = { '/etc/systemd/network/20-x.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n' };
  assert.equal(found({ ...all, ...units, ...file }).chosen, 'networkd');
});

test('YAML that netplan would refuse does not stop the search', () => {
  assert.deepEqual(found({ ...all, ...yaml('network: [\n  }: &&\n') }).inUse, ['netplan', 'networkd']);
});

test('ifupdown is in use with a stanza for more than lo, and with the cloud helper', () => {
  const interfaces = (text: string): Tree => ({ '/etc/network/interfaces': text });
  const lo = 'auto lo\niface lo inet loopback\n';
  const on = enable('networking.service');
  assert.deepEqual(found({ ...all, ...on, ...interfaces(lo) }).inUse, []);
  assert.deepEqual(found({ ...all, ...on, ...interfaces(`${lo}auto ens3\niface ens3 inet dhcp\n`) }).inUse, [
    'ifupdown',
  ]);
  assert.deepEqual(found({ ...all, ...interfaces(`${lo}auto ens3\niface ens3 inet dhcp\n`) }).inUse, [], 'not enabled');
  const bySysvinit = { '/etc/rcS.d/S11networking': { link: '../init.d/networking' } };
  const stanza = interfaces(`${lo}auto ens3\niface ens3 inet dhcp\n`);
  assert.deepEqual(found({ ...all, ...stanza, ...bySysvinit }).inUse, ['ifupdown']);
  assert.deepEqual(found({ ...all, ...stanza, ...bySysvinit, '/lib/systemd/systemd': '' }).inUse, [], 'a leftover');
  const hotplug = interfaces(`${lo}allow-hotplug ens3\niface ens3 inet dhcp\n`);
  assert.deepEqual(found({ ...all, ...hotplug }).inUse, ['ifupdown'], 'udev starts it');
  const helper = { '/etc/network/cloud-ifupdown-helper': '#!/bin/sh\n' };
  assert.deepEqual(found({ ...all, ...interfaces(lo), ...helper }).inUse, ['ifupdown']);
  const included = { '/etc/network/interfaces.d/50-cloud-init': 'auto eth0\niface eth0 inet dhcp\n' };
  assert.deepEqual(found({ ...all, ...on, ...included }).inUse, ['ifupdown']);
});

test('a manager that is alone is the one', () => {
  assert.deepEqual(found(ifupdown).chosen, 'ifupdown');
  assert.deepEqual(found(networkd).chosen, 'networkd');
});

test('of several, who has configuration for a link configures the master', () => {
  const stanza: Tree = { '/etc/network/interfaces': 'allow-hotplug ens3\niface ens3 inet dhcp\n' };
  const both = { ...all, ...enable('systemd-networkd.service'), ...stanza };
  assert.deepEqual(found(both).inUse, ['networkd', 'ifupdown']);
  assert.equal(found(both).chosen, 'ifupdown', 'networkd has no file');
  const file = { '/etc/systemd/network/20-wired.network': '[Match]\nName=*\n' };
  assert.equal(found({ ...both, ...file }).chosen, 'networkd');
});

test('what we have written ourselves is no evidence', () => {
  const path = '/etc/netplan/95-failover.yaml';
  assert.deepEqual(found({ ...all, [path]: 'network: {}\n' }, [path]).inUse, []);
});

test('presets count on the first boot alone', () => {
  const preset: Tree = {
    '/usr/lib/systemd/system-preset/90-systemd.preset': 'enable systemd-networkd.service\n',
    '/etc/systemd/system-preset/10-ours.preset': '# no\ndisable systemd-*\n',
  };
  const state = (tree: Tree) => readUnitState(memorySystem(tree), 'systemd-networkd.service').enabled;
  const { '/etc/systemd/system-preset/10-ours.preset': first, ...shipped } = preset;
  assert.ok(first);
  assert.equal(state({ ...networkd, ...shipped }), true, 'no machine id');
  assert.equal(state({ ...networkd, ...shipped, '/etc/machine-id': 'uninitialized\n' }), true);
  assert.equal(state({ ...networkd, ...shipped, '/etc/machine-id': '' }), false, 'an empty one is no first boot');
  assert.equal(state({ ...networkd, ...preset }), false, 'the first line that matches, by file name');
  const unit = { '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n[Install]\nWantedBy=x.target\n' };
  const systemd = { '/usr/lib/systemd/systemd': '' };
  assert.equal(state({ ...networkd, ...unit }), false, 'nothing here applies presets');
  assert.equal(state({ ...networkd, ...unit, ...systemd }), true, 'no preset names it');
  assert.equal(state({ ...networkd, ...systemd }), false, 'it has no [Install], so it cannot be enabled');
  assert.equal(state({ ...networkd, ...unit, ...systemd, '/etc/machine-id': 'x\n' }), false, 'no first boot');
});

test('a part of a system is read as if each manager that it has files for were there and on', () => {
  assert.deepEqual(found(yaml('network:\n  version: 2\n')).inUse, ['netplan', 'networkd']);
  const { inUse } = found({ '/etc/network/interfaces': 'auto lo\n', '/etc/NetworkManager/conf.d/x.conf': '[main]\n' });
  assert.deepEqual(inUse, ['ifupdown', 'networkmanager']);
  const own = '/etc/systemd/network/10-a.network';
  assert.deepEqual(found({ [own]: '[Match]\n' }).inUse, ['networkd']);
  assert.deepEqual(found({ [own]: '[Match]\n' }, [own]).inUse, [], 'our own file is no evidence');
  const mask = { '/etc/systemd/system/systemd-networkd.service': { link: '/dev/null' } };
  assert.deepEqual(found({ [own]: '[Match]\n', ...mask }).inUse, []);
  assert.deepEqual(found({ '/etc/hostname': 'web\n' }).inUse, []);
});

test('ifup may be in /usr/bin', () => {
  const files = { '/etc/network/interfaces': 'allow-hotplug eth0\niface eth0 inet dhcp\n' };
  assert.deepEqual(found({ '/usr/bin/ifup': '', ...files }).inUse, ['ifupdown']);
});
