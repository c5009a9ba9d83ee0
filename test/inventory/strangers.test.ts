import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findManagers } from '../../src/inventory/managers-in-use.ts';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const interfaces = { '/etc/network/interfaces': 'auto eth0\niface eth0 inet dhcp\n' };

/** Programs that act on links, each in a tree of its own. */
const trees: Readonly<Record<string, Tree>> = {
  ifupdown2: {
    ...interfaces,
    '/usr/sbin/ifup': { link: '/usr/share/ifupdown2/ifupdown2' },
    '/usr/share/ifupdown2/ifupdown2': '',
  },
  'ifupdown-ng': { ...interfaces, '/usr/sbin/ifup': { link: 'ifupdown' }, '/usr/sbin/ifupdown': '' },
  busybox: { ...interfaces, '/sbin/ifup': { link: '/bin/busybox' }, '/bin/busybox': '' },
  netifrc: { '/sbin/init': '', '/etc/init.d/net.lo': '', '/etc/runlevels/default/net.eth0': { link: '../net.lo' } },
};

for (const [name, tree] of Object.entries(trees)) {
  test(`${name}: found, not taken for Debian's ifupdown, and install refuses`, async () => {
    const { uses, strangers } = findManagers(memorySystem(tree), new Set());
    assert.deepEqual(
      strangers.filter(({ inUse }) => inUse).map(({ manager }) => manager),
      [name],
    );
    assert.ok(uses.every(({ present }) => !present));
    const below = Object.entries({ '/etc/hostname': 'x\n', ...tree }).map(([path, entry]) => [`/mnt${path}`, entry]);
    const system = memorySystem(Object.fromEntries(below) as Tree);
    const before = treeOf(system);
    assert.equal(await main(['install', '--root', '/mnt'], system), 3);
    assert.match(system.stderr, /cannot keep off the slaves; nothing has been changed/);
    const { '/mnt/run/failoverctl.lock': _lock, ...after } = treeOf(system);
    assert.deepEqual(Object.keys(after).sort(), Object.keys(before).sort());
  });
}

test('its version, where its files or a package database tell', () => {
  const version = (tree: Tree) => findManagers(memorySystem(tree), new Set()).strangers[0]?.version;
  const own = { '/usr/share/ifupdown2/__init__.py': "__version__ = '3.0.0'\n" };
  assert.equal(version({ ...trees['ifupdown2'], ...own }), '3.0.0');
  assert.equal(version({ ...trees['ifupdown2'] }), undefined);
  const apk = { '/lib/apk/db/installed': 'P:ifupdown-ng\nV:0.12.1-r7\n' };
  assert.equal(version({ ...trees['ifupdown-ng'], ...apk }), '0.12.1');
});

test('a program that is there and will not act is no hindrance', () => {
  const { strangers } = findManagers(memorySystem({ '/sbin/init': '', '/etc/init.d/net.lo': '' }), new Set());
  assert.deepEqual(
    strangers.map(({ manager, inUse }) => [manager, inUse]),
    [['netifrc', false]],
  );
});

test('what cannot be read is reported, and not taken for absent', () => {
  const failing = memorySystem({ '/usr/sbin/netplan': '', '/etc/netplan/50-x.yaml': 'network: {}\n' });
  const read: typeof failing.read = (path) =>
    path === '/etc/netplan/50-x.yaml' ? { errno: 'EACCES', path } : failing.read(path);
  const { failures } = findManagers({ ...failing, read }, new Set());
  assert.deepEqual(failures, [{ errno: 'EACCES', path: '/etc/netplan/50-x.yaml' }]);
});
