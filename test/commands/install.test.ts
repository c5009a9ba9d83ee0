import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { isFailure } from '../../src/system/system.ts';
import { memorySystem, type MemoryEntry, type MemoryOptions, type MemorySystem } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';
import { loopback, netdev, triple } from '../topology/sysfs.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const catchAll =
  'network:\n  version: 2\n  ethernets:\n    all-en:\n      match:\n        name: en*\n      dhcp4: true\n';
const helper = `#!/bin/sh
# Brings up a link.

set -eu
sed "s/\\$INTERFACE/$INTERFACE/g" /etc/network/cloud-interfaces-template >/run/network/interfaces.d/$INTERFACE
`;
const image: Tree = {
  '/etc/hostname': 'guest\n',
  '/etc/machine-id': '',
  '/usr/sbin/netplan': '',
  '/usr/sbin/ifup': '',
  '/usr/lib/systemd/systemd-networkd': '',
  '/etc/netplan/90-default.yaml': { text: catchAll, mode: 0o600 },
  '/etc/network/cloud-ifupdown-helper': { text: helper, mode: 0o755 },
};
const networkdGuest: Tree = {
  ...loopback,
  ...triple(),
  '/etc/hostname': 'guest\n',
  '/etc/machine-id': '0\n',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': { link: '/x' },
};
const wired = (text: string): Tree => ({ '/etc/systemd/network/20-wired.network': text });

async function run(system: MemorySystem, ...args: readonly string[]) {
  const [out, err] = [system.stdout.length, system.stderr.length];
  const status = await main(args, system);
  return { status, stdout: system.stdout.slice(out), stderr: system.stderr.slice(err) };
}

const below = (root: string, tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([path, entry]) => [root + path, entry]));

test('an image: files for any guest, nothing is run, a second run changes nothing, uninstall restores every byte', async () => {
  const system = memorySystem(below('/mnt', image));
  const before = treeOf(system);
  const first = await run(system, 'install', '--root', '/mnt');
  assert.deepEqual([first.status, first.stderr], [0, '']);
  assert.match(
    first.stdout,
    /^netplan +in use, configures the master +\/etc\/netplan\/90-default\.yaml, renderer networkd$/m,
  );
  assert.match(first.stdout, /^changed \/etc\/network\/cloud-ifupdown-helper$/m);
  const after = treeOf(system);
  const written = Object.keys(after).filter((path) => !(path in before));
  for (const path of [
    '/mnt/etc/udev/rules.d/92-net-failover.rules',
    '/mnt/etc/systemd/network/05-failover-slaves.network',
    '/mnt/etc/network/if-pre-up.d/net-failover',
    '/mnt/etc/netplan/95-failover.yaml',
    '/mnt/var/lib/failoverctl/manifest.json',
  ]) {
    assert.ok(written.includes(path), path);
  }
  assert.ok(written.every((path) => path.startsWith('/mnt/')));
  const again = await run(system, 'install', '--root', '/mnt');
  assert.equal(again.status, 0);
  assert.match(again.stdout, /nothing to change: it is installed already\n$/);
  assert.deepEqual(treeOf(system), after);
  assert.deepEqual((await run(system, 'uninstall', '--root', '/mnt')).status, 0);
  assert.deepEqual(treeOf(system), before);
  assert.deepEqual(system.programs, []);
});

const follower = [
  '/etc/systemd/system/net-failover-promiscuity.service',
  '/etc/udev/rules.d/93-net-failover-promiscuity.rules',
  '/usr/local/lib/failoverctl/follow-promiscuity',
];

test('--bridge: what passes promiscuous mode on is in the manifest, goes without the option, and with uninstall', async () => {
  const system = memorySystem(below('/mnt', image));
  const before = treeOf(system);
  const there = () => follower.filter((path) => system.files.has(`/mnt${path}`));
  assert.equal((await run(system, 'install', '--root', '/mnt', '--bridge')).status, 0);
  assert.deepEqual(there(), follower);
  const manifest = String(system.read('/mnt/var/lib/failoverctl/manifest.json'));
  for (const path of follower) assert.ok(manifest.includes(path), path);
  assert.match(manifest, /failoverctl install --generic --bridge/);
  const again = await run(system, 'install', '--root', '/mnt', '--bridge');
  assert.match(again.stdout, /nothing to change/);
  assert.equal((await run(system, 'install', '--root', '/mnt')).status, 0);
  assert.deepEqual(there(), [], 'an installation is what its last command says');
  assert.equal((await run(system, 'install', '--root', '/mnt', '--bridge')).status, 0);
  assert.equal((await run(system, 'uninstall', '--root', '/mnt')).status, 0);
  assert.deepEqual(treeOf(system), before);
});

