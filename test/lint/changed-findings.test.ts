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
