import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

async function generate(...args: readonly string[]) {
  const system = memorySystem({});
  const status = await main(['generate', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

for (const [format, name] of [
  ['ignition', 'a.ign'],
  ['butane', 'a.bu'],
] as const)
  test(`${format}: what is printed is read by lint, is clean, and its scripts are where its units call them`, async () => {
    const { status, stdout } = await generate(format);
    assert.equal(status, 0);
    const plain = format === 'ignition' ? decodeURIComponent(stdout) : stdout;
    assert.doesNotMatch(plain, /\/usr\/local/);
    for (const path of [
      '/etc/udev/rules.d/92-net-failover.rules',
      '/etc/failoverctl/release-slave',
      '/etc/systemd/network/05-failover-slaves.network',
    ])
      assert.ok(plain.includes(path), path);
    assert.match(plain, /ExecStart=\/bin\/sh \/etc\/failoverctl\/release-slave %i/);
    const system = memorySystem({ [`/m/${name}`]: stdout });
    assert.equal(await main(['lint', `/m/${name}`], system), 0, system.stdout + system.stderr);
    assert.match(system.stdout, /judged: .*networkd \(\d+ files?/);
  });

test('kickstart: its %post writes the files with their modes, under sh', async () => {
  const { stdout } = await generate('kickstart', '--dhcp4', '--ra');
  assert.doesNotMatch(stdout, /systemd\/network/);
  const body = stdout.replace(/^%post.*\n/m, '').replace(/^%end\n/m, '');
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-kickstart-'));
  try {
    const there = body.replaceAll("'/etc/", `'${root}/etc/`).replaceAll("'/usr/", `'${root}/usr/`);
    const { status, stderr } = spawnSync('sh', ['-c', there], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    const profile = join(root, 'etc/NetworkManager/system-connections/failover-master.nmconnection');
    assert.equal(statSync(profile).mode & 0o777, 0o600);
    assert.match(readFileSync(profile, 'utf8'), /^\[connection\]$/m);
    assert.equal(statSync(join(root, 'usr/local/lib/failoverctl/release-slave')).mode & 0o777, 0o755);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('what is not for any guest is a usage error; --out and --manager', async () => {
  assert.equal((await generate('ignition', '--name', 'enp1s0')).status, 2);
  assert.equal((await generate('networkd', '--manager', 'networkd', '--generic')).status, 2);
  assert.equal((await generate('butane', '--manager', 'nobody')).status, 2);
  const alone = await generate('butane', '--manager', 'networkd');
  assert.doesNotMatch(alone.stdout, /NetworkManager\/system-connections/);
  const system = memorySystem({ '/out': { directory: true } } as never);
  assert.equal(await main(['generate', 'ignition', '--out', '/out'], system), 0, system.stderr);
  assert.equal(typeof system.read('/out/failover.ign'), 'string');
});