test('--bridge --vendor: the script and who starts it lie in /usr', async () => {
  const system = memorySystem(below('/mnt', image));
  assert.equal((await run(system, 'install', '--root', '/mnt', '--bridge', '--vendor')).status, 0);
  assert.match(
    String(system.read('/mnt/usr/lib/systemd/system/net-failover-promiscuity.service')),
    /^ExecStart=\/usr\/lib\/failoverctl\/follow-promiscuity$/m,
  );
  assert.ok(system.files.has('/mnt/usr/lib/failoverctl/follow-promiscuity'));
});

test('an image whose masters the cloud helper configures: patched, it still does, and a second run adds no stanza', async () => {
  const { '/etc/netplan/90-default.yaml': _, ...ifupdownImage } = image;
  const rule =
    'SUBSYSTEM=="net", ACTION=="add", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n';
  const system = memorySystem(
    below('/mnt', {
      ...ifupdownImage,
      '/etc/udev/rules.d/75-cloud-ifupdown.rules': rule,
      '/etc/network/cloud-interfaces-template':
        'auto $INTERFACE\nallow-hotplug $INTERFACE\n\niface $INTERFACE inet dhcp\n',
      '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nsource-directory /run/network/interfaces.d\n',
    }),
  );
  const first = await run(system, 'install', '--root', '/mnt');
  assert.equal(first.status, 0);
  assert.match(first.stdout, /^enp1s0 is configured by .*: that is kept$/m);
  const after = treeOf(system);
  const again = await run(system, 'install', '--root', '/mnt');
  assert.match(again.stdout, /nothing to change: it is installed already\n$/);
  assert.deepEqual(treeOf(system), after);
});

test("an image's catch-all is followed by the master's own file, which asks for what it asks for", async () => {
  const system = memorySystem(below('/mnt', image));
  await run(system, 'install', '--root', '/mnt');
  const yaml = String(system.read('/mnt/etc/netplan/95-failover.yaml'));
  assert.match(yaml, /dhcp4: true\n +dhcp6: false|dhcp4: true\n(?! +dhcp6: true)/);
  assert.match(yaml, /accept-ra: true/);
});

test('what does more than ask is kept: a static address, a bridge', async () => {
  for (const more of ['      addresses: [192.0.2.5/24]\n', '  bridges:\n    br0:\n      interfaces: [all-en]\n']) {
    const system = memorySystem(below('/mnt', { ...image, '/etc/netplan/90-default.yaml': catchAll + more }));
    const { stdout, status } = await run(system, 'install', '--root', '/mnt');
    assert.equal(status, 0);
    assert.match(stdout, /is configured by \/etc\/netplan\/90-default\.yaml:\d+: that is kept/);
    assert.equal(system.files.has('/mnt/etc/netplan/95-failover.yaml'), false);
    assert.equal(system.files.has('/mnt/etc/systemd/network/05-failover-slaves.network'), true);
  }
});

test("a running guest's master that is configured stays so; one that is not gets DHCP", async () => {
  for (const [file, kept] of [
    ['[Match]\nName=en*\n[Network]\nDHCP=yes\n', true],
    ['[Match]\nName=ens10\n[Network]\nAddress=192.0.2.5/24\n', true],
    ['[Match]\nName=ens4\n[Network]\nDHCP=yes\n', false],
    ['[Match]\nName=ens11\n[Network]\nDHCP=yes\n', false],
  ] as const) {
    const system = memorySystem({ ...networkdGuest, ...wired(file) });
    const { status, stdout } = await run(system, 'install');
    assert.equal(status, 0);
    const master = system.read('/etc/systemd/network/06-failover-master.network');
    assert.equal(typeof master === 'string', !kept, file);
    assert.equal(stdout.includes('ens10 is configured by /etc/systemd/network/20-wired.network:1: that is kept'), kept);
    assert.match(String(system.read('/etc/systemd/network/05-failover-slaves-by-mac.network')), /52:54:00:00:12:53/);
    if (!kept) assert.match(String(master), /DHCP=ipv4/);
  }
});

