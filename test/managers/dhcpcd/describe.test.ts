import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findManagers } from '../../../src/inventory/managers-in-use.ts';
import { main } from '../../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const program: Tree = { '/usr/sbin/dhcpcd': '', '/usr/lib/systemd/systemd': '' };
const service: Tree = { '/usr/lib/systemd/system/dhcpcd.service': '[Service]\nExecStart=/usr/sbin/dhcpcd -q -b\n' };
const wants = '/etc/systemd/system/multi-user.target.wants';
const enabled: Tree = { [`${wants}/dhcpcd.service`]: { link: '/usr/lib/systemd/system/dhcpcd.service' } };

const mounted = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([path, entry]) => [`/mnt${path}`, entry]));

function find(tree: Tree) {
  const use = findManagers(memorySystem(tree), new Set()).uses.find(({ manager }) => manager === 'dhcpcd');
  return { present: use?.present, inUse: use?.inUse, unguarded: use?.unguarded };
}

test('the program alone is a DHCP client of others', () => {
  assert.deepEqual(find(program), { present: false, inUse: false, unguarded: undefined });
  assert.equal(find({ '/etc/dhcpcd.conf': 'hostname\nduid\n' }).inUse, false, "Debian's file, in a part of a system");
});

test('a service acts when something starts it', () => {
  const networkd = { '/usr/lib/systemd/systemd-networkd': '' };
  assert.equal(find({ ...program, ...networkd, ...service }).inUse, false);
  assert.equal(find({ ...program, ...service, ...enabled }).inUse, true);
  const single = { [`${wants}/dhcpcd@ens10.service`]: { link: '/usr/lib/systemd/system/dhcpcd@.service' } };
  assert.equal(find({ ...program, ...networkd, ...service, ...single }).inUse, true);
  assert.equal(find({ '/etc/dhcpcd.conf': 'denyinterfaces eth1\n' }).inUse, true, 'a part of a system');
});

test('without systemd nothing of ours reaches it, and install refuses', async () => {
  const openrc: Tree = {
    '/usr/sbin/dhcpcd': '',
    '/sbin/init': '',
    '/etc/runlevels/default/dhcpcd': { link: '/etc/init.d/dhcpcd' },
  };
  assert.deepEqual(find(openrc), { present: true, inUse: true, unguarded: 'its guard needs systemd and udev' });
  const system = memorySystem(mounted(openrc));
  assert.equal(await main(['install', '--root', '/mnt'], system), 3);
  assert.match(system.stderr, /dhcpcd configures links here .*guard needs systemd.*nothing has been changed/);
});

test('lint names it before the guard is there, and not after', async () => {
  const tree: Tree = { ...program, ...service, ...enabled, '/etc/dhcpcd.conf': 'hostname\n' };
  const system = memorySystem(mounted(tree));
  assert.equal(await main(['lint', '--root', '/mnt'], system), 1);
  assert.match(system.stdout, /FO101.*nsby.*dhcpcd/);
  assert.equal(await main(['install', '--root', '/mnt'], system), 0, system.stderr);
  const before = system.stdout.length;
  assert.equal(await main(['lint', '--root', '/mnt'], system), 0, system.stdout.slice(before) + system.stderr);
});
