/** docs/comparison.md claims nothing that the measurements do not have, or that is not shown here. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

const page = readFileSync('docs/comparison.md', 'utf8');
const measurements = readFileSync('docs/measurements.md', 'utf8');

const [, table = ''] = /<!-- stacks -->([^]*?)<!-- \/stacks -->/.exec(measurements) ?? [];
const rows = table
  .split('\n')
  .filter((line) => /^\| .* \| (?:bookworm|trixie) \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, stack = '', , untouched, ...ways]) => ({ stack, untouched, ways: ways.slice(0, -1) }));

test('the numbers of stacks are those of the table', () => {
  const right = (stacks: typeof rows) => stacks.filter(({ untouched }) => untouched === 'right').length;
  assert.ok(page.includes(`| ${right(rows)} of ${rows.length} stacks are right untouched;`));
  const ofCloudInit = rows.filter(({ stack }) => stack.startsWith('cloud-init: '));
  assert.ok(page.includes(`| ${right(ofCloudInit)} of ${ofCloudInit.length} stacks are right |`));
  const good = rows.filter(({ ways }) => ways.length === 3 && ways.every((way) => way === 'right'));
  assert.ok(page.includes(`| ${good.length} of ${rows.length} stacks are right, by image,`));
});

test('what is said of hand-written guards, of names and of the cost stands in the measurements', () => {
  for (const words of [
    "| networkd, guard by MAC, or by udev property | right; slaves have IPv6, the master's fails DAD |",
    '| netplan, `match: {driver: net_failover}` | right; slaves have IPv6 |',
    'Our rules numbered 05 instead of 92 miss 6 of 8 VFs',
    'is enough from Linux 6.2 on, except under NetworkManager',
  ])
    assert.ok(measurements.includes(words), words);
  const [, factor] = /^\| a master +\|[^|]*\| (\d\.\d+) \(\+2\)/m.exec(measurements) ?? [];
  assert.ok(page.includes(`takes ${Number(factor).toFixed(1)} times as long (two processes more)`), factor);
  for (const link of ['a virtual link', 'an ordinary NIC', 'a standby', 'a primary'])
    assert.match(measurements, new RegExp(`^\\| ${link} +\\|[^|]*\\| \\d\\.\\d+ \\(\\+0\\)`, 'm'), link);
});

const azure = join(
  process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'),
  'azure-vm-utils',
);
const missing = existsSync(azure) ? false : `${azure} is missing`;

test('azure-vm-utils leaves the slaves of net_failover to networkd', { skip: missing }, async () => {
  const catchAll = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
  const lint = async (files: Readonly<Record<string, string>>) => {
    const system = memorySystem({ '/m/etc/systemd/network/20-all.network': catchAll, ...files });
    await main(['lint', '--root', '/m', '--format', 'concise'], system);
    return system.stdout;
  };
  const paths = [
    '/usr/lib/udev/rules.d/10-azure-unmanaged-sriov.rules',
    '/usr/lib/systemd/network/01-azure-unmanaged-sriov.network',
  ];
  const found = await lint(Object.fromEntries(paths.map((path) => [`/m${path}`, readFileSync(azure + path, 'utf8')])));
  assert.match(found, /FO302/);
  const claimed = (text: string) => text.split('\n').filter((line) => line.includes('FO101'));
  assert.match(claimed(found).join(), /standby\) and \S+ \(primary\)/);
  assert.deepEqual(claimed(found), claimed(await lint({})), 'as without it');
});