test('an addressing option is heeded whatever there is, and --guard-only writes nothing for the master', async () => {
  const tree = { ...networkdGuest, ...wired('[Match]\nName=en*\n[Network]\nDHCP=yes\n') };
  const asked = memorySystem(tree);
  assert.equal((await run(asked, 'install', '--address', '192.0.2.7/24', '--gateway', '192.0.2.1')).status, 0);
  assert.match(String(asked.read('/etc/systemd/network/06-failover-master.network')), /^Address=192\.0\.2\.7\/24$/m);
  const guard = memorySystem(networkdGuest);
  assert.equal((await run(guard, 'install', '--guard-only')).status, 0);
  assert.equal(guard.files.has('/etc/systemd/network/06-failover-master.network'), false);
  assert.equal(guard.files.has('/etc/systemd/network/05-failover-slaves.network'), true);
});

test('changed options update the files, and each file names the command', async () => {
  const system = memorySystem(networkdGuest);
  await run(system, 'install', '--dhcp4');
  const { stdout } = await run(system, 'install', '--dhcp6', '--ra');
  assert.match(stdout, /^changed \/etc\/systemd\/network\/06-failover-master\.network$/m);
  const text = String(system.read('/etc/systemd/network/06-failover-master.network'));
  assert.match(text, /# From: failoverctl install --dhcp6 --ra\n/);
  assert.match(text, /DHCP=ipv6/);
});

test('--dry-run writes nothing, prints what would be, and tells by its status whether anything would', async () => {
  const system = memorySystem(networkdGuest, { uid: 1000 });
  const before = treeOf(system);
  const { status, stdout } = await run(system, 'install', '--dry-run');
  assert.equal(status, 1);
  assert.match(stdout, /^networkd +in use, configures the master/m);
  assert.match(stdout, /^networkd configures ens10: DHCP for IPv4$/m);
  const planned = stdout.match(/^ {2}write {2}(\S+)$/gm) ?? [];
  assert.match(
    stdout,
    RegExp(
      `^files: ${planned.length} to write, 0 to change, 0 to remove; undo: failoverctl uninstall; --diff shows`,
      'm',
    ),
  );
  assert.doesNotMatch(stdout, /^(?:#|\+)/m);
  const whole = await run(system, 'install', '--dry-run', '--diff');
  assert.match(whole.stdout, /^# networkd +in use, configures the master/m);
  assert.match(whole.stdout, /^\+\+\+ b\/etc\/systemd\/network\/06-failover-master\.network$/m);
  assert.equal(whole.stdout.match(/^\+\+\+ /gm)?.length, planned.length);
  assert.deepEqual(treeOf(system), before);
  const installed = memorySystem(networkdGuest);
  await run(installed, 'install');
  const nothing = await run(installed, 'install', '-n');
  assert.equal(nothing.status, 0);
  assert.match(nothing.stdout, /^no file to change$/m);
  assert.doesNotMatch((await run(installed, 'install', '-n', '--diff')).stdout, /^[^#]/m);
  const back = await run(installed, 'uninstall', '-n');
  assert.equal(back.status, 1);
  assert.match(
    back.stdout,
    RegExp(`^files: 0 to write, 0 to change, ${planned.length} to remove; undo: failoverctl install;`),
  );
  assert.equal((await run(installed, 'uninstall')).status, 0);
});

test('files in the way are named, nothing is written, the status is 1; --force goes on', async () => {
  const theirs = { '/etc/systemd/network/06-failover-master.network': 'theirs\n' };
  const system = memorySystem({ ...networkdGuest, ...theirs, ...wired('[Match]\nName=ens4\n') });
  const before = treeOf(system);
  const { status, stderr } = await run(system, 'install', '--dhcp4');
  assert.equal(status, 1);
  assert.equal(
    stderr,
    `failoverctl install: '/etc/systemd/network/06-failover-master.network' is there already and is not ours
failoverctl install: nothing has been changed; --force overwrites, and uninstall then restores
`,
  );
  assert.deepEqual(treeOf(system), before);
  assert.equal((await run(system, 'install', '--dhcp4', '--force')).status, 0);
  system.write('/etc/systemd/network/06-failover-master.network', 'edited\n');
  const gone = await run(system, 'uninstall');
  assert.equal(gone.status, 1);
  assert.match(
    gone.stderr,
    /'\/etc\/systemd\/network\/06-failover-master\.network' has been changed .*: left as it is/,
  );
  assert.equal((await run(system, 'uninstall', '-f')).status, 0);
  assert.deepEqual(treeOf(system), before);
});

test('bad input: one clear line, the right status, nothing written', async () => {
  const noNic = {
    ...loopback,
    ...netdev('eth0', 'pci0000:00/0000:00:03.0', { driver: 'e1000e' }),
    '/etc/hostname': 'x',
  };
  const cases: readonly (readonly [Tree, readonly string[], MemoryOptions, number, RegExp])[] = [
    [image, ['--root', '/nowhere'], {}, 3, /--root: '\/nowhere': no such file or directory \(ENOENT\)$/],
    [image, ['--root', '/etc/hostname'], {}, 3, /--root: '\/etc\/hostname' is not a directory$/],
    [image, ['--root', '/usr'], {}, 3, /--root: '\/usr' is no root of a system: it has no directory etc$/],
    [image, ['--root', '/'], { uid: 1000 }, 3, /this needs root, since the files of an image are to be owned by root/],
    [networkdGuest, [], { uid: 1000 }, 3, /this needs root; --dry-run does not$/],
    [image, ['--manager', 'wicked', '--root', '/'], {}, 2, /--manager: unknown 'wicked'; expected netplan, .* or \w+$/],
    [image, ['--root', '/', '--now'], {}, 2, /--now is for the running guest; in the tree of --root nothing is run$/],
    [image, ['--root', '/', '--address', '10.0.0.1'], {}, 2, /--address: '10\.0\.0\.1' has no prefix length/],
    [image, ['--diff'], {}, 2, /--diff goes with --dry-run$/],
    [image, ['--root', '/', '--confext', '/x/y', '-n'], {}, 2, /--confext: .*expected no --dry-run$/],
    [image, ['--guard-only', '--dhcp4'], {}, 2, /--guard-only leaves the master's configuration alone/],
    [image, ['--jsn'], {}, 2, /unknown option '--jsn'/],
    [image, ['extra'], {}, 2, /too many arguments/],
    [image, [], {}, 3, /cannot read links: .* expected a Linux sysfs$/],
    [
      noNic,
      [],
      {},
      1,
      /this machine has no failover NIC; --generic installs what fits any guest, --root works on an image$/,
    ],
    [
      noNic,
      ['--generic'],
      {},
      3,
      /no network manager is in use \(.*\); say by --manager who shall configure the master$/,
    ],
    [
      { ...image, '/var/lib/failoverctl/manifest.json': '{' },
      ['--root', '/'],
      {},
      3,
      /manifest\.json' is damaged: it is not JSON; nothing has been changed$/,
    ],
    [
      { ...image, '/var/lib/failoverctl/manifest.json': '{"version":9}' },
      ['--root', '/'],
      {},
      3,
      /version 9; this program reads version 1/,
    ],
    [
      image,
      ['--root', '/'],
      { refuse: (operation) => (operation === 'create' ? 'EROFS' : null) },
      3,
      /cannot write '\/var\/lib\/failoverctl\/manifest\.json': the file system is read-only \(EROFS\); nothing has been changed$/,
    ],
  ];
  for (const [tree, args, options, status, message] of cases) {
    const system = memorySystem(tree, options);
    const before = treeOf(system);
    const result = await run(system, 'install', ...args);
    assert.equal(result.status, status, `${args.join(' ')}: ${result.stderr}`);
    assert.match(result.stderr, /^failoverctl install: [^\n]*\n$/);
    assert.match(result.stderr.trimEnd(), message);
    assert.deepEqual(treeOf(system), before);
  }
});

test('uninstall where nothing is installed is content; its own bad input', async () => {
  const system = memorySystem(image);
  const nothing = await run(system, 'uninstall', '--root', '/');
  assert.deepEqual(
    [nothing.status, nothing.stdout],
    [0, 'nothing is installed: there is no /var/lib/failoverctl/manifest.json\n'],
  );
  assert.equal((await run(system, 'uninstall', '--root', '/', '--now')).status, 2);
  assert.equal((await run(memorySystem(image, { uid: 5 }), 'uninstall')).status, 3);
  const escaping = { path: '/../etc/passwd', wrote: ['x'], before: { kind: 'absent' } };
  const manifest = JSON.stringify({ version: 1, command: '', directories: [], files: [escaping] });
  const evil = memorySystem({ ...image, '/var/lib/failoverctl/manifest.json': manifest });
  assert.match((await run(evil, 'uninstall', '--force')).stderr, /is damaged: cannot read the entry/);
});

test('uninstall --now also takes away what the rules have left in /run', async () => {
  const system = memorySystem(
    { ...networkdGuest, '/run/net-failover/52:54:00:00:12:53': { directory: true } },
    { run: ([, verb]) => ({ status: verb === 'is-active' ? 3 : 0, signal: null, stdout: '', stderr: '' }) },
  );
  assert.equal((await run(system, 'install')).status, 0);
  const { status, stderr } = await run(system, 'uninstall', '--now');
  assert.equal(status, 0, stderr);
  assert.ok(system.programs.some((argv) => argv.join(' ') === 'rm -r -f /run/net-failover'));
});

test('--help of both goes to standard output and is no error', async () => {
  for (const command of ['install', 'uninstall']) {
    const { status, stdout, stderr } = await run(memorySystem(), command, '--help');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /Exit status:/);
    assert.match(stdout, /Examples:/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 120, line);
  }
});

/** A guest with three leases under networkd, whose programs do what the daemons do. */
function brokenGuest(
  options: {
    readonly stubborn?: boolean;
    readonly fails?: string;
    readonly rollbackRuns?: boolean;
    readonly gaveUp?: boolean;
    /** The VF loses its carrier: before, or when networkd reads its files. */
    readonly carrierLost?: 'before' | 'meanwhile';
    /** No server answers the master. */
    readonly noAnswer?: true;
  } = {},
) {
  const addresses = new Map([
    ['ens10', options.noAnswer === true ? [] : ['10.66.0.50']],
    ['ens10nsby', ['10.66.0.52']],
    ['ens11', ['10.66.0.99']],
  ]);
  const links = [...addresses.keys()];
  const state = (name: string) => `/run/systemd/netif/links/${links.indexOf(name) + 2}`;
  const tree: Record<string, MemoryEntry> = { ...networkdGuest, ...wired('[Match]\nName=en*\n[Network]\nDHCP=yes\n') };
  for (const name of links) {
    const device = Object.keys(tree).find((path) => path.endsWith(`/net/${name}/address`)) ?? '';
    tree[device.replace(/address$/, 'ifindex')] = `${links.indexOf(name) + 2}\n`;
    tree[state(name)] = 'ADMIN_STATE=configured\n';
  }
  const answer = (stdout = '', status = 0) => ({
    status,
    signal: null,
    stdout,
    stderr: status === 0 ? '' : 'it fails\n',
  });
  const carrier = Object.keys(tree).find((path) => path.endsWith('/net/ens11/carrier')) ?? '';
  if (options.carrierLost === 'before') tree[carrier] = '0\n';
  let timer = false;
  const system: MemorySystem = memorySystem(tree, {
    run: (argv) => {
      const line = argv.join(' ');
      const name = argv.at(-1) ?? '';
      if (options.fails !== undefined && line.startsWith(options.fails)) return answer('', 1);
      if (line.startsWith('systemd-run')) timer = true;
      if (line.includes('wait-online')) return answer(options.gaveUp === true ? 'failed\ninactive\n' : 'active\n');
      if (line.startsWith('systemctl stop')) timer = false;
      if (name === 'failoverctl-rollback.service')
        return options.rollbackRuns === true ? answer('active\n') : answer('inactive\n', 3);
      if (name === 'failoverctl-rollback.timer' && line.includes('is-active'))
        return timer ? answer('active\n') : answer('inactive\n', 3);
      if (line === 'networkctl reload') {
        if (options.carrierLost === 'meanwhile') system.write(carrier, '0\n');
        for (const slave of links.slice(1))
          if (options.stubborn !== true) system.write(state(slave), 'ADMIN_STATE=unmanaged\n');
      }
      if (line.startsWith('networkctl reconfigure')) system.write(state(name), 'ADMIN_STATE=unmanaged\n');
      if (line.startsWith('ip address flush')) addresses.set(name, []);
      if (!line.startsWith('ip -o address')) return answer();
      return answer(
        (addresses.get(name) ?? [])
          .map((one) => `2: ${name}    inet ${one}/24 scope global dynamic ${name}\\ valid_lft 1sec\n`)
          .join(''),
      );
    },
  });
  return system;
}

test('--now: reloads, lets go, takes the addresses off the slaves; the master keeps its own; no other link is named', async () => {
  const system = brokenGuest();
  const { status, stdout, stderr } = await run(system, 'install', '--now');
  assert.deepEqual([status, stderr], [0, '']);
  const changing = system.programs
    .map((argv) => argv.join(' '))
    .filter((line) => !/^(?:ip -[o46] (?:address|route) show|systemctl (?:is-active|daemon-reload))/.test(line));
  assert.deepEqual(changing, [
    'udevadm control --reload',
    'udevadm trigger --action=change /sys/class/net/ens10 /sys/class/net/ens10nsby /sys/class/net/ens11',
    'udevadm settle --timeout=120',
    'networkctl reload',
    'ip address flush dev ens10nsby',
    'ip address flush dev ens11',
    'networkctl renew ens10',
  ]);
  assert.match(stdout, /^ip address flush dev ens11 {3}\(take 10\.66\.0\.99\/24 off ens11\)$/m);
  const before = system.programs.length;
  const again = await run(system, 'install', '--now');
  assert.equal(again.status, 0);
  const second = system.programs.slice(before).map((argv) => argv.join(' '));
  assert.ok(
    second.every((line) => /^(?:ip -[o46] (?:address|route) show|systemctl is-active)/.test(line)),
    second.join('\n'),
  );
});

test('--now: links that udev could not rename, by either trace that it leaves, are named anew, the slaves first', async () => {
  for (const trace of [undefined, 'E:ID_RENAMING=1\nV:1\n']) {
    const system = brokenGuest();
    const known = 'I:24508900\nE:ID_NET_NAME=ens10\nV:1\n';
    system.makeDirectory('/run/udev', 0o755);
    system.makeDirectory('/run/udev/data', 0o755);
    for (const index of [2, 3]) system.create(`/run/udev/data/n${index}`, known, 0o644);
    if (trace !== undefined) system.create('/run/udev/data/n4', trace, 0o644);
    await run(system, 'install', '--now');
    const triggers = system.programs.map((argv) => argv.join(' ')).filter((line) => line.includes('--action=add'));
    assert.deepEqual(triggers, [
      'udevadm trigger --action=add /sys/class/net/ens10nsby /sys/class/net/ens11',
      'udevadm trigger --action=add /sys/class/net/ens10',
    ]);
  }
});

test('--now: what waited for the network in vain looks again, at the end, and only if all is well', async () => {
  const again = ['systemctl', '--no-block', 'start', 'systemd-networkd-wait-online.service'];
  const system = brokenGuest({ gaveUp: true });
  assert.equal((await run(system, 'install', '--now')).status, 0);
  assert.deepEqual(system.programs.at(-1), again);
  const ill = brokenGuest({ gaveUp: true, fails: 'ip address flush' });
  await run(ill, 'install', '--now');
  assert.ok(!ill.programs.some((argv) => argv.join(' ') === again.join(' ')));
});

test('--now: while udev is at work it is waited for first, and no link is called misnamed', async () => {
  const system = brokenGuest();
  for (const path of ['/run/udev', '/run/udev/data']) system.makeDirectory(path, 0o755);
  system.create('/run/udev/queue', '', 0o644);
  await run(system, 'install', '--now');
  const lines = system.programs.map((argv) => argv.join(' '));
  assert.equal(
    lines.find((line) => !line.startsWith('systemctl is-active')),
    'udevadm settle --timeout=120',
  );
  assert.ok(!lines.some((line) => line.includes('--action=add')), lines.join('\n'));
});

test('--now after an install without it: the daemons are told all the same, since the guest is not well', async () => {
  const system = brokenGuest();
  const { stdout } = await run(system, 'install');
  assert.match(stdout, /the daemons have not been told: '--now' does that, or a reboot\n$/);
  await run(system, 'install', '--now');
  assert.ok(system.programs.some((argv) => argv.join(' ') === 'networkctl reload'));
});

test('--now: a link that networkd does not let go is matched again by itself', async () => {
  const system = brokenGuest({ stubborn: true });
  const { status } = await run(system, 'install', '--now');
  assert.equal(status, 0);
  assert.ok(system.programs.some((argv) => argv.join(' ') === 'networkctl reconfigure ens11'));
});

test('--now: a step that fails is named, the rest goes on, the status is 3; not well at the end is 1', async () => {
  const failed = await run(brokenGuest({ fails: 'udevadm settle' }), 'install', '--now');
  assert.equal(failed.status, 3);
  assert.match(
    failed.stderr,
    /^failoverctl install: failed: udevadm settle --timeout=120 {3}\(wait for udev\): exit status 1: it fails\n$/,
  );
  const ill = await run(brokenGuest({ fails: 'ip address flush' }), 'install', '--now');
  assert.equal(ill.status, 3);
  assert.match(ill.stderr, /not well: ens11 still has 10\.66\.0\.99\/24 \(it was so before\)\n/);
});

test('--now: a guest that is not well afterwards is exit status 1, and what was so before is not laid to the installation', async () => {
  const deaf =
    'failoverctl install: not well: ens11 has no carrier: ens10 receives nothing as long as this VF is enslaved';
  const outcome = async (guest: MemorySystem) => {
    const { status, stderr } = await run(guest, 'install', '--now');
    return [status, stderr];
  };
  assert.deepEqual(await outcome(brokenGuest({ carrierLost: 'meanwhile' })), [1, `${deaf}\n`]);
  assert.deepEqual(await outcome(brokenGuest({ carrierLost: 'before' })), [1, `${deaf} (it was so before)\n`]);
  const dark = 'failoverctl install: not well: ens10 has no address yet (it was so before)\n';
  assert.deepEqual(await outcome(brokenGuest({ noAnswer: true })), [1, dark]);
});

test('--confirm: a timer is set before anything is changed, and --keep stops it', async () => {
  const system = brokenGuest();
  const { status, stdout } = await run(system, 'install', '--now', '--confirm', '120');
  assert.equal(status, 0);
  // counted from before the first change: it has slept since
  assert.match(stdout, /^taken back in 11\d seconds unless: failoverctl install --keep$/m);
  assert.equal(
    system.programs
      .map((argv) => argv.join(' '))
      .find((line) => !line.startsWith('ip ') && !line.includes('is-active')),
    'systemd-run --quiet --collect --unit=failoverctl-rollback --on-active=120 --timer-property=AccuracySec=1s /usr/local/sbin/failoverctl uninstall --now',
  );
  const kept = await run(system, 'install', '--keep');
  assert.deepEqual([kept.status, kept.stdout], [0, 'kept\n']);
  assert.deepEqual(system.programs.at(-1), ['systemctl', 'stop', 'failoverctl-rollback.timer']);
});

test('while a --confirm is pending: another install says so, one that would change something does not, uninstall ends it', async () => {
  const system = brokenGuest();
  await run(system, 'install', '--now', '--confirm', '120');
  const same = await run(system, 'install', '--now');
  assert.equal(same.status, 0);
  assert.match(
    same.stderr,
    /^failoverctl install: an earlier one is going to be taken back, as --confirm asked; [^\n]*\n$/,
  );
  const before = treeOf(system);
  const other = await run(system, 'install', '--now', '--dhcp6');
  assert.equal(other.status, 3);
  assert.match(other.stderr, /going to be taken back.*; nothing has been changed\n$/);
  assert.deepEqual(treeOf(system), before);
  assert.equal((await run(system, 'uninstall', '--now')).status, 0);
  assert.deepEqual(system.programs.at(-1), ['systemctl', 'stop', 'failoverctl-rollback.timer']);
  assert.equal((await run(system, 'install', '--now', '--dhcp6')).stderr, '');
});

test('--keep is too late once it is being taken back', async () => {
  const system = brokenGuest({ rollbackRuns: true });
  await run(system, 'install', '--now', '--confirm', '30');
  const { status, stderr } = await run(system, 'install', '--keep');
  assert.deepEqual([status, stderr], [1, 'failoverctl install: --keep: too late, it is being taken back\n']);
});

/** proc_pid_stat(5), with a name that is meant to mislead. */
const stat = (pid: number, started: number) => `${pid} (a) b) S ${Array(18).fill('0').join(' ')} ${started} 0 0\n`;

test('two at once: the second waits for the first, and takes over from one that was killed', async () => {
  const lock = '/run/failoverctl.lock';
  const processes = { '/proc/self/stat': stat(7, 500), '/proc/9/stat': stat(9, 400) };
  const at = (held: string) => memorySystem({ ...image, ...processes, [lock]: held });
  const busy = await run(at('9 400\n'), 'install', '--root', '/');
  assert.equal(busy.status, 3);
  assert.equal(
    busy.stderr,
    `failoverctl install: waiting for process 9, which is installing or uninstalling
failoverctl install: process 9 is still installing or uninstalling (${lock}); nothing has been changed
`,
  );
  for (const dead of ['8 400\n', '9 399\n']) {
    const system = at(dead);
    const { status, stderr } = await run(system, 'install', '--root', '/');
    assert.deepEqual([status, stderr], [0, ''], dead);
    assert.ok(isFailure(system.lstat(lock)));
    assert.deepEqual(
      [...system.files.keys()].filter((path) => path.includes('.lock')),
      [],
    );
  }
  const refuse = (operation: string) => (operation === 'create' ? 'EROFS' : null);
  const readOnly = memorySystem({ ...image, ...processes, '/run': { directory: true } }, { refuse });
  assert.match((await run(readOnly, 'install', '--root', '/')).stderr, /cannot write '\/run\/failoverctl\.lock'/);
});

test('--confirm: without a timer nothing is changed; where nothing is changed there is no timer', async () => {
  const unable = brokenGuest({ fails: 'systemd-run' });
  const before = treeOf(unable);
  const { status, stderr } = await run(unable, 'install', '--now', '--confirm', '60');
  assert.deepEqual([status, stderr], [3, 'failoverctl install: --confirm: it fails; nothing has been changed\n']);
  assert.deepEqual(treeOf(unable), before);
  const done = brokenGuest();
  await run(done, 'install', '--now');
  assert.equal((await run(done, 'install', '--now', '--confirm', '60')).status, 0);
  assert.ok(!done.programs.some(([program]) => program === 'systemd-run'));
  const update = await run(done, 'install', '--now', '--dhcp6', '--confirm', '60');
  assert.equal(update.status, 3);
  assert.match(update.stderr, /--confirm: an older installation would be taken back with it; uninstall that first$/m);
  for (const args of [
    ['--confirm', '60'],
    ['--now', '--confirm', '5'],
    ['--now', '--confirm', 'x'],
    ['--keep', '--now'],
  ]) {
    assert.equal((await run(brokenGuest(), 'install', ...args)).status, 2, args.join(' '));
  }
  assert.equal((await run(brokenGuest({ fails: 'systemctl is-active' }), 'install', '--keep')).status, 1);
});

test('--dry-run --now prints the steps and runs none of them', async () => {
  const system = brokenGuest();
  const { status, stdout } = await run(system, 'install', '--dry-run', '--now');
  assert.equal(status, 1);
  assert.match(stdout, /^--now: networkctl reload {3}\(let networkd read its files and match the links again\)$/m);
  assert.match(stdout, /^--now: ip address flush dev ens11 {3}\(take 10\.66\.0\.99\/24 off ens11\)$/m);
  assert.ok(
    system.programs.every(([program, ...args]) =>
      /^(?:ip .*show|systemctl is-active)/.test([program, ...args].join(' ')),
    ),
  );
});
