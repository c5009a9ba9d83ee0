import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

const guard =
  '[Match]\nPermanentMACAddress=52:54:00:00:12:53\nDriver=!net_failover\nVersion=systemd < 200\n\n[Link]\nUnmanaged=yes\n';

async function lint(...args: readonly string[]) {
  const system = memorySystem({
    '/t/etc/systemd/network/05-guard.network': guard,
    '/t/etc/systemd/network/40-lan.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n',
  });
  const paths = ['/t/etc/systemd/network/05-guard.network', '/t/etc/systemd/network/40-lan.network'];
  const status = await main(['lint', '--json', ...args, ...paths], system);
  const findings =
    system.stdout === ''
      ? []
      : (JSON.parse(system.stdout) as { findings: readonly { rule: string; message: string }[] }).findings;
  return { status, findings, stderr: system.stderr };
}

test('--target judges for another release: a guard with Version= holds before 258 and not after', async () => {
  const rulesOf = async (target: string) => (await lint('--target', target)).findings.map(({ rule }) => rule);
  assert.ok(!(await rulesOf('debian12')).includes('FO101'));
  assert.ok((await rulesOf('debian-sid')).includes('FO101'));
});

test('--diff-targets tells only what changes, and of which release it is', async () => {
  const { findings } = await lint('--diff-targets', 'debian12,debian-sid');
  assert.ok(findings.some(({ rule, message }) => rule === 'FO101' && message.startsWith('only on debian-sid: ')));
  assert.ok(findings.every(({ message }) => /^only on debian(?:12|-sid): /.test(message)));
  assert.deepEqual((await lint('--diff-targets', 'debian12,debian12')).findings, []);
});

test('a release that there is none of is a usage error with the nearest name', async () => {
  const wrong = await lint('--target', 'debain13');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /did you mean 'debian13'/);
  assert.equal((await lint('--diff-targets', 'debian12')).status, 2);
  assert.equal((await lint('--diff-targets', 'debian12,debian13', '--fix')).status, 2);
});

/** A guard in a tree, whose package database says Debian 12. */
const tree = {
  '/r/etc/systemd/network/05-guard.network': guard,
  '/r/etc/systemd/network/40-lan.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n',
  '/r/usr/lib/systemd/systemd-networkd': '',
  '/r/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  '/r/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
  '/r/var/lib/dpkg/status': 'Package: systemd\nStatus: install ok installed\nVersion: 252.38-1~deb12u1\n\n',
};

async function run(...args: readonly string[]) {
  const system = memorySystem(tree, { stdin: tree['/r/etc/systemd/network/40-lan.network'] });
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test("--target stands for a tree's own version, and the last line says which was judged", async () => {
  assert.match((await run('--root', '/r')).stdout, /^judged: networkd 252 \(2 files\) of \/r/m);
  const later = await run('--root', '/r', '--target', 'systemd=262');
  assert.match(later.stdout, /^judged: networkd 262 \(2 files\) of \/r/m);
  assert.match(later.stdout, /FO101/);
  const unknown = await run('--root', '/r', '--target', 'netplan=1.1');
  assert.match(unknown.stdout, /^judged: networkd 252/m, 'what is not set is as the tree has it');
});

test('--diff-targets of a tree: status 1 where something changes, 0 where nothing does', async () => {
  const changed = await run('--root', '/r', '--diff-targets', 'systemd=252,systemd=262');
  assert.equal(changed.status, 1);
  assert.match(changed.stdout, /FO101.*only on systemd=262: /);
  assert.doesNotMatch(changed.stdout, /only on systemd=252: .*FO101/);
  assert.equal((await run('--root', '/r', '--diff-targets', 'debian12,debian12')).status, 0);
});

test('targets of standard input, and wrong ones', async () => {
  const stdin = ['--stdin-filename', '40-lan.network', '-'];
  assert.equal((await run('--target', 'debian13', ...stdin)).status, 1);
  assert.equal((await run('--diff-targets', 'debian12,debian13', ...stdin)).status, 0, 'the catch-all is in both');
  for (const wrong of [
    ['--target', ''],
    ['--target', 'systemd='],
    ['--target', 'systemd=new'],
    ['--target', 'kernel=6.1'],
    ['--diff-targets', 'debian12,debian13,debian-sid'],
    ['--diff-targets', ','],
    ['--diff-targets', 'debian12,debain13'],
    ['--diff-targets', 'debian12,debian13', '--target', 'debian12'],
    ['--diff-targets', 'debian12,debian13', '--unsafe-fixes'],
  ]) {
    const { status, stdout, stderr } = await run('--root', '/r', ...wrong);
    assert.equal(status, 2, wrong.join(' '));
    assert.equal(stdout, '', wrong.join(' '));
    assert.match(stderr, /--(?:diff-targets|target): .*(?:expected|did you mean)/, wrong.join(' '));
  }
});
