import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

const path = '/srv/20-wan.network';
const files = { [path]: '[Match]\nName=en*\n[Network]\nDHCP=yes\n' };

test('concise: a line a finding, path:line:column: id severity message, and what was judged on standard error', async () => {
  const system = memorySystem(files);
  assert.equal(await main(['lint', '--format', 'concise', path], system), 1);
  const lines = system.stdout.trimEnd().split('\n');
  for (const line of lines) assert.match(line, /^\/srv\/20-wan\.network:\d+:\d+: FO\d{3} (?:error|warning|info) \S/);
  assert.ok(
    lines.some((line) => /:4:\d+: FO101 error /.test(line)),
    system.stdout,
  );
  assert.match(system.stderr, /^judged: networkd \(1 file\) of \/srv; assumed: /);
});

test('--quiet leaves the line about what was judged out', async () => {
  for (const format of ['concise', 'human']) {
    const system = memorySystem(files);
    assert.equal(await main(['lint', '--quiet', '--format', format, path], system), 1);
    assert.doesNotMatch(system.stdout + system.stderr, /judged:/);
  }
});
