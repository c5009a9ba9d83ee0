import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDomain, teamedPairs } from '../../src/hypervisor/domain.ts';
import { readPath, type Overrides } from '../../src/hypervisor/net-path.ts';
import { exampleDomain, goodPair } from '../../src/hypervisor/rules/rule.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

/*
 * A card with three VFs as sysfs shows it: the guest's is VF 1 at 0000:42:02.5, the bridge's uplink VF 2. In the lab's
 * nested-igb the same is asked of a real kernel with a driver and VFs of its own.
 */

const pci = '/sys/bus/pci/devices';
const functions = ['0000:42:02.4', '0000:42:02.5', '0000:42:02.6'];

const card: Readonly<Record<string, MemoryEntry>> = {
  [`${pci}/0000:42:00.0/net/ens6f0`]: { directory: true },
  ...Object.fromEntries(
    functions.flatMap((address, number): readonly (readonly [string, MemoryEntry])[] => [
      [`${pci}/0000:42:00.0/virtfn${number}`, { link: `../${address}` }],
      [`${pci}/${address}/physfn`, { link: '../0000:42:00.0' }],
    ]),
  ),
  '/sys/class/net/br0/brif/vnet0': { directory: true },
  '/sys/class/net/br0/brif/ens6f0v2': { directory: true },
  '/sys/class/net/ens6f0v2/device': { link: `${pci}/0000:42:02.6` },
};

const overrides: Overrides = {
  mac: null,
  tap: 'vnet0',
  pf: null,
  vfNumber: null,
  uplink: null,
  carrierWait: 0,
  deviceWait: 30_000,
};

function read(spoofchk: boolean | null, own: Partial<Overrides> = {}, files = card) {
  const { domain } = readDomain({ path: 'vm.xml', text: exampleDomain(goodPair) });
  const [pair] = domain === null ? [] : teamedPairs(domain);
  assert.ok(pair !== undefined);
  const table = { vfinfo_list: functions.map((_, vf) => (spoofchk === null ? { vf } : { vf, spoofchk })) };
  const system = memorySystem(files, {
    run: (argv) => ({
      status: argv.join(' ') === 'ip -j link show dev ens6f0' ? 0 : 1,
      signal: null,
      stdout: JSON.stringify([table]),
      stderr: '',
    }),
  });
  return readPath(pair, { ...overrides, ...own }, system);
}

test("PF, VF number and uplink are found from the VF's address, by sysfs", () => {
  const found = read(null);
  assert.ok(typeof found !== 'string', String(found));
  assert.deepEqual(found.vf, { pf: 'ens6f0', pfAddress: '0000:42:00.0', number: 1 });
  assert.equal(found.uplink, 'ens6f0v2');
  assert.deepEqual(found.notes, []);
});

test('what is given overrides what is found', () => {
  const found = read(null, { pf: 'pf9', vfNumber: 7, uplink: 'up9', tap: 'tap9', mac: '02:00:00:00:00:09' });
  assert.ok(typeof found !== 'string', String(found));
  const { mac, tap, vf, uplink } = found;
  assert.deepEqual([mac, tap, vf?.pf, vf?.number, uplink], ['02:00:00:00:00:09', 'tap9', 'pf9', 7, 'up9']);
});

test('an uplink that the card checks for spoofed addresses is told of', () => {
  for (const [checked, count] of [
    [true, 1],
    [false, 0],
  ] as const) {
    const found = read(checked);
    assert.ok(typeof found !== 'string', String(found));
    assert.equal(found.notes.length, count);
    for (const note of found.notes) assert.match(note, /'ip link set dev ens6f0 vf 2 spoofchk off'/);
  }
});

test('an address that is no VF, or none of this host, is said', () => {
  assert.match(String(read(null, {}, {})), /this host has no PCI device 0000:42:02\.5; give --pf and --vf-number/);
  const bare = { [`${pci}/0000:42:02.5`]: { directory: true } } as const;
  assert.match(String(read(null, {}, bare)), /is not a VF: it has no physfn/);
});
