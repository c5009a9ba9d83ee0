/** What a snapshot of a tree says of its managers, their versions and the distribution is what the tree says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDistribution } from '../../src/inventory/distribution.ts';
import { findManagers } from '../../src/inventory/managers-in-use.ts';
import { probeMachine } from '../../src/inventory/probe.ts';
import { readVersions } from '../../src/inventory/versions.ts';
import { main } from '../../src/main.ts';
import { parseSnapshot } from '../../src/snapshot/format.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { rootedSystem } from '../../src/system/rooted.ts';
import { snapshotSystem } from '../../src/system/snapshot.ts';
import type { System } from '../../src/system/system.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const networkd: Tree = {
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
};

const trees: Readonly<Record<string, Tree>> = {
  Alpine: {
    '/etc/os-release': 'ID=alpine\n',
    '/sbin/init': { link: '/bin/busybox' },
    '/bin/busybox': '',
    '/sbin/openrc': '',
    '/usr/sbin/NetworkManager': '',
    '/lib/apk/db/installed': 'C:Q1x\nP:musl\nV:1.2.5-r9\nS:1\n\nC:Q1y\nP:networkmanager\nV:1.54.1-r0\nT:long\n\n',
    '/usr/sbin/dhcpcd': '',
    '/etc/runlevels/default/dhcpcd': { link: '/etc/init.d/dhcpcd' },
  },
  'an image in pieces': {
    ...networkd,
    '/etc/os-release': 'ID=debian\n',
    '/bin': { link: 'usr/bin' },
    '/var/lib/dpkg/status.d/systemd': 'Package: systemd\nVersion: 257.9-1~deb13u1\n',
    '/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so': '',
  },
  'a system of ostree': {
    ...networkd,
    '/usr/lib/os-release': 'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    '/usr/lib/ostree/prepare-root.conf': '',
    '/usr/lib/systemd/systemd': '',
    '/usr/lib64/systemd/libsystemd-shared-257.9-1.el10.so': '',
    '/usr/sbin/NetworkManager': '',
    '/usr/lib64/NetworkManager/1.54.0-1.el10/libnm-device-plugin-wifi.so': '',
    '/etc/rc.d/init.d/network': '',
  },
};

function inventory(system: System) {
  const { uses, strangers, cloudInitFor } = findManagers(system, new Set());
  const probe = probeMachine(system);
  return { uses, strangers, cloudInitFor, versions: [...readVersions(probe)], distribution: readDistribution(probe) };
}

for (const [name, tree] of Object.entries(trees)) {
  test(`${name}: the snapshot tells what the tree tells`, async () => {
    const below = Object.entries(tree).map(([path, entry]): [string, MemoryEntry] => [`/mnt${path}`, entry]);
    const machine = memorySystem(Object.fromEntries(below));
    assert.equal(await main(['snapshot', '--root', '/mnt'], machine), 0, machine.stderr);
    const snapshot = parseSnapshot(machine.stdout);
    assert.ok(typeof snapshot !== 'string', String(snapshot));
    const before = inventory(rootedSystem(machine, '/mnt'));
    assert.ok(before.versions.length > 0);
    assert.deepEqual(inventory(snapshotSystem(machine, snapshot.parts, new Map(), 'ENOENT')), before);
    assert.doesNotMatch(machine.stdout, /musl|T:long/, "other packages are nobody's business");
  });
}
