import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import type { Check } from '../../src/doctor/check.ts';

type Entries = Readonly<Record<string, MemoryEntry>>;

const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  entries: Entries;
};

/** A guest that is ready but for our hooks. */
const guest: Entries = {
  ...entries,
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
  '/proc/sys/kernel/osrelease': '6.12.0-1-amd64\n',
  '/usr/sbin/update-initramfs': '',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
  '/var/lib/dpkg/status': 'Package: systemd\nStatus: install ok installed\nVersion: 252.38-1~deb12u1\n\n',
};

async function diagnose(system: MemorySystem): Promise<{ status: number; checks: ReadonlyMap<string, Check> }> {
  const before = system.stdout.length;
  const status = await main(['doctor', '--json'], system);
  const { version, checks } = JSON.parse(system.stdout.slice(before)) as { version: number; checks: readonly Check[] };
  assert.equal(version, 1);
  return { status, checks: new Map(checks.map((check) => [check.subject, check])) };
}

async function stateOf(subject: string, entriesBeside: Entries): Promise<Check> {
  const { checks } = await diagnose(memorySystem({ ...guest, ...entriesBeside }));
  const found = checks.get(subject);
  assert.ok(found, `${subject} in ${[...checks.keys()].join()}`);
  return found;
}

test('before an installation: 1, and what to do; after it: 0, and nothing to do', async () => {
  const system = memorySystem(guest);
  const before = await diagnose(system);
  assert.equal(before.status, 1);
  assert.equal(before.checks.get('hooks')?.state, 'todo');
  assert.match(before.checks.get('hooks')?.advice ?? '', /failoverctl install --now/);
  assert.equal(await main(['install'], system), 0);
  const after = await diagnose(system);
  assert.deepEqual(
    [...after.checks.values()].filter(({ state }) => state === 'todo'),
    [],
  );
  assert.equal(after.status, 0);
  assert.match(after.checks.get('hooks')?.found ?? '', /as this version writes them$/);
});

test('hooks that somebody changed, and hooks of another version', async () => {
  const system = memorySystem(guest);
  assert.equal(await main(['install'], system), 0);
  const path = '/etc/udev/rules.d/92-net-failover.rules';
  const rules = system.read(path);
  assert.ok(typeof rules === 'string');
  system.write(path, `${rules}# mine\n`);
  const changed = (await diagnose(system)).checks.get('hooks');
  assert.equal(changed?.state, 'todo');
  assert.match(changed?.found ?? '', /changed or removed .*92-net-failover\.rules/);
  // what an older version wrote stands in the manifest with its digest
  const old = '# an older version\n';
  system.write(path, old);
  const manifest = system.read('/var/lib/failoverctl/manifest.json');
  assert.ok(typeof manifest === 'string');
  const { sha256 } = await import('../../src/text/sha256.ts');
  const { encodeText } = await import('../../src/system/bytes.ts');
  const digests = [rules, old].map((text) => sha256(encodeText(text)));
  assert.ok(manifest.includes(digests[0] ?? ''), 'the digest of the rules is in the manifest');
  system.write('/var/lib/failoverctl/manifest.json', manifest.replaceAll(digests[0] ?? '', digests[1] ?? ''));
  const stale = (await diagnose(system)).checks.get('hooks');
  assert.equal(stale?.state, 'todo');
  assert.match(stale?.found ?? '', /this version would change .*92-net-failover\.rules/);
});

const kernels: readonly (readonly [release: string, state: Check['state'], found: RegExp])[] = [
  ['4.9.0-19-amd64', 'todo', /has no net_failover/],
  ['4.19.0-27-amd64', 'note', /cannot be renamed/],
  ['6.1.0-50-amd64', 'note', /IPv6 link-local/],
  ['6.12.0', 'ok', /Linux 6\.12\.0/],
];
for (const [release, state, found] of kernels) {
  test(`Linux ${release}`, async () => {
    const check = await stateOf('kernel', { '/proc/sys/kernel/osrelease': `${release}\n` });
    assert.equal(check.state, state);
    assert.match(check.found, found);
    assert.equal(check.advice === null, state === 'ok');
  });
}

