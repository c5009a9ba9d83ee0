import { findDhcpClients } from '../../src/inventory/dhcp-clients.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observe, planHeal } from '../../src/install/heal.ts';
import { judgeHealth } from '../../src/install/health.ts';
import { planReload } from '../../src/install/reload.ts';
import { printStep, runStep } from '../../src/install/step.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { isFailure, type ProcessResult } from '../../src/system/system.ts';
import { readTopology } from '../../src/topology/failover-group.ts';
import { loopback, triple } from '../topology/sysfs.ts';
import type { ManagerName } from '../../src/managers/claim.ts';

const said = (stdout: string): ProcessResult => ({ status: 0, signal: null, stdout, stderr: '' });

/** A guest whose ip(8) answers with these texts: addresses by link, and IPv4 routes by link. */
function guest(
  addresses: Readonly<Record<string, string>>,
  routes: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, MemoryEntry>> = {},
) {
  return memorySystem(
    { ...loopback, ...triple(), ...files },
    {
      run: (argv) => {
        const [program, ...args] = argv;
        if (program !== 'ip') return { errno: 'ENOENT', path: program ?? '' };
        const link = args.at(-1) ?? '';
        if (args.includes('address')) return said(addresses[link] ?? '');
        return said(args[0] === '-4' ? (routes[link] ?? '') : '');
      },
    },
  );
}

function heal(system: ReturnType<typeof guest>, manager: ManagerName | null = 'networkd') {
  const topology = readTopology(system);
  assert.ok(!isFailure(topology));
  const seen = observe(system, topology);
  assert.ok(!isFailure(seen));
  const { steps, problems } = planHeal(seen, manager === null ? null : { manager, startedAs: new Map() });
  return { steps: steps.map(printStep), problems };
}

const address = (link: string, text: string, rest = '') =>
  `3: ${link}    inet ${text} metric 1024 brd 10.66.0.255 scope global dynamic ${link}${rest}\\       valid_lft 595sec preferred_lft 595sec\n`;
const linkLocal = (link: string, flags = '') =>
  `3: ${link}    inet6 fe80::5054:ff:fe00:1253/64 scope link ${flags}\\       valid_lft forever preferred_lft forever\n`;
const cmdline = (...words: readonly string[]) => words.map((word) => `${word}\0`).join('');

test('a guest that is right is left alone', () => {
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') + linkLocal('ens10') },
    { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 1024\n10.66.0.0/24 proto kernel scope link\n' },
    { '/proc/7/cmdline': cmdline('dhclient', '-4', '-v', '-pf', '/run/dhclient.ens10.pid', 'ens10') },
  );
  assert.deepEqual(heal(system), { steps: [], problems: [] });
});

test('three leases: addresses and routes go from the slaves, and from them alone', () => {
  const system = guest(
    {
      ens10: address('ens10', '10.66.0.50/24') + linkLocal('ens10', 'dadfailed tentative '),
      ens10nsby: address('ens10nsby', '10.66.0.52/24') + linkLocal('ens10nsby'),
      ens11: address('ens11', '10.66.0.99/24'),
    },
    {
      ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 1024\n',
      ens11:
        'default via 10.66.0.1 proto dhcp src 10.66.0.99 metric 1024\n10.66.0.0/24 proto kernel scope link src 10.66.0.99\n',
    },
  );
  assert.deepEqual(heal(system).steps, [
    'ip address flush dev ens10nsby',
    'ip address flush dev ens11',
    'ip -4 route flush dev ens11',
    'ip -6 address del fe80::5054:ff:fe00:1253/64 dev ens10',
    'ip -6 address add fe80::5054:ff:fe00:1253/64 dev ens10',
  ]);
});

test('an address of the master that a router announced is claimed anew for as long as it is good', () => {
  const announced =
    '3: ens10    inet6 2001:db8::5054:ff:fe00:1253/64 scope global dadfailed tentative dynamic mngtmpaddr \\       valid_lft 86400sec preferred_lft 14400sec\n';
  const whole = { ens10: address('ens10', '10.66.0.50/24') + announced + linkLocal('ens10') };
  assert.deepEqual(heal(guest(whole)).steps, [
    'ip -6 address del 2001:db8::5054:ff:fe00:1253/64 dev ens10',
    'ip -6 address add 2001:db8::5054:ff:fe00:1253/64 dev ens10 valid_lft 86400 preferred_lft 14400',
  ]);
});

