/** Full and read-only file systems, for real: mounted in a mount namespace of the test's own, reached through /proc/PID/root. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { applyPlan } from '../../src/install/apply.ts';
import { readManifest } from '../../src/inventory/manifest.ts';
import { planInstall, planUninstall, type Wanted } from '../../src/install/plan.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem } from '../../src/system/rooted.ts';
import { isFailure, type System } from '../../src/system/system.ts';

const guard: Wanted = { path: '/etc/systemd/network/05-guard.network', text: 'guard\n', mode: 0o644 };
const netplan: Wanted = { path: '/etc/netplan/95-failover.yaml', text: 'network: {}\n', mode: 0o600 };
const helper: Wanted = { path: '/etc/network/helper', patch: (text) => `${text}# patched\n` };

/** Runs `script` in a new mount namespace where /mnt is a tmpfs, and gives the root tree /mnt/root as a System. */
async function mountTree(t: TestContext, options: string, script: string) {
  if (spawnSync('unshare', ['-m', 'true']).status !== 0) {
    assert.notEqual(process.env['CI'], 'true', 'mount namespaces are refused');
    t.skip('needs root and mount namespaces');
    return null;
  }
  const setUp = `mount -t tmpfs -o ${options} tmpfs /mnt && mkdir -p /mnt/root/etc/network /mnt/root/var/lib
    printf '#!/bin/sh\\n' >/mnt/root/etc/network/helper; chmod 755 /mnt/root/etc/network/helper
    ${script}
    echo ready; read _`;
  const holder = spawn('unshare', ['-m', 'sh', '-ec', setUp], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => holder.stdin.end());
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.once('exit', (status) => reject(new Error(`the mount ended with ${status}`)));
  });
  const root = `/proc/${holder.pid}/root/mnt/root`;
  const listing = () => {
    const find = ['find', root, '-printf', '%P %y %m %U:%G %l\\n', '-type', 'f', '-exec', 'sha256sum', '{}', ';'];
    const listed = spawnSync('sh', ['-c', `"$@" | sort`, 'sh', ...find], { encoding: 'utf8' });
    assert.equal(listed.status, 0, listed.stderr);
    return listed.stdout;
  };
  return { root, listing, system: rootedSystem(nodeSystem(), root) };
}

function tryInstall(system: System, wanted: readonly Wanted[]) {
  const manifest = readManifest(system);
  assert.ok(typeof manifest !== 'string' && !isFailure(manifest));
  const plan = planInstall(system, wanted, 'install', manifest, false);
  assert.ok(!isFailure(plan));
  return applyPlan(system, plan);
}

test('installed and uninstalled on a real file system: the same tree, modes and owners', async (t) => {
  const mounted = await mountTree(t, 'size=1m', '');
  if (mounted === null) return;
  const { system, listing } = mounted;
  const before = listing();
  assert.equal(tryInstall(system, [guard, netplan, helper]), null);
  const installed = listing();
  assert.match(installed, /^etc\/netplan\/95-failover\.yaml f 600 0:0 $/m);
  assert.match(installed, /^etc\/network\/helper f 755 0:0 $/m);
  assert.doesNotMatch(installed, /failoverctl-(?:new|old)/);
  const manifest = readManifest(system);
  assert.ok(manifest !== null && typeof manifest !== 'string' && !isFailure(manifest));
  const plan = planUninstall(system, manifest, false);
  assert.ok(!isFailure(plan));
  assert.equal(applyPlan(system, plan), null);
  assert.equal(listing(), before);
});

test('a disk that is full at any moment: nothing is changed', async (t) => {
  for (const inodes of [9, 10, 11, 12, 14, 16, 18]) {
    const mounted = await mountTree(t, `size=1m,nr_inodes=${inodes}`, '');
    if (mounted === null) return;
    const before = mounted.listing();
    const outcome = tryInstall(mounted.system, [guard, netplan, helper]);
    if (outcome === null) {
      assert.ok(inodes >= 16, `${inodes} inodes sufficed`);
      continue;
    }
    assert.equal(outcome.failure.errno, 'ENOSPC');
    assert.ok(outcome.failure.path.startsWith(mounted.root));
    assert.deepEqual(outcome.notRestored, []);
    assert.equal(mounted.listing(), before, `${inodes} inodes`);
  }
});

test('a disk that is full of bytes: nothing is changed, no empty file is left', async (t) => {
  const fill = 'dd if=/dev/zero of=/mnt/filler bs=4096 2>/dev/null || :';
  const mounted = await mountTree(t, 'size=64k', fill);
  if (mounted === null) return;
  const before = mounted.listing();
  assert.equal(tryInstall(mounted.system, [guard, netplan, helper])?.failure.errno, 'ENOSPC');
  assert.equal(mounted.listing(), before);
});

test('one directory read-only: nothing is changed in the others', async (t) => {
  const script =
    'mkdir /mnt/root/etc/netplan; mount --bind /mnt/root/etc/netplan /mnt/root/etc/netplan; mount -o remount,ro,bind /mnt/root/etc/netplan';
  const mounted = await mountTree(t, 'size=1m', script);
  if (mounted === null) return;
  const before = mounted.listing();
  const outcome = tryInstall(mounted.system, [guard, helper, netplan]);
  assert.deepEqual(outcome?.failure, { errno: 'EROFS', path: `${mounted.root}/etc/netplan/95-failover.yaml` });
  assert.equal(mounted.listing(), before);
});