test('on Hyper-V nothing of net_failover is asked for', async () => {
  const pair = JSON.parse(readFileSync('test/fixtures/guests/built-netvsc-pair.json', 'utf8')) as { entries: Entries };
  const modules = { '/usr/lib/modules/6.1.0-50-cloud-amd64/modules.dep': 'kernel/drivers/net/hyperv/hv_netvsc.ko:\n' };
  const system = memorySystem({
    ...pair.entries,
    ...modules,
    '/proc/sys/kernel/osrelease': '6.1.0-50-cloud-amd64\n',
    '/usr/lib/systemd/systemd-networkd': '',
  });
  const { checks } = await diagnose(system);
  assert.match(checks.get('failover NIC')?.found ?? '', /^netvsc eth0 \(VF enP18256s1; datapath primary\)$/);
  assert.deepEqual([checks.get('kernel')?.state, checks.get('kernel')?.advice], ['ok', null]);
  assert.equal(checks.has('modules'), false);
});

test('an image: kernels and modules are told from /usr/lib/modules, links are not known', async () => {
  const tree = (path: string) => `/mnt${path}`;
  const image = {
    [tree('/etc/os-release')]: 'PRETTY_NAME="Debian"\n',
    [tree('/usr/lib/modules/6.12.1/modules.dep')]:
      'kernel/drivers/net/virtio_net.ko.xz: kernel/drivers/net/net_failover.ko.xz\n',
    [tree('/usr/lib/modules/6.12.1/modules.builtin')]: 'kernel/net/core/failover.ko\n',
    [tree('/usr/lib/modules/6.1.2/modules.dep')]: 'kernel/drivers/net/virtio_net.ko:\n',
  };
  const system = memorySystem(image);
  await main(['doctor', '--root', '/mnt', '--json'], system);
  const { checks } = JSON.parse(system.stdout) as { checks: readonly Check[] };
  const modules = checks.filter(({ subject }) => subject === 'modules').map(({ state, found }) => `${state} ${found}`);
  assert.deepEqual(modules, [
    'todo net_failover, failover missing for 6.1.2',
    'ok virtio_net, net_failover, failover are there for 6.12.1',
  ]);
  assert.equal(checks.find(({ subject }) => subject === 'failover NIC')?.state, 'unknown');
  assert.deepEqual(system.programs, []);
});

test('the initramfs must not configure slaves', async () => {
  const asked = await stateOf('initramfs', { '/proc/cmdline': 'root=/dev/vda1 ip=dhcp\n' });
  assert.equal(asked.state, 'todo');
  assert.match(asked.found, /'ip=dhcp' in \/proc\/cmdline/);
  assert.match(asked.advice ?? '', /'failoverctl install' has hooks .*'update-initramfs -u'/);
  const done = await stateOf('initramfs', { '/run/net-enp2s0.conf': 'DEVICE=enp2s0\n' });
  assert.match(done.found, /has configured enp2s0/);
  assert.equal((await stateOf('initramfs', { '/run/net-enp1s0.conf': '' })).state, 'ok', "the master's own");
  assert.equal((await stateOf('initramfs', { '/proc/cmdline': 'ip=:::::enp1s0:dhcp' })).state, 'ok');
});

test('an initramfs that is asked to configure links, and has our hooks', async () => {
  for (const maker of ['/usr/sbin/update-initramfs', '/usr/bin/dracut']) {
    const { '/usr/sbin/update-initramfs': _, ...rest } = guest;
    const system = memorySystem({ ...rest, [maker]: '', '/proc/cmdline': 'root=/dev/vda1 ip=dhcp\n' });
    assert.equal(await main(['install'], system), 0);
    const { status, checks } = await diagnose(system);
    assert.equal(checks.get('initramfs')?.state, 'note');
    assert.match(
      checks.get('initramfs')?.advice ?? '',
      /'(?:update-initramfs -u|dracut --force)' if it has not been run/,
    );
    assert.equal(checks.get('configuration')?.state, 'ok', checks.get('configuration')?.found);
    assert.equal(status, 0);
  }
});