test('the default route that a slave had goes to a master that has an address and none', () => {
  const routes = { ens11: 'default via 10.66.0.1 \n10.66.0.0/24 proto kernel scope link src 10.66.0.50\n' };
  const same = { ens10: address('ens10', '10.66.0.50/24'), ens11: address('ens11', '10.66.0.50/24') };
  assert.deepEqual(heal(guest(same, routes)).steps.slice(-1), ['ip -4 route replace default via 10.66.0.1 dev ens10']);
  const onlink = { ens11: 'default scope link\n' };
  assert.ok(!heal(guest(same, onlink)).steps.some((step) => step.includes('replace')), 'no gateway to take over');
});

test('DHCP clients of slaves are ended; one that serves the master too, or all links, is left to the user', () => {
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') },
    {},
    {
      '/proc/11/cmdline': cmdline(
        '/sbin/dhclient',
        '-4',
        '-v',
        '-i',
        '-pf',
        '/run/x.pid',
        '-lf',
        '/var/ens10',
        '-I',
        'ens11',
      ),
      '/proc/12/cmdline': cmdline('udhcpc', '-n', '-p', '/run/y.pid', '-i', 'ens10nsby'),
      '/proc/13/cmdline': cmdline('dhclient', 'ens10', 'ens11'),
      '/proc/14/cmdline': cmdline('dhcpcd: [manager] [ip4] [ip6]'),
      '/proc/15/cmdline': cmdline('dhcpcd: ens11 [ip4]'),
      '/proc/16/cmdline': cmdline('dhcpcd: [privileged proxy] ens11 [ip4]'),
      '/proc/17/cmdline': cmdline('dhclient', '-pf', 'ens11', 'ens110'),
      '/proc/18/cmdline': cmdline('vi', 'ens11'),
      '/proc/19/cmdline': '',
      '/proc/self/cmdline': cmdline('dhclient', 'ens11'),
    },
  );
  const { steps, problems } = heal(system);
  assert.deepEqual(steps, ['kill 11', 'kill 12', 'kill 15']);
  assert.deepEqual(problems, [
    'dhclient (process 13) serves ens10 and ens11 together; start it for the master alone',
    'dhcpcd (process 14) serves every link; tell it to leave ens10nsby and ens11 alone',
  ]);
});

test('command lines of clients', () => {
  const links = (...words: readonly string[]) =>
    findDhcpClients(memorySystem({ '/proc/1/cmdline': cmdline(...words) }))[0]?.links;
  assert.deepEqual(links('busybox', 'udhcpc', '-b', '-ieth0'), ['eth0']);
  assert.deepEqual(links('/bin/busybox', 'udhcpc', '--interface=eth1'), ['eth1']);
  assert.deepEqual(links('udhcpc', '--interface', 'eth2', '-q'), ['eth2']);
  assert.deepEqual(links('dhcpcd', '-w', '-t', '30', 'eth3'), ['eth3']);
  assert.deepEqual(links('dhclient', '-6', '-nw', '-cf', '/etc/eth9', 'eth4'), ['eth4']);
  assert.deepEqual(links('dhclient'), []);
  assert.equal(links('sleep', 'eth4'), undefined);
});

test("ifupdown forgets the slaves, and the cloud helper's stanzas for them go", () => {
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') },
    {},
    {
      '/run/network/ifstate': 'lo=lo\nens10=ens10\nens11=ens11\nens110=ens110\n',
      '/run/network/interfaces.d/ens10': 'x',
      '/run/network/interfaces.d/ens11': 'x',
    },
  );
  const topology = readTopology(system);
  assert.ok(!isFailure(topology));
  const seen = observe(system, topology);
  assert.ok(!isFailure(seen));
  for (const step of planHeal(seen, { manager: 'ifupdown', startedAs: new Map() }).steps)
    assert.equal(runStep(system, step), null);
  assert.equal(system.read('/run/network/ifstate'), 'lo=lo\nens10=ens10\nens110=ens110\n');
  assert.equal(system.files.has('/run/network/interfaces.d/ens11'), false);
  assert.equal(system.files.has('/run/network/interfaces.d/ens10'), true);
});

test("ifupdown is told the logical interface of a master: 'ifup enp1s0' does not know it where 'auto' maps it", () => {
  const topology = readTopology(guest({ ens10: linkLocal('ens10') }));
  assert.ok(!isFailure(topology));
  const seen = observe(guest({ ens10: linkLocal('ens10') }), topology);
  assert.ok(!isFailure(seen));
  const { steps } = planHeal(seen, { manager: 'ifupdown', startedAs: new Map([['ens10', 'wan']]) });
  assert.deepEqual(steps.map(printStep), ['ifup --force ens10=wan']);
});

