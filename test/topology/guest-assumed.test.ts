/** Names of a guest that does not exist: none that the files use for something, as nothing says that a NIC of theirs is a VF. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { assumeGuest, parseAssumption, type Assumption } from '../../src/topology/guest-assumed.ts';
import { unknownHost } from '../../src/topology/guest.ts';

const triple: Assumption = { kind: 'net_failover', groups: 1 };

function namesOf(texts: readonly string[], assumption: Assumption = triple): readonly string[] {
  const { phases } = assumeGuest(assumption, unknownHost, [], texts);
  return [...new Set(phases.flatMap(({ links }) => links.map(({ name }) => name)))];
}

test('without files the names are those of a guest on q35', () => {
  assert.deepEqual(namesOf([]).slice(0, 3), ['enp1s0', 'enp1s0nsby', 'enp2s0']);
});

test('500 triples: in each phase every name and every seat is one link’s', () => {
  const { groups, phases } = assumeGuest({ kind: 'net_failover', groups: 500 }, unknownHost);
  assert.equal(groups.length, 500);
  for (const { name: phase, links } of phases) {
    const names = links.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, phase);
    assert.deepEqual(
      names.filter((name) => name.length > 15),
      [],
      'IFNAMSIZ',
    );
    const seats = links.filter(({ role }) => role === 'primary').map(({ idPath }) => idPath);
    assert.equal(new Set(seats).size, seats.length, phase);
  }
  for (const [text, expected] of [
    ['500', 500],
    ['501', null],
    ['0', null],
    ['1000', null],
  ] as const) {
    const parsed = parseAssumption(text);
    assert.equal(parsed?.kind === 'net_failover' ? parsed.groups : null, expected, text);
  }
});

test('a NIC that a file names is neither master nor VF, at boot or later', () => {
  for (const name of ['enp1s0', 'enp2s0', 'enp3s0', 'enp7s0'])
    assert.ok(!namesOf([`ethernets: {${name}: {dhcp4: true}}`]).includes(name), name);
  assert.ok(
    !namesOf(['[Match]\nPath=pci-0000:01:00.0\n']).includes('enp1s0'),
    'nor is one that a file names by its slot',
  );
  assert.ok(!namesOf(['iface enp1s0 inet dhcp', 'iface enp2s0 inet dhcp']).some((name) => /^enp[12]s0$/.test(name)));
});

test('a standby that is named says which NIC is the master', () => {
  assert.deepEqual(namesOf(['[Match]\nName=ens3nsby\n']).slice(0, 2), ['ens3', 'ens3nsby']);
  const two = namesOf(['ens3nsby lan0nsby'], { kind: 'net_failover', groups: 2 });
  for (const name of ['ens3', 'ens3nsby', 'lan0', 'lan0nsby']) assert.ok(two.includes(name), name);
  assert.ok(!namesOf(['[Match]\nName=en*nsby\n']).includes('en*'), 'a pattern names none');
});

test('the VF of a Hyper-V pair gives way too', () => {
  assert.ok(namesOf([], { kind: 'netvsc' }).includes('enP30832s1'));
  assert.ok(!namesOf(['enP30832s1'], { kind: 'netvsc' }).includes('enP30832s1'));
});

test('whatever is named: names are unique and taken from nowhere, and where all are named it ends', () => {
  const word = fc.oneof(
    fc.integer({ min: 1, max: 20 }).map((bus) => `enp${bus}s0`),
    fc.integer({ min: 1, max: 20 }).map((bus) => `pci-0000:${bus.toString(16).padStart(2, '0')}:00.0`),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (words, groups) => {
      const { phases } = assumeGuest({ kind: 'net_failover', groups }, unknownHost, [], [words.join(' ')]);
      for (const { links } of phases) {
        const names = links.map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
        for (const name of names) assert.ok(!words.includes(name), `${name} of ${words.join(' ')}`);
      }
    }),
    { numRuns: 100, seed: 16 },
  );
  const everything = Array.from({ length: 260 }, (_, bus) => `enp${bus}s0 enp${bus}s0nsby`).join(' ');
  assert.ok(namesOf([everything]).length > 0);
});

test('lint: one NIC by name is right, whichever of the names of an assumed guest it has', async () => {
  for (const name of ['enp1s0', 'enp2s0', 'ens10', 'eth0', 'eth1', 'ens11']) {
    const text = `network: {version: 2, ethernets: {${name}: {dhcp4: true}}}\n`;
    const system = memorySystem({ '/t/50.yaml': text });
    const status = await main(['lint', '--as', 'netplan', '/t/50.yaml'], system);
    assert.equal(status, 0, `${name}: ${system.stdout}`);
    assert.doesNotMatch(system.stdout, /FO101|FO110/, name);
    assert.match(system.stdout, /assumed: a guest with one net_failover triple/);
  }
  const text = 'network: {version: 2, ethernets: {wan: {match: {name: "en*"}, dhcp4: true}}}\n';
  const system = memorySystem({ '/t/50.yaml': text });
  assert.equal(await main(['lint', '--as', 'netplan', '/t/50.yaml'], system), 1, 'a pattern still hits the slaves');
});
