import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryOptions } from '../../src/system/memory.ts';
import { loopback, netdev, triple, type Tree } from '../topology/sysfs.ts';

async function run(args: string, tree: Tree = { ...loopback, ...triple() }, options: MemoryOptions = {}) {
  const system = memorySystem(tree, options);
  const status = await main(['generate', ...args.split(' ').filter((word) => word !== '')], system);
  return { status, stdout: system.stdout, stderr: system.stderr, system };
}

const managers = ['networkd', 'netplan', 'ifupdown', 'networkmanager', 'udev'];

test('each file comes after a line with its path and mode', async () => {
  const { status, stdout, stderr } = await run('netplan');
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.deepEqual(
    [...stdout.matchAll(/^# (\/\S+) \((\d{4})\)$/gm)].map(([, path, mode]) => `${mode} ${path}`),
    [
      '0644 /etc/udev/rules.d/92-net-failover.rules',
      '0755 /usr/local/lib/failoverctl/release-slave',
      '0644 /etc/systemd/system/net-failover-release@.service',
      '0755 /usr/local/lib/failoverctl/forget-master',
      '0644 /etc/systemd/system/net-failover-forget@.service',
      '0644 /etc/systemd/system/net-failover-forget@.timer',
      '0644 /etc/systemd/network/05-failover-slaves.network',
      '0644 /etc/systemd/network/05-failover-slaves-by-mac.network',
      '0600 /etc/netplan/95-failover.yaml',
      '0644 /etc/systemd/network/10-netplan-00-failover-525400001253.network.d/failover.conf',
      '0644 /etc/systemd/system/systemd-networkd-wait-online.service.d/50-failover.conf',
      '0644 /etc/systemd/system/network-online.target.d/50-failover.conf',
    ],
  );
  assert.match(stdout, /^# From: failoverctl generate netplan --dhcp4$/m);
});

test('without a DHCP option it is DHCP for IPv4; with any other it is that alone', async () => {
  const network = async (args: string): Promise<string | undefined> =>
    /^DHCP=.*\nIPv6AcceptRA=.*$/m.exec((await run(`networkd ${args}`)).stdout)?.[0].replaceAll('\n', ' ');
  assert.equal(await network(''), 'DHCP=ipv4 IPv6AcceptRA=no');
  assert.equal(await network('--ra'), 'DHCP=no IPv6AcceptRA=yes');
  assert.equal(await network('--dhcp6 --ra'), 'DHCP=ipv6 IPv6AcceptRA=yes');
  assert.equal(await network('--dhcp4 --dhcp6'), 'DHCP=yes IPv6AcceptRA=no');
  assert.equal(await network('--address 192.0.2.5/24'), 'DHCP=no IPv6AcceptRA=no');
  assert.equal(await network('--mtu 1400'), 'DHCP=ipv4 IPv6AcceptRA=no');
});

test('for any guest nothing is read, and nothing of a guest is written', async () => {
  for (const manager of managers) {
    for (const renderer of manager === 'netplan' ? ['', '--renderer NetworkManager'] : ['']) {
      const { status, stdout, system } = await run(`${manager} --generic ${renderer}`);
      assert.equal(status, 0, manager);
      assert.deepEqual(system.calls, []);
      assert.doesNotMatch(stdout, /52:54:00|525400|ens1\d/, manager);
    }
  }
});

test('every manager has its files for this guest, each with its header', async () => {
  for (const manager of managers) {
    const { status, stdout, stderr } = await run(manager);
    assert.deepEqual([status, stderr], [0, ''], manager);
    const files = stdout.split(/^# \/\S+ \(\d{4}\)\n/m).slice(1);
    assert.ok(files.length >= 1);
    for (const text of files)
      assert.match(text, new RegExp(`^(?:#.*\\n)+# From: failoverctl generate ${manager}`), text);
  }
});

const badArguments: readonly (readonly [string, number, RegExp])[] = [
  ['', 2, /missing required argument 'manager'/],
  [
    'wicked',
    2,
    /unknown manager 'wicked'; expected netplan, networkd, .*connman, cloud-init, udev, butane, ignition, kickstart or guard/,
  ],
  ['networkd netplan', 2, /too many arguments/],
  ['networkd --frobnicate', 2, /unknown option '--frobnicate'/],
  ['networkd --address 192.0.2.5', 2, /--address: '192\.0\.2\.5' has no prefix length; expected one such as/],
  ['networkd --address 192.0.2.5/33', 2, /'192\.0\.2\.5\/33' is no address with its prefix length/],
  ['networkd --address 300.0.2.5/24', 2, /'300\.0\.2\.5\/24' is no address/],
  ['networkd --address 0.0.0.0/0', 2, /has a prefix length of 0/],
  ['networkd --address 224.0.0.1/24', 2, /is no address of a host/],
  ['networkd --address ff02::1/64', 2, /is no address of a host/],
  ['networkd --gateway 192.0.2.1', 2, /--gateway: '192\.0\.2\.1' needs an --address of IPv4/],
  ['networkd --address 2001:db8::5/64 --gateway 192.0.2.1', 2, /needs an --address of IPv4/],
  ['networkd --address 192.0.2.5/24 --gateway 192.0.3.1', 2, /'192\.0\.3\.1' is not in 192\.0\.2\.5\/24/],
  ['networkd --address 192.0.2.5/24 --gateway 192.0.2.1 --gateway 192.0.2.2', 2, /is the second of IPv4/],
  ['networkd --gateway x', 2, /--gateway: 'x' is no IP address/],
  ['networkd --dns resolver.example', 2, /--dns: 'resolver\.example' is no IP address; expected one such as/],
  ['networkd --mtu 12', 2, /--mtu: '12' is not right; expected a whole number from 68 to 65535/],
  ['networkd --ra --mtu 1000', 2, /expected a whole number from 1280 \(IPv6 needs 1280\) to 65535/],
  ['networkd --mtu 1e3', 2, /--mtu: '1e3' is not right/],
  ['networkd --metric -1', 2, /argument missing|--metric/],
  ['networkd --metric 4294967296', 2, /expected a whole number from 0 to 4294967295/],
  ['networkd --renderer networkd', 2, /--renderer is for netplan; networkd has no such choice/],
  ['netplan --renderer wicked', 2, /--renderer: unknown 'wicked'; expected networkd or NetworkManager/],
  ['networkd --generic --master ens10', 2, /--generic is for any guest and --master for this one/],
  ['networkd --generic --root /', 2, /--generic reads no guest, so --root means nothing with it/],
  ['networkd --master ens11', 3, /--master: 'ens11' is no failover master here; expected ens10/],
  ['networkd --root /nowhere', 3, /--root: '\/nowhere': no such file or directory/],
];

const badStacks: readonly (readonly [string, number, RegExp])[] = [
  ['networkd --bridge br/0', 2, /--bridge: 'br\/0' is no name for a link; expected one such as br0/],
  ['networkd --bridge 0br', 2, /--bridge: '0br' is no name for a link/],
  ['networkd --bridge all', 2, /--bridge: 'all' has a meaning of its own/],
  ['networkd --bridge abcdefghijklmnop', 2, /'abcdefghijklmnop' is longer than 15 characters/],
  ['networkd --bridge ens11', 2, /--bridge: 'ens11' is another link of this guest; expected a name that is free/],
  ['networkd --bridge ens10', 2, /--bridge: 'ens10' is another link of this guest/],
  ['networkd --vlan 0', 2, /--vlan: '0' is not right; expected a VLAN ID, a whole number from 1 to 4094/],
  ['networkd --vlan 4095', 2, /--vlan: '4095' is not right/],
  ['networkd --vlan ten', 2, /--vlan: 'ten' is not right/],
  ['networkd --vlan 10 --bridge vlan10', 2, /--bridge: 'vlan10' is the name of the VLAN; expected another/],
  ['networkd --generic --vlan 10', 2, /--vlan: what stands on a master .*; expected no --generic/],
  [
    'cloud-init --bridge br0',
    2,
    /--bridge: cloud-init cannot be given it here; expected netplan, networkd, ifupdown or/,
  ],
  ['dhcpcd --vlan 10', 2, /--vlan: dhcpcd cannot be given it here/],
  ['connman --bridge br0', 2, /--bridge: connman cannot be given it here/],
  ['udev --bridge br0', 2, /--bridge: udev cannot be given it here/],
  ['ignition --bridge br0', 2, /--bridge means nothing with ignition/],
];

for (const [args, status, message] of [...badArguments, ...badStacks]) {
  test(`one line and status ${status}: generate ${args}`, async () => {
    const outcome = await run(args);
    assert.equal(outcome.status, status, outcome.stderr);
    assert.match(outcome.stderr, message);
    assert.match(outcome.stderr, /^failoverctl generate: [^\n]+\n$/);
    assert.equal(outcome.stdout, '');
  });
}

test('a guest without a failover group, and a machine without sysfs, are told apart', async () => {
  const none = await run('networkd', loopback);
  assert.equal(none.status, 3);
  assert.match(none.stderr, /no failover group in this guest; expected one, or --generic for any guest/);
  const nothing = await run('networkd', {});
  assert.equal(nothing.status, 3);
  assert.match(
    nothing.stderr,
    /cannot read links: '\/sys\/class\/net': no such file or directory .*expected a Linux sysfs/,
  );
});

const two: Tree = { ...loopback, ...triple(), ...triple('ens20', 'ens20nsby', 'ens21', '52:54:00:00:12:54', 2) };

test('of several masters one is chosen by name, and one static address is for one master', async () => {
  const all = await run('networkd', two);
  assert.match(all.stdout, /^PermanentMACAddress=52:54:00:00:12:53 52:54:00:00:12:54\nDriver=net_failover$/m);
  const chosen = await run('networkd --master ens20', two);
  assert.doesNotMatch(chosen.stdout, /52:54:00:00:12:53/);
  assert.match(chosen.stdout, /^# From: failoverctl generate networkd --master ens20 --dhcp4$/m);
  const refused = await run('networkd --address 192.0.2.5/24', two);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /there are several masters \(ens10, ens20\); say which one by --master/);
  assert.equal((await run('networkd --address 192.0.2.5/24 --master ens10', two)).status, 0);
});

test('a name that the format cannot hold is refused where the format goes by name, and only there', async () => {
  for (const name of ['$(id)', 'a=b', 'x\\', '\u001b[2J']) {
    const tree = triple(name);
    for (const manager of ['ifupdown', 'networkmanager', 'netplan --renderer NetworkManager']) {
      const { status, stdout, stderr } = await run(manager, tree);
      assert.deepEqual([status, stdout], [3, ''], `${manager} ${name}`);
      assert.match(stderr, /matches by name, and its files cannot hold this one/);
      assert.doesNotMatch(stderr, /\u001b/);
    }
    for (const manager of ['networkd', 'netplan']) assert.equal((await run(manager, tree)).status, 0, manager);
  }
});

test('--out writes the files below a directory, with their modes, and names them', async () => {
  const { status, stdout, system } = await run('netplan --generic --out /out/image/');
  assert.equal(status, 0);
  const yaml = system.files.get('/out/image/etc/netplan/95-failover.yaml');
  assert.ok(yaml?.kind === 'file');
  assert.equal(yaml.mode, 0o600);
  assert.match(yaml.text, /driver: net_failover/);
  const written = stdout.trim().split('\n');
  assert.ok(written.includes('/out/image/etc/netplan/95-failover.yaml'));
  for (const path of written) assert.ok(system.files.has(path), path);
});

test('--out overwrites nothing, and then writes nothing at all', async () => {
  const there = '/out/etc/systemd/network/06-failover-master.network';
  const { status, stdout, stderr, system } = await run('networkd --generic --out /out', { [there]: 'mine\n' });
  assert.equal(status, 3);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /--out: '\/out\/etc\/systemd\/network\/06-failover-master\.network' is there already; expected a place without it; nothing was written/,
  );
  const files = [...system.files].filter(([, node]) => node.kind === 'file').map(([path]) => path);
  assert.deepEqual(files, [there]);
});

test('whatever write fails, nothing is left behind', async () => {
  const { system: whole } = await run('ifupdown --out /out');
  const writes = whole.calls.filter((call) => /^(?:create|makeDirectory) \/out/.test(call));
  assert.ok(writes.length > 10, whole.calls.join('\n'));
  for (const broken of writes) {
    const { status, stdout, stderr, system } = await run('ifupdown --out /out', undefined, {
      refuse: (operation, path) => (`${operation} ${path}` === broken ? 'ENOSPC' : null),
    });
    assert.deepEqual([status, stdout], [3, ''], broken);
    assert.match(stderr, /cannot write .*no space left on the device \(ENOSPC\); nothing was written/);
    assert.deepEqual(
      [...system.files.keys()].filter((path) => path.startsWith('/out')),
      [],
      broken,
    );
  }
});

test('--help is complete', async () => {
  const { status, stdout } = await run('--help');
  assert.equal(status, 0);
  for (const word of [
    ...managers,
    '--generic',
    '--bridge br0',
    '--vlan 10',
    '--out',
    '--dhcp4',
    'Exit status',
    'Examples',
  ])
    assert.ok(stdout.includes(word), word);
});

const stacked = ['networkd', 'netplan', 'netplan --renderer NetworkManager', 'ifupdown', 'networkmanager'];

/** The settings of the output's file that has this in its path, without comments. */
function fileOf(stdout: string, path: string): string {
  const files = stdout.split(/^(?=# \/\S+ \(\d{4}\)$)/m).filter((text) => text.split('\n')[0]?.includes(path) === true);
  assert.equal(files.length, 1, `${path} in ${stdout.match(/^# \/\S+ \(\d{4}\)$/gm)?.join(' ') ?? stdout}`);
  return (files[0] ?? '').replace(/^#.*\n/gm, '').trim();
}

test('networkd: the bridge has the addresses and the MAC of the master, which has neither', async () => {
  const { stdout } = await run('networkd --bridge br0');
  assert.match(
    fileOf(stdout, '06-failover-master.network'),
    /^Bridge=br0\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no$/m,
  );
  assert.match(
    fileOf(stdout, '06-failover-bridge.netdev'),
    /Kind=bridge\nMACAddress=52:54:00:00:12:53\n\n\[Bridge\]\nSTP=no/,
  );
  const top = fileOf(stdout, '06-failover-bridge.network');
  assert.match(top, /^\[Match\]\nName=br0\n/);
  assert.match(top, /\nDHCP=ipv4\n[^]*\nClientIdentifier=mac/);
  assert.match(stdout, /^# From: failoverctl generate networkd --bridge br0 --dhcp4$/m);
});

test('networkd: a VLAN alone, and as the port of a bridge', async () => {
  const alone = (await run('networkd --vlan 10')).stdout;
  assert.match(fileOf(alone, '06-failover-master.network'), /^VLAN=vlan10$/m);
  assert.match(fileOf(alone, '06-failover-vlan.netdev'), /Name=vlan10\nKind=vlan\n\n\[VLAN\]\nId=10/);
  assert.match(fileOf(alone, '06-failover-vlan.network'), /^DHCP=ipv4$/m);
  assert.doesNotMatch(alone, /Bridge|promiscu/);
  const both = (await run('networkd --vlan 0010 --bridge br0')).stdout;
  assert.match(fileOf(both, '06-failover-vlan.network'), /^Bridge=br0\nDHCP=no$/m);
  assert.match(fileOf(both, '06-failover-master.network'), /^VLAN=vlan10$/m);
  assert.match(fileOf(both, '06-failover-bridge.network'), /^DHCP=ipv4$/m);
});

test('every manager: an address on the top link alone, and with a bridge what passes promiscuous mode on', async () => {
  for (const manager of stacked)
    for (const [options, follows] of [
      ['--bridge br0', true],
      ['--vlan 10', false],
      ['--bridge br0 --vlan 10', true],
    ] as const) {
      const { status, stdout, stderr } = await run(`${manager} ${options} --address 192.0.2.5/24 --gateway 192.0.2.1`);
      assert.deepEqual([status, stderr], [0, ''], `${manager} ${options}`);
      const text = stdout.replace(/^#.*\n/gm, '');
      assert.equal(text.match(/192\.0\.2\.5\/24/g)?.length, 1, `${manager} ${options}`);
      assert.equal(stdout.includes('/follow-promiscuity (0755)'), follows, `${manager} ${options}`);
      assert.equal(stdout.includes('93-net-failover-promiscuity.rules (0644)'), follows);
    }
});

test('netplan, ifupdown and NetworkManager: the bridge has the MAC of its port, and no spanning tree', async () => {
  const yaml = fileOf((await run('netplan --bridge br0')).stdout, '95-failover.yaml');
  assert.match(
    yaml,
    /br0:\n {6}renderer: networkd\n {6}interfaces: \[00-failover-525400001253\]\n {6}macaddress: "52:54:00:00:12:53"/,
  );
  assert.match(yaml, /stp: false/);
  const stanzas = fileOf((await run('ifupdown --bridge br0')).stdout, 'interfaces.d/failover');
  assert.match(stanzas, /^iface ens10 inet manual$/m);
  assert.match(stanzas, /ip link add name br0 address 52:54:00:00:12:53 type bridge stp_state 0/);
  assert.match(stanzas, /ip link set dev ens10 master br0/);
  const profiles = (await run('networkmanager --bridge br0')).stdout;
  assert.match(
    fileOf(profiles, 'failover-br0.nmconnection'),
    /cloned-mac-address=52:54:00:00:12:53\n\n\[bridge\]\nstp=false/,
  );
  assert.match(fileOf(profiles, 'failover-ens10.nmconnection'), /master=br0\nslave-type=bridge/);
});

test('an MTU is that of every link of the stack', async () => {
  for (const manager of stacked) {
    const text = (await run(`${manager} --bridge br0 --vlan 10 --mtu 1400`)).stdout.replace(/^#.*\n/gm, '');
    // ifupdown: a VLAN is made with the MTU of the link below
    assert.equal(text.match(/1400/g)?.length, manager === 'ifupdown' ? 2 : 3, manager);
  }
});

test('a stack is for one master', async () => {
  const refused = await run('networkd --bridge br0', two);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /--bridge: there are several masters \(ens10, ens20\); say which one by --master/);
  assert.equal((await run('networkd --bridge br0 --master ens20', two)).status, 0);
});

test('a bridge of that name may be there already', async () => {
  const br0 = (type: string) => ({
    ...netdev('br0', 'virtual'),
    '/sys/devices/virtual/net/br0/uevent': `DEVTYPE=${type}\nINTERFACE=br0\n`,
  });
  assert.equal((await run('networkd --bridge br0', { ...loopback, ...triple(), ...br0('bridge') })).status, 0);
  assert.equal((await run('networkd --bridge br0', { ...loopback, ...triple(), ...br0('bond') })).status, 2);
});
