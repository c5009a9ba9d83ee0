import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { recordingSystem } from '../../src/system/recording.ts';

function guestOf(links: number): Readonly<Record<string, MemoryEntry>> {
  const entries: Record<string, MemoryEntry> = { '/etc/hostname': 'guest\n' };
  for (let index = 1; index <= links; index += 1) {
    const name = `dummy${index}`;
    const path = `/sys/devices/virtual/net/${name}`;
    entries[`/sys/class/net/${name}`] = { link: `../../devices/virtual/net/${name}` };
    entries[`${path}/ifindex`] = `${index + 1}\n`;
    entries[`${path}/type`] = '1\n';
    entries[`${path}/address`] = '52:54:00:00:12:53\n';
    entries[`${path}/uevent`] = `INTERFACE=${name}\n`;
  }
  return entries;
}

async function countCalls(command: string, links: number): Promise<number> {
  const system = memorySystem(guestOf(links));
  await main([command], system);
  return system.calls.length;
}

for (const [command, most] of [
  ['snapshot', 100],
  ['doctor', 60],
] as const) {
  test(`${command}: the calls of each other link do not grow with their number`, async () => {
    const [few, many] = [await countCalls(command, 50), await countCalls(command, 200)];
    const each = (many - few) / 150;
    assert.ok(each < most, `${each} calls a link`);
    assert.ok(many < few * 4.2, `${few} calls for 50 links, ${many} for 200`);
  });
}

test('what is known to be absent, or no link, is not asked for again', () => {
  const machine = memorySystem({ '/a/b/c': 'text' });
  const { system, nodes } = recordingSystem(machine, () => false);
  system.list('/a/b');
  const before = machine.calls.length;
  assert.deepEqual(system.read('/a/b/d'), { errno: 'ENOENT', path: '/a/b/d' });
  assert.equal(machine.calls.length, before);
  assert.equal(system.read('/a/b/c'), 'text');
  assert.equal(nodes.get('/a/b/c'), 'text');
});