test('a master without an address is started by its manager, unless its own client is at it', () => {
  const bare = guest({ ens10: linkLocal('ens10') });
  assert.deepEqual(heal(bare, 'networkd').steps, ['networkctl reconfigure ens10']);
  assert.deepEqual(heal(bare, 'ifupdown').steps, ['ifup --force ens10']);
  assert.deepEqual(heal(bare, 'networkmanager').steps, ['nmcli device connect ens10']);
  const busy = guest({}, {}, { '/proc/5/cmdline': cmdline('dhclient', 'ens10') });
  assert.deepEqual(heal(busy, 'ifupdown').steps, []);
});

test('a daemon is told of what has changed, in the order in which they ask each other, and of nothing else', () => {
  const uses = (['netplan', 'networkd'] as const).map((manager) => {
    return { manager, present: true, inUse: true, configured: true, evidence: '' };
  });
  const told = (
    changed: readonly string[],
    running = ['systemd-networkd.service', 'NetworkManager.service'],
    remaining: readonly string[] = [],
  ) =>
    planReload({
      changed,
      managers: { uses, strangers: [], cloudInitFor: null, cloudInitToCome: false, failures: [] },
      links: ['ens10'],
      misnamed: [],
      running: (unit) => running.includes(unit),
      remains: (pattern) => remaining.some((path) => pattern.test(path)),
    }).map(printStep);
  assert.deepEqual(told([]), []);
  assert.deepEqual(told(['/etc/network/interfaces.d/failover', '/etc/network/if-pre-up.d/net-failover']), []);
  assert.deepEqual(told(['/etc/systemd/network/05-x.network']), ['networkctl reload']);
  assert.deepEqual(told(['/etc/systemd/network/05-x.network'], []), [], 'it reads its files when it starts');
  assert.deepEqual(told(['/etc/NetworkManager/conf.d/99-x.conf']), ['nmcli general reload conf']);
  assert.deepEqual(told(['/etc/systemd/system/ifup@.service.d/failover.conf', '/etc/systemd/network/05-x.network']), [
    'networkctl reload',
    'systemctl daemon-reload',
  ]);
  assert.deepEqual(told(['/etc/netplan/95-failover.yaml', '/etc/udev/rules.d/92-net-failover.rules']), [
    'netplan generate',
    'udevadm control --reload',
    'udevadm trigger --action=change /sys/class/net/ens10',
    'udevadm settle --timeout=120',
    'networkctl reload',
    'nmcli connection reload',
  ]);
  const follower = '/usr/local/lib/failoverctl/follow-promiscuity';
  const unit = 'net-failover-promiscuity.service';
  assert.deepEqual(told([follower], [], [follower]), [`systemctl restart ${unit}`]);
  assert.deepEqual(told([follower], [unit]), [`systemctl stop ${unit}`], 'what is no longer wanted ends');
  assert.deepEqual(told([follower], []), []);
});

test('a step that fails says how, and its words can be typed', () => {
  const system = memorySystem(
    {},
    { run: () => ({ status: 2, signal: null, stdout: '', stderr: 'a\nno such link\n' }) },
  );
  assert.equal(runStep(system, { why: 'x', run: ['ip', 'x'] }), 'exit status 2: no such link');
  assert.equal(runStep(memorySystem(), { why: 'x', run: ['nmcli'] }), 'nmcli is not installed');
  const flush = { why: 'x', run: ['ip', 'address', 'flush', 'dev', 'ens11'], link: 'ens11' };
  assert.equal(runStep(system, flush), null, 'the link has left meanwhile');
  const there = memorySystem(
    { '/sys/class/net/ens11/ifindex': '3\n' },
    { run: () => ({ status: 2, signal: null, stdout: '', stderr: '' }) },
  );
  assert.equal(runStep(there, flush), 'exit status 2');
  assert.equal(
    printStep({ why: 'x', run: ['ip', 'address', 'flush', 'dev', "$(id)'"] }),
    "ip address flush dev '$(id)'\\'''",
  );
});

test('a file of its own that an interrupted run left beside is no obstacle', () => {
  const beside = '/run/network/ifstate.failoverctl-new';
  const system = guest({}, {}, { '/run/network/ifstate': 'old\n', [beside]: 'half' });
  assert.equal(runStep(system, { why: 'x', write: '/run/network/ifstate', text: 'new\n', mode: 0o644 }), null);
  assert.equal(system.read('/run/network/ifstate'), 'new\n');
  assert.ok(isFailure(system.lstat(beside)));
});

