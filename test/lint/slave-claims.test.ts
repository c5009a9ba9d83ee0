import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

/** What FO101 says of a file that takes every NIC, on a guest of so many triples. */
async function messageFor(triples: string): Promise<string> {
  const system = memorySystem({ '/mnt/etc/systemd/network/10.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n' });
  await main(['lint', '--root', '/mnt', '--assume', triples, '--json'], system);
  const { findings } = JSON.parse(system.stdout) as { findings: readonly { rule: string; message: string }[] };
  return findings.find(({ rule }) => rule === 'FO101')?.message ?? '';
}

test('slaves are named with their roles; of many the first, and how many more there are', async () => {
  assert.match(await messageFor('1'), /^enp1s0nsby \(standby\) and enp2s0 \(primary\): /);
  const some = await messageFor('6');
  assert.equal(some.match(/\((?:standby|primary)\)/g)?.length, 12);
  assert.match(some, /enp11s0nsby \(standby\) and enp12s0 \(primary\): /);
  const many = await messageFor('500');
  assert.equal(many.match(/\((?:standby|primary)\)/g)?.length, 12);
  assert.match(many, / and 988 more: .* only the masters? enp1s0, .* and 488 more should$/);
});
