/** Image-based systems: what an installation writes has to be where an upgrade brings it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';

const networkd: Readonly<Record<string, MemoryEntry>> = {
  '/mnt/usr/lib/systemd/systemd': '',
  '/mnt/usr/lib/systemd/systemd-networkd': '',
  '/mnt/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  '/mnt/usr/lib/systemd/network/20-all.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n',
};
const wants = { link: '/usr/lib/systemd/system/systemd-networkd.service' };
const enabled = 'systemd/system/multi-user.target.wants/systemd-networkd.service';
const bootc = { ...networkd, [`/mnt/etc/${enabled}`]: wants, '/mnt/usr/lib/bootc/kargs.d/x.toml': '' };

async function run(system: ReturnType<typeof memorySystem>, ...args: readonly string[]) {
  const from = system.stdout.length;
  const status = await main(args, system);
  return { status, stdout: system.stdout.slice(from), stderr: system.stderr };
}

const paths = (system: ReturnType<typeof memorySystem>) => Object.keys(treeOf(system));

test('bootc: all of it goes into /usr/lib, nothing into /var, /usr/local or /etc; a second run changes nothing', async () => {
  const system = memorySystem(bootc);
  const before = new Set(paths(system));
  const { status, stderr } = await run(system, 'install', '--root', '/mnt', '--dhcp4');
  assert.equal(status, 0, stderr);
  const made = paths(system).filter(
    (path) => !before.has(path) && !path.endsWith('failoverctl.lock') && path !== '/mnt/run',
  );
  assert.ok(made.includes('/mnt/usr/lib/failoverctl/release-slave'), made.join('\n'));
  assert.ok(made.includes('/mnt/usr/share/failoverctl/manifest.json'));
  assert.ok(made.includes('/mnt/usr/lib/udev/rules.d/92-net-failover.rules'));
  assert.deepEqual(
    made.filter((path) => !/^\/mnt\/usr\/(?:lib|share)(?:\/|$)/.test(path)),
    [],
  );
  const texts = made.map((path) => system.read(path)).filter((text) => typeof text === 'string');
  assert.ok(
    texts.every((text) => !/^[^#]*\/usr\/local/m.test(text)),
    'nothing calls what is not there',
  );
  const again = await run(system, 'install', '--root', '/mnt', '--dhcp4');
  assert.deepEqual([again.status, again.stdout.includes('nothing to change')], [0, true], again.stdout);
});

test('lint, doctor and uninstall know it; without the image it would have been put elsewhere', async () => {
  const system = memorySystem(bootc);
  const before = treeOf(system);
  await run(system, 'install', '--root', '/mnt', '--dhcp4');
  assert.equal((await run(system, 'lint', '--root', '/mnt')).status, 0, system.stdout);
  const doctor = await run(system, 'doctor', '--root', '/mnt');
  assert.match(doctor.stdout, /hooks +ok/, doctor.stdout);
  assert.equal((await run(system, 'uninstall', '--root', '/mnt')).status, 0, system.stderr);
  const { '/mnt/run/failoverctl.lock': _lock, '/mnt/run': _run, ...after } = treeOf(system);
  assert.deepEqual(after, before);
  const plain = memorySystem({ ...networkd, [`/mnt/etc/${enabled}`]: wants });
  await run(plain, 'install', '--root', '/mnt', '--dhcp4');
  assert.ok(paths(plain).includes('/mnt/usr/local/lib/failoverctl/release-slave'));
  assert.equal((await run(plain, 'install', '--now', '--vendor')).status, 2);
});

test('a tree with /usr/etc and no /etc is read and written there', async () => {
  const system = memorySystem({
    ...networkd,
    [`/mnt/usr/etc/${enabled}`]: wants,
    '/mnt/usr/etc/systemd/network/10-lan.network': '[Match]\nName=eth*\n\n[Network]\nDHCP=yes\n',
    '/mnt/ostree/repo/config': '',
  });
  const lint = await run(system, 'lint', '--root', '/mnt');
  assert.match(lint.stdout, /networkd \(2 files\)/);
  const { status, stderr } = await run(system, 'install', '--root', '/mnt', '--guard-only');
  assert.equal(status, 0, stderr);
  assert.ok(!paths(system).some((path) => path.startsWith('/mnt/etc/')));
});

const trixie = join(
  process.env['FAILOVERCTL_ORACLES'] ?? join(process.env['HOME'] ?? '/root', '.cache/failoverctl-oracles'),
  'trixie',
);

test('a confext: files of /etc alone, scripts too, with its extension-release', async () => {
  const system = memorySystem({ ...networkd, [`/mnt/etc/${enabled}`]: wants });
  const { status, stdout } = await run(system, 'install', '--root', '/mnt', '--dhcp4', '--confext', '/out/failover');
  assert.equal(status, 0, system.stderr);
  assert.equal(system.read('/out/failover/etc/extension-release.d/extension-release.failover'), 'ID=_any\n');
  assert.match(stdout, /wrote \/out\/failover\/etc\/failoverctl\/release-slave/);
  assert.ok(paths(system).every((path) => !path.startsWith('/out/failover/') || path.startsWith('/out/failover/etc')));
  assert.ok(!paths(system).includes('/mnt/etc/udev/rules.d/92-net-failover.rules'), 'nothing is written into the tree');
  assert.equal((await run(system, 'install', '--root', '/mnt', '--confext', '/out/..')).status, 2);
});

const skip =
  process.geteuid?.() !== 0
    ? 'not root: no namespaces can be made'
    : existsSync(`${trixie}/usr/bin/systemd-confext`)
      ? false
      : `${trixie}/usr/bin/systemd-confext is missing (node test/setup-oracles.mjs makes it)`;

test('systemd-confext of Debian 13 and unstable merges it', { skip }, async () => {
  const memory = memorySystem({ ...networkd, [`/mnt/etc/${enabled}`]: wants });
  await run(memory, 'install', '--root', '/mnt', '--dhcp4', '--confext', '/out/failover');
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-confext-'));
  try {
    const disk = nodeSystem();
    for (const [path, entry] of Object.entries(treeOf(memory))) {
      if (!path.startsWith('/out/failover/') || typeof memory.read(path) !== 'string') continue;
      const target = work + path.slice('/out'.length);
      spawnSync('mkdir', ['-p', target.slice(0, target.lastIndexOf('/'))]);
      assert.equal(disk.create(target, String(memory.read(path)), 0o644), null, JSON.stringify(entry));
    }
    for (const root of [trixie, trixie.replace('trixie', 'sid')]) {
      const script = `mount --make-rprivate /; mount --bind "$1" "$1"; mount --make-shared "$1"; mount -t tmpfs t "$1/run"; mkdir -p "$1/run/confexts"; cp -a "$2/failover" "$1/run/confexts/"
mount -t proc p "$1/proc"; mount -t sysfs s "$1/sys"; chroot "$1" env SYSTEMD_LOG_LEVEL=info systemd-confext merge --mutable=no 2>&1
chroot "$1" systemd-confext status 2>&1; ls "$1/etc/udev/rules.d" "$1/etc/failoverctl"; chroot "$1" systemd-confext unmerge 2>&1`;
      const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', root, work], { encoding: 'utf8' });
      assert.match(stdout, /Using extensions? '?failover/i, `${root}: ${stdout}`);
      assert.ok(/92-net-failover\.rules/.test(stdout) && stdout.includes('release-slave'), `${root}: ${stdout}`);
    }
  } finally {
    rmSync(work, { recursive: true });
  }
});
