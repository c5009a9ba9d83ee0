import { unknownHost } from '../../src/topology/guest.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { assumeGuest, parseAssumption } from '../../src/topology/guest-assumed.ts';
import { readGuest } from '../../src/topology/guest-live.ts';
import type { LinkFacts } from '../../src/topology/guest.ts';
import { readHostFacts } from '../../src/inventory/host-facts.ts';
import { nameOnAnotherSlot } from '../../src/topology/lifecycle.ts';

function recorded(name: string): Readonly<Record<string, MemoryEntry>> {
  const { entries } = JSON.parse(readFileSync(`test/fixtures/guests/${name}.json`, 'utf8')) as {
    entries: Readonly<Record<string, MemoryEntry>>;
  };
  return entries;
}

function guestOf(name: string) {
  const guest = readGuest(memorySystem(recorded(name)), unknownHost);
  assert.ok(guest !== null && !isFailure(guest));
  return guest;
}

test('a recorded triple: facts as the daemons see them', () => {
  const { groups, phases } = guestOf('bookworm-triple');
  assert.deepEqual(groups, [{ kind: 'net_failover', mac: '52:54:00:00:12:53' }]);
  const links = (phases[0]?.links ?? []).filter(({ group }) => group === 0);
  assert.deepEqual(
    links.map(({ name, role, driver, parentDriver, master }) => ({ name, role, driver, parentDriver, master })),
    [
      { name: 'enp1s0', role: 'master', driver: 'net_failover', parentDriver: 'virtio_net', master: null },
      { name: 'enp1s0nsby', role: 'standby', driver: 'virtio_net', parentDriver: 'virtio_net', master: 'enp1s0' },
      { name: 'enp2s0', role: 'primary', driver: 'e1000e', parentDriver: 'e1000e', master: 'enp1s0' },
    ],
  );
  for (const { permanentMac } of links) assert.equal(permanentMac, '52:54:00:00:12:53');
});

test('the phases of its life', () => {
  const { phases } = guestOf('bookworm-triple');
  const vf = phases.map(({ name, links }) => {
    const link = links.find(({ role }) => role === 'primary' || role === 'pending');
    return [name, link?.name ?? null, link?.role ?? null, link?.master ?? null];
  });
  assert.deepEqual(vf, [
    ['boot', 'enp2s0', 'primary', 'enp1s0'],
    ['vf-absent', null, null, null],
    ['vf-back', 'enp3s0', 'primary', 'enp1s0'],
    ['vf-unenslaved', 'enp2s0', 'pending', null],
    ['vf-first', 'enp2s0', 'pending', null],
  ]);
});

test('a VF that is away now is one that will come', () => {
  const { phases } = guestOf('bookworm-standby-only');
  const link = phases[0]?.links.find(({ role }) => role === 'primary');
  assert.equal(link?.name, 'enp2s0');
  assert.equal(link?.driver, undefined);
});

test('a machine without a failover NIC', () => {
  assert.equal(readGuest(memorySystem({}), unknownHost), null);
});

test('assumed guests have the facts of the recorded one', () => {
  const real = guestOf('bookworm-triple').phases[0]?.links.filter(({ group }) => group === 0) ?? [];
  const assumed = assumeGuest({ kind: 'net_failover', groups: 1 }, unknownHost, ['52:54:00:00:12:53']).phases[0]?.links;
  const facts = (links: readonly LinkFacts[] = []) =>
    links.map(({ name, role, driver, parentDriver, mac, master, kind, type }) => [
      name,
      role,
      driver,
      parentDriver,
      mac,
      master,
      kind,
      type,
    ]);
  assert.deepEqual(facts(assumed), facts(real));
});

test('assumptions', () => {
  assert.deepEqual(parseAssumption('triple'), { kind: 'net_failover', groups: 1 });
  assert.deepEqual(parseAssumption('3'), { kind: 'net_failover', groups: 3 });
  assert.deepEqual(parseAssumption('pair'), { kind: 'netvsc' });
  for (const text of ['', '0', '501', 'two', '-1', '1.5']) assert.equal(parseAssumption(text), null, text);
  const names = assumeGuest({ kind: 'net_failover', groups: 3 }, unknownHost).phases.map(({ links }) =>
    links.map(({ name }) => name),
  );
  for (const list of names) assert.equal(new Set(list).size, list.length, 'names are unique in each phase');
});

test('names on another slot', () => {
  for (const [name, other] of [
    ['enp2s0', 'enp3s0'],
    ['ens11', 'ens12'],
    ['eth2', 'eth3'],
    ['enp2s0f1np1', 'enp3s0f1np1'],
  ] as const)
    assert.equal(nameOnAnotherSlot(name, new Set()), other);
  assert.equal(nameOnAnotherSlot('enp2s0', new Set(['enp3s0'])), 'enp4s0');
});

test('versions from an image’s package database', () => {
  const status = [
    'Package: systemd\nStatus: install ok installed\nVersion: 252.38-1~deb12u1\n',
    'Package: network-manager\nStatus: deinstall ok config-files\nVersion: 1.42.4-1\n',
    'Package: netplan.io\nStatus: install ok installed\nVersion: 1:0.106-2+deb12u1\n',
  ].join('\n');
  const facts = readHostFacts(
    memorySystem({ '/var/lib/dpkg/status': status, '/etc/hostname': 'web\n', '/proc/cmdline': 'quiet\n' }),
    false,
  );
  assert.equal(facts.systemdVersion, 252);
  assert.equal(facts.netplanVersion, '0.106');
  assert.equal(facts.networkManagerVersion, undefined);
  assert.equal(facts.hostname, 'web');
  assert.equal(facts.kernelCommandLine, undefined, "the running kernel is not the image's");
});
