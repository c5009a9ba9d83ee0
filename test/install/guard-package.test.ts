/** The package failoverctl-guard, and an installation where it is: neither twice, nor one against the other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { loadRenderings } from '../../src/managers/all.ts';
import { renderGuardPackage } from '../../src/install/guard-package.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import { treeOf } from './tree.ts';

type Entries = Readonly<Record<string, MemoryEntry>>;

const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  entries: Entries;
};
const wants = '/etc/systemd/system/multi-user.target.wants';
const guest: Entries = {
  ...entries,
  '/usr/lib/systemd/systemd': '',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  [`${wants}/systemd-networkd.service`]: { link: '/usr/lib/systemd/system/systemd-networkd.service' },
};
const rulesPath = '/usr/lib/udev/rules.d/92-net-failover.rules';

/** The guest with the package in it; `alter` makes another version of it. */
async function withPackage(beside: Entries = {}, alter: (path: string, text: string) => string = (_, text) => text) {
  const system = memorySystem({ ...guest, ...beside });
  for (const { path, text, mode } of renderGuardPackage(await loadRenderings())) {
    assert.equal(system.remove(path)?.errno ?? 'ENOENT', 'ENOENT');
    let at = path.indexOf('/', 1);
    for (; at > 0; at = path.indexOf('/', at + 1)) system.makeDirectory(path.slice(0, at), 0o755);
    assert.equal(system.create(path, alter(path, text), mode), null, path);
  }
  return system;
}

async function run(system: MemorySystem, ...args: readonly string[]) {
  const [out, err] = [system.stdout.length, system.stderr.length];
  const status = await main(args, system);
  return { status, stdout: system.stdout.slice(out), stderr: system.stderr.slice(err) };
}

const added = (before: object, system: MemorySystem) =>
  Object.keys(treeOf(system)).filter(
    (path) => !Object.hasOwn(before, path) && !path.endsWith('/failoverctl.lock') && path !== '/run',
  );

test('all that it holds comes from what install writes, where a package puts it', async () => {
  const files = renderGuardPackage(await loadRenderings());
  const paths = files.map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  // ifupdown reads no other place; everything else leaves /etc to the administrator
  assert.deepEqual(
    paths.filter((path) => !path.startsWith('/usr/')),
    ['/etc/network/if-pre-up.d/net-failover'],
  );
  for (const { path, text } of files.filter(({ path: one }) => !one.endsWith('guard.json'))) {
    assert.match(text, /^# From: failoverctl generate guard$/m, path);
    assert.doesNotMatch(text, /\/usr\/local|52:54/, path);
  }
});

test('beside it, --guard-only writes nothing for an image, and --dhcp4 the master alone', async () => {
  const system = await withPackage();
  const before = treeOf(system);
  const first = await run(system, 'install', '--generic', '--guard-only');
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /failoverctl-guard has the guards \(7 files\)/);
  assert.deepEqual(added(before, system), []);
  assert.equal((await run(system, 'install', '--generic', '--dhcp4')).status, 0);
  const written = added(before, system);
  assert.ok(written.includes('/etc/systemd/network/06-failover-master.network'), written.join(' '));
  assert.deepEqual(
    written.filter((path) => /slaves|rules|release|forget/.test(path)),
    [],
  );
  const again = await run(system, 'install', '--generic', '--dhcp4');
  assert.match(again.stdout, /nothing to change/);
  assert.equal((await run(system, 'uninstall')).status, 0);
  assert.deepEqual(added(before, system), []);
  for (const [path, state] of Object.entries(before)) assert.deepEqual(treeOf(system)[path], state, path);
});

test('in the guest it adds the guard by MAC', async () => {
  const system = await withPackage();
  const before = treeOf(system);
  assert.equal((await run(system, 'install', '--guard-only')).status, 0);
  assert.deepEqual(
    added(before, system).filter((path) => /^\/etc\/.*\.\w+$/.test(path)),
    ['/etc/systemd/network/05-failover-slaves-by-mac.network'],
  );
});

test('a package of another version is hidden as a whole: rules go with the scripts that they name', async () => {
  const system = await withPackage({}, (path, text) => (path === rulesPath ? `${text}# of an older version\n` : text));
  const before = treeOf(system);
  assert.equal((await run(system, 'install', '--generic', '--guard-only')).status, 0);
  const written = added(before, system);
  for (const path of [
    '/etc/udev/rules.d/92-net-failover.rules',
    '/etc/systemd/network/05-failover-slaves.network',
    '/usr/local/lib/failoverctl/release-slave',
  ])
    assert.ok(written.includes(path), `${path} in ${written.join(' ')}`);
  for (const [path, state] of Object.entries(before)) assert.deepEqual(treeOf(system)[path], state, path);
});

