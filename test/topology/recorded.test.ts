import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { readTopology } from '../../src/topology/failover-group.ts';

/** A guest that the lab recorded: `npm run lab -- --record`. Roles come from the guest's own ethtool and rtnetlink, not from us. */
interface RecordedGuest {
  readonly about: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly entries: Readonly<Record<string, MemoryEntry>>;
}

const directory = 'test/fixtures/guests';

for (const file of readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const guest = JSON.parse(readFileSync(`${directory}/${file}`, 'utf8')) as RecordedGuest;
  test(`${file}: ${guest.about}`, () => {
    const topology = readTopology(memorySystem(guest.entries));
    assert.ok(!isFailure(topology));
    assert.deepEqual(topology.unreadable, []);
    const roles = Object.fromEntries(topology.links.map(({ name, role }) => [name, role === 'none' ? 'other' : role]));
    assert.deepEqual(roles, guest.roles);
    assert.equal(topology.groups.length, Object.values(guest.roles).filter((role) => role === 'master').length);
  });
}
