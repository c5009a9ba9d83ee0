import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { placeFile } from '../../src/lint/guest-files.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const all = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const guard = '[Match]\nName=*\n\n[Link]\nUnmanaged=yes\n';
const hosts: Readonly<Record<string, MemoryEntry>> = {
  '/m/web/etc/systemd/network/20-all.network': all,
  '/m/db/etc/systemd/network/05-guard.network': guard,
  '/m/README.md': 'hosts\n',
};

async function lint(files: Readonly<Record<string, MemoryEntry>>, ...args: readonly string[]) {
  const system = memorySystem(files);
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('the innermost root counts', () => {
  assert.deepEqual(placeFile('/a/etc/b/etc/netplan/x.yaml'), { root: '/a/etc/b', place: '/etc/netplan/x.yaml' });
  assert.deepEqual(placeFile('/etc/netplan/x.yaml'), { root: '', place: '/etc/netplan/x.yaml' });
  assert.deepEqual(placeFile('etc/netplan/x.yaml'), { root: '.', place: '/etc/netplan/x.yaml' });
  assert.deepEqual(placeFile('x.yaml'), { root: null, place: 'x.yaml' });
});

test('each root in a walk is a guest of its own, in whatever order they are named', async () => {
  const one = await lint(hosts, '--json', '/m/web', '/m/db');
  assert.equal(one.status, 1);
  assert.deepEqual(await lint(hosts, '--json', '/m/db', '/m/web'), one);
  const { judged, passedOver, findings } = JSON.parse((await lint(hosts, '--json', '/m')).stdout);
  assert.deepEqual([judged.guests, passedOver], [['/m/db', '/m/web'], 1]);
  assert.equal(findings.find(({ rule }: { rule: string }) => rule === 'FO101').guest, '/m/web');
});

test('a tree in which nothing can be judged is not clean', async () => {
  const { status, stdout } = await lint({ '/t/etc/hostname': 'web\n' }, '--root', '/t');
  assert.equal(status, 3);
  assert.match(stdout, /^nothing was judged/m);
});

test('a file or folder that networkd cannot read is not there for it', async () => {
  const open = { '/t/etc/systemd/network/20-all.network': all };
  const closed = { ...open, '/t/etc/systemd/network/05-guard.network': { text: guard, mode: 0o600 } };
  const { stdout, status } = await lint(closed, '--root', '/t');
  assert.equal(status, 1);
  assert.match(stdout, /\[FO007\].*05-guard/);
  const folder = { '/t/etc/systemd/network': { directory: true, mode: 0o700 }, ...open } as const;
  assert.match((await lint(folder, '--root', '/t')).stdout, /\[FO007\].*mode 0700/);
});