test('profiles and leases that NetworkManager made for slaves go, never by deleting a connection; no other does', () => {
  const made = (name: string, link: string, more = '\n[.nmmeta]\nnm-generated=true\n') => ({
    [`/run/NetworkManager/system-connections/${name}.nmconnection`]: `[connection]\nid=${name}\ninterface-name=${link}\n${more}`,
  });
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') },
    { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 100\n' },
    {
      ...made('Wired connection 1', 'ens10'),
      ...made('Kabelgebundene Verbindung 2', 'ens10nsby'),
      ...made('mine', 'ens11', ''),
      '/var/lib/NetworkManager/internal-0e361c46-ac11-3cea-bc5f-159770563d26-ens11.lease': '',
      '/var/lib/NetworkManager/internal-0a910485-ed47-3ece-81b0-d76a17be0739-ens10.lease': '',
      '/var/lib/NetworkManager/timestamps': '',
    },
  );
  assert.deepEqual(heal(system, 'networkmanager').steps, [
    "rm '/run/NetworkManager/system-connections/Kabelgebundene Verbindung 2.nmconnection'",
    'nmcli connection reload',
    'rm /var/lib/NetworkManager/internal-0e361c46-ac11-3cea-bc5f-159770563d26-ens11.lease',
  ]);
});

test('a slave that NetworkManager was told to manage for good is forgotten, and left alone now; an ordinary NIC is not', () => {
  const order = (link: string, managed: 0 | 1) =>
    `[.intern.device-manage-${link}]\nmatch-device=interface-name:=${link}\nmanaged=${managed}\n`;
  const noted = order('ens11', 1) + order('ens10nsby', 0) + order('eth7', 1) + order('ens10', 1);
  const files = { '/var/lib/NetworkManager/NetworkManager-intern.conf': noted };
  const [ip, routes] = [
    { ens10: address('ens10', '10.66.0.50/24') },
    { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 100\n' },
  ];
  const running = guest(ip, routes, { ...files, '/run/NetworkManager/conf.d/x.conf': '' });
  assert.deepEqual(heal(running, 'networkmanager').steps, [
    'nmcli device set ens11 managed --permanent-only reset',
    'nmcli device set ens11 managed no',
    'ip link set dev ens11 up',
  ]);
  assert.deepEqual(heal(guest(ip, routes, files), 'networkmanager').steps, [], 'it does not run');
});

test('a master that is a port of a bridge has its address there, and is not begun anew', () => {
  const files = {
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10/master': { link: '../../../../virtual/net/br0' },
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10/upper_br0': { link: '../../../../virtual/net/br0' },
    '/sys/class/net/br0': { link: '../../devices/virtual/net/br0' },
    '/sys/devices/virtual/net/br0/upper_br0.7': { link: '../br0.7' },
    '/sys/class/net/br0.7': { link: '../../devices/virtual/net/br0.7' },
    '/sys/devices/virtual/net/br0.7/address': '52:54:00:00:12:53\n',
  } as const;
  const wait = (addresses: Readonly<Record<string, string>>) => {
    const system = guest(addresses, {}, files);
    const topology = readTopology(system);
    assert.ok(!isFailure(topology));
    const begun = system.now();
    const problems = judgeHealth(system, topology, { manager: 'networkd', startedAs: new Map() });
    return { problems, seconds: (system.now() - begun) / 1000, steps: heal(system).steps };
  };
  const none = { problems: [], seconds: 0, steps: [] };
  assert.deepEqual(wait({ br0: address('br0', '10.66.0.50/24') }), none);
  assert.deepEqual(wait({ 'br0.7': address('br0.7', '10.66.0.50/24') }), none, 'a VLAN on the bridge');
  assert.deepEqual(wait({}), {
    problems: ['ens10 has no address yet, nor has br0 or br0.7, which stands on it'],
    seconds: 30,
    steps: [],
  });
});

test('a stack five deep whose uppers lead back to it: each link is looked at once', () => {
  const names = ['br0', 'br0.1', 'br0.2', 'br0.3', 'br0.4'];
  const links = names.flatMap((name, index): [string, MemoryEntry][] => {
    const upper = names[(index + 1) % names.length] ?? '';
    return [
      [`/sys/class/net/${name}`, { link: `../../devices/virtual/net/${name}` }],
      [`/sys/devices/virtual/net/${name}/upper_${upper}`, { link: `../${upper}` }],
      [`/sys/devices/virtual/net/${name}/address`, '52:54:00:00:12:53\n'],
    ];
  });
  const master = '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10';
  const system = guest(
    { 'br0.4': address('br0.4', '10.66.0.50/24') },
    {},
    { ...Object.fromEntries(links), [`${master}/upper_br0`]: { link: '../../../../virtual/net/br0' } },
  );
  const topology = readTopology(system);
  assert.ok(!isFailure(topology));
  const seen = observe(system, topology);
  assert.ok(!isFailure(seen));
  assert.deepEqual(
    seen.groups[0]?.above.map(({ name }) => name),
    names,
  );
  assert.deepEqual(heal(system).steps, [], 'the address on top of the stack counts');
});
