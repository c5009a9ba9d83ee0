import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentedRules } from '../../src/commands/rule.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

async function call(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const system = memorySystem(files);
  const status = await main(args, system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('rule prints what a rule file says, by id and by name', async () => {
  const { stdout, status } = await call(['rule', 'FO101']);
  assert.equal(status, 0);
  assert.match(stdout, /^FO101 dhcp-on-slave \(error\)\n/);
  assert.match(stdout, /\nBad:\n.*\n\s+\[Match\]/);
  assert.equal((await call(['rule', 'dhcp-on-slave'])).stdout, stdout);
  assert.equal((await call(['rule', 'FO999'])).status, 2);
});

test('rule lists every rule, of guests and of domains', async () => {
  const { stdout } = await call(['rule']);
  for (const { id } of documentedRules()) assert.match(stdout, new RegExp(`^${id} `, 'm'));
  assert.match(stdout, /^FO503 /m);
});

const files = {
  '/a/05-guard.network': '[Match]\nDriver=!net_failover\n\n[Link]\nUnmanaged=yes\n',
  '/a/20-all.network': '[Match]\nName=en*\n\n[Network]\nDHCP=ipv4\n',
};

test('explain answers first: a line a phase, with file, line and reason', async () => {
  const { stdout, status } = await call(['explain', 'enp2s0', '/a'], files);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^enp2s0 \(primary\)\n {2}at boot; .*:\n {4}networkd leaves it alone: \/a\/05-guard\.network:1, because /,
  );
  assert.match(stdout, /^enp3s0 \(primary\)\n {2}after the VF came back on another slot:\n/m);
  assert.doesNotMatch(stdout, /loses/);
});

test('explain says what is done in words, and of a link that nobody takes that nobody does', async () => {
  const one = async (section: string) => {
    const text = `[Match]\nName=en*\n\n${section}\n`;
    return (await call(['explain', 'primary', '/a'], { '/a/20-all.network': text })).stdout;
  };
  assert.match(await one('[Network]\nDHCP=ipv4'), /networkd asks for an address on it: \/a\/20-all/);
  assert.match(await one('[Network]\nAddress=192.0.2.9/24'), /networkd gives it an address: /);
  assert.match(await one('[Network]\nBridge=br0'), /networkd makes it a port of 'br0': /);
  assert.match(await one('[Link]\nActivationPolicy=always-down'), /networkd keeps it down: /);
  const nobody = await call(['explain', 'primary', '/a'], {
    '/a/20.network': '[Match]\nName=br0\n[Network]\nDHCP=yes\n',
  });
  assert.match(nobody.stdout, /^ {4}nobody configures it$/m);
});

test('explain --verbose names winner and loser with file, line and reason, phase by phase', async () => {
  const { stdout, status } = await call(['explain', '--verbose', 'enp2s0', '/a'], files);
  assert.equal(status, 0);
  assert.match(stdout, /networkd: unmanaged\n\s+\/a\/05-guard\.network:1: Driver=!net_failover matches/);
  assert.match(stdout, /loses: \/a\/20-all\.network:1: Name=en\* matches\n\s+\/a\/05-guard\.network comes first/);
  assert.match(stdout, /^enp3s0 \(primary\), after the VF came back on another slot$/m);
});

test('explain --json', async () => {
  const { stdout } = await call(['explain', 'master', '--json', '/a'], files);
  const { version, decisions } = JSON.parse(stdout);
  assert.equal(version, 1);
  const networkd = decisions.find(({ manager }: { manager: string }) => manager === 'networkd');
  assert.equal(networkd.link, 'enp1s0');
  assert.deepEqual(
    networkd.winners.map(({ file, line, verdict }: Record<string, unknown>) => ({ file, line, verdict })),
    [{ file: '/a/20-all.network', line: 1, verdict: 'yes' }],
  );
  assert.equal(networkd.passed.length, 1);
});

test('explain of a link that is not there names those that are', async () => {
  const { status, stderr } = await call(['explain', 'eth7', '/a'], files);
  assert.equal(status, 3);
  assert.match(stderr, /no link 'eth7': expected one of enp1s0, enp1s0nsby, enp2s0, enp3s0/);
});