test("what has one place alone stays the package's", async () => {
  const beside = {
    '/usr/sbin/ifup': '',
    '/usr/sbin/ifquery': '',
    '/usr/share/doc/ifupdown/copyright': '',
    '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n',
    '/etc/systemd/system/network-online.target.wants/networking.service': {
      link: '/usr/lib/systemd/system/networking.service',
    },
    '/usr/lib/systemd/system/networking.service': '[Install]\nWantedBy=network-online.target\n',
  };
  const hook = '/etc/network/if-pre-up.d/net-failover';
  const system = await withPackage(beside, (path, text) => (path === hook ? `${text}# older\n` : text));
  const before = treeOf(system);
  const { status, stderr } = await run(system, 'install', '--guard-only', '--manager', 'ifupdown');
  assert.equal(status, 0, stderr);
  assert.ok(added(before, system).includes('/etc/systemd/system/networking.service.d/failover.conf'));
  assert.deepEqual(treeOf(system)[hook], before[hook]);
  assert.equal((await run(system, 'uninstall')).status, 0);
  assert.deepEqual(treeOf(system)[hook], before[hook]);
});

test('an installation from before the package goes out of its way', async () => {
  const early = memorySystem(guest);
  assert.equal((await run(early, 'install', '--guard-only')).status, 0);
  assert.ok(Object.hasOwn(treeOf(early), '/etc/udev/rules.d/92-net-failover.rules'));
  for (const { path, text, mode } of renderGuardPackage(await loadRenderings())) {
    let at = path.indexOf('/', 1);
    for (; at > 0; at = path.indexOf('/', at + 1)) early.makeDirectory(path.slice(0, at), 0o755);
    assert.equal(early.create(path, text, mode), null);
  }
  const doctor = await run(early, 'doctor');
  assert.match(doctor.stdout, /this version would change .*92-net-failover\.rules/);
  assert.equal((await run(early, 'install', '--guard-only')).status, 0);
  const left = Object.keys(treeOf(early));
  assert.ok(!left.includes('/etc/udev/rules.d/92-net-failover.rules'));
  assert.ok(left.includes('/etc/systemd/network/05-failover-slaves-by-mac.network'));
  assert.ok(left.includes(rulesPath));
});

test('it is no evidence of a manager', async () => {
  const bare = memorySystem(guest);
  bare.remove(`${wants}/systemd-networkd.service`);
  const system = await withPackage();
  system.remove(`${wants}/systemd-networkd.service`);
  const managers = async (one: MemorySystem) =>
    (await run(one, 'install', '--dry-run', '--guard-only', '--manager', 'networkd')).stdout
      .split('\n')
      .filter((line) => /^(?:networkd|ifupdown|networkmanager|dhcpcd|netplan) /.test(line));
  const found = await managers(system);
  assert.equal(found.length > 3, true);
  assert.deepEqual(found, await managers(bare));
});

test('doctor names it, whole, changed, of another version, or with a list that cannot be read', async () => {
  const line = async (system: MemorySystem) => {
    const { stdout } = await run(system, 'doctor', '--json');
    const { checks } = JSON.parse(stdout) as { checks: readonly { subject: string; state: string; found: string }[] };
    return checks.find(({ subject }) => subject === 'guard package');
  };
  assert.equal(await line(memorySystem(guest)), undefined);
  const system = await withPackage();
  assert.equal((await line(system))?.state, 'ok');
  const { stdout } = await run(system, 'doctor');
  assert.match(stdout, /hooks +ok +only those of the package failoverctl-guard/);
  const rules = system.read(rulesPath);
  assert.ok(typeof rules === 'string');
  system.write(rulesPath, `${rules}# mine\n`);
  const changed = await line(system);
  assert.deepEqual([changed?.state, changed?.found.includes(rulesPath)], ['todo', true]);
  system.write(rulesPath, rules);
  const list = '/usr/share/failoverctl/guard.json';
  const text = system.read(list);
  assert.ok(typeof text === 'string');
  const { files, ...rest } = JSON.parse(text) as { files: readonly { path: string }[] };
  system.write(list, JSON.stringify({ ...rest, files: files.filter(({ path }) => path !== rulesPath) }));
  const other = await line(system);
  assert.deepEqual([other?.state, other?.found.includes(rulesPath)], ['note', true]);
  system.write(list, '{');
  assert.equal((await line(system))?.state, 'todo');
  const install = await run(system, 'install', '--guard-only');
  assert.equal(install.status, 3);
  assert.match(install.stderr, /guard\.json' is damaged: it is not JSON; reinstall failoverctl-guard; nothing/);
});

test('uninstall says whose the guards are that stay', async () => {
  const { status, stdout } = await run(await withPackage(), 'uninstall');
  assert.equal(status, 0);
  assert.match(stdout, /nothing is installed: .*; the guards are of the package failoverctl-guard/);
});

test('generate guard takes nothing but --out', async () => {
  const system = memorySystem();
  for (const words of [['--generic'], ['--dhcp4'], ['--config-version', '1'], ['--root', '/']]) {
    const { status, stderr } = await run(system, 'generate', 'guard', ...words);
    assert.equal(status, 2);
    assert.match(stderr, /--(?:generic|dhcp4|config-version|root) means nothing with guard/);
  }
  assert.equal((await run(system, 'generate', 'guard', '--out', '/o')).status, 0);
  assert.ok(Object.hasOwn(treeOf(system), `/o${rulesPath}`));
});