test('cloud-init: off, configured, and too old for a fallback', async () => {
  const installed = { '/usr/bin/cloud-init': '' };
  const version = (text: string) => ({
    '/var/lib/dpkg/status': `Package: cloud-init\nStatus: install ok installed\nVersion: ${text}\n\n`,
  });
  assert.match((await stateOf('cloud-init', {})).found, /not installed/);
  assert.match(
    (await stateOf('cloud-init', { ...installed, '/etc/cloud/cloud-init.disabled': '' })).found,
    /disabled by/,
  );
  const off = { '/etc/cloud/cloud.cfg.d/99-x.cfg': 'network: {config: disabled}\n' };
  assert.match((await stateOf('cloud-init', { ...installed, ...off })).found, /leaves the network alone/);
  const seed = { '/var/lib/cloud/seed/nocloud/network-config': 'version: 2\nethernets: {a: {dhcp4: true}}\n' };
  assert.match((await stateOf('cloud-init', { ...installed, ...seed })).found, /from the datasource/);
  assert.equal((await stateOf('cloud-init', { ...installed, ...version('18.3-6') })).state, 'todo');
  assert.equal((await stateOf('cloud-init', { ...installed, ...version('22.4.2-1') })).state, 'note');
});

test("cloud-init's hot-plug hook is told of where it is there", async () => {
  assert.equal((await diagnose(memorySystem(guest))).checks.has('cloud-init hot-plug'), false);
  const hook = { '/etc/udev/rules.d/90-cloud-init-hook-hotplug.rules': 'ACTION=="add|remove"\n' };
  const { state, found, advice } = await stateOf('cloud-init hot-plug', hook);
  assert.equal(state, 'note');
  assert.match(found, /cloud-init-hotplugd\.service fails/);
  assert.match(advice ?? '', /'updates: network: when:'/);
});

test('an old manager, and none', async () => {
  const old = { '/var/lib/dpkg/status': 'Package: systemd\nStatus: install ok installed\nVersion: 241-7\n\n' };
  assert.equal((await stateOf('networkd', old)).state, 'todo');
  const system = memorySystem({ ...entries });
  assert.equal((await diagnose(system)).checks.get('managers')?.state, 'todo');
});

test('for people: a table, then what to do', async () => {
  const system = memorySystem(guest);
  assert.equal(await main(['doctor'], system), 1);
  assert.match(system.stdout, /^CHECK +STATE +FOUND\n/);
  assert.match(
    system.stdout,
    /^failover NIC +ok +net_failover enp1s0 \(standby enp1s0nsby, primary enp2s0; datapath primary\)$/m,
  );
  assert.match(system.stdout, /\n\nto do, hooks: 'failoverctl install --now'/);
});

test('of a snapshot doctor says what it says of the guest', async () => {
  const system = memorySystem(guest);
  await main(['doctor'], system);
  const said = system.stdout;
  await main(['snapshot'], system);
  const recorded = memorySystem({ '/s': system.stdout.slice(said.length) });
  await main(['doctor', '--snapshot', '/s'], recorded);
  assert.equal(recorded.stdout, said);
});

test('it also says so where a file that was altered has a secret, which is left out of the copy too', async () => {
  const { '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': _, ...rest } = guest;
  const system = memorySystem({
    ...rest,
    '/usr/sbin/ifup': '',
    '/etc/network/interfaces': 'auto wlan0\niface wlan0 inet dhcp\n  wpa-psk sesame\n',
  });
  assert.equal(await main(['install', '--manager', 'ifupdown'], system), 0, system.stderr);
  assert.match(String(system.read('/etc/network/interfaces')), /sesame[^]*source /, 'install has altered it');
  const ask = async (args: readonly string[], asked: MemorySystem): Promise<string> => {
    const before = asked.stdout.length;
    await main(args, asked);
    return asked.stdout.slice(before);
  };
  const said = await ask(['doctor'], system);
  assert.match(said, /as this version writes them/);
  const snapshot = await ask(['snapshot'], system);
  assert.ok(!snapshot.includes('sesame'));
  assert.match(snapshot, /wpa-psk, in its copy of \/etc\/network\/interfaces/);
  const recorded = memorySystem({ '/s': snapshot });
  assert.equal(await ask(['doctor', '--snapshot', '/s'], recorded), said);
  const taken = await ask(['uninstall', '--dry-run', '--diff'], system);
  assert.match(taken, /^--- a\/etc\/network\/interfaces$/m);
  assert.equal(
    await ask(['uninstall', '--dry-run', '--diff', '--snapshot', '/s'], recorded),
    taken.replaceAll('sesame', 'xxxxxx'),
    'without the secret in its lines',
  );
  assert.equal(await main(['uninstall', '--snapshot', '/s'], recorded), 2);
});
