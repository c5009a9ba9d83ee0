import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { problemIds } from '../../src/status/model.ts';
import { guest, healthyTree, oneLease, oneRoute, pci, statusOf, virtio, type Said } from './guest.ts';
import { netdev, standbyOffered, unsupported, type Tree } from '../topology/sysfs.ts';

test('a guest with one lease on its master is healthy', () => {
  const { problems, healthy, unreadable, groups } = statusOf(guest(healthyTree()));
  assert.deepEqual({ problems, healthy, unreadable }, { problems: [], healthy: true, unreadable: [] });
  assert.equal(groups[0]?.why, 'ens11 has carrier: the VF goes first');
  assert.deepEqual(groups[0]?.links[0]?.leases, [
    { address: '10.66.0.50', server: null, from: 'kernel', validFor: 595 },
  ]);
});

test('a VF that is away is not wrong: it is during a migration', () => {
  const { healthy, groups } = statusOf(guest(healthyTree(null)));
  assert.equal(healthy, true);
  assert.equal(groups[0]?.datapath, 'standby');
  assert.equal(groups[0]?.why, 'no VF is there; ens10nsby has carrier');
});

const onVf = (info: string) =>
  oneLease.replace('"ifname":"ens11","addr_info":[]', `"ifname":"ens11","addr_info":[${info}]`);
const second =
  '{"family":"inet","local":"10.66.0.99","prefixlen":24,"metric":1024,"broadcast":"10.66.0.255","scope":"global","dynamic":true,"label":"ens11","valid_life_time":595,"preferred_life_time":595}';
const route = (text: string) => oneRoute.replace(/^\[/, `[${text},`);
const withoutMaster = Object.fromEntries(
  Object.entries(healthyTree()).filter(([path]) => !path.startsWith('/sys/class/net/ens10') || path.endsWith('nsby')),
);

/** What is done to the healthy guest, and exactly what is then said. */
const broken: readonly (readonly [ids: string, message: RegExp, tree: Tree, answers?: Said])[] = [
  ['address-on-slave duplicate-lease', /ens11 has 10\.66\.0\.99\/24; only its master/, {}, { addresses: onVf(second) }],
  [
    'address-on-slave',
    /ens11 has fe80::1\/64/,
    {},
    {
      addresses: onVf(
        '{"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link","valid_life_time":4294967295}',
      ),
    },
  ],
  [
    'duplicate-default-route',
    /ens11 has an IPv4 default route through 10\.66\.0\.1, metric 77, beside ens10/,
    {},
    { routes4: route('{"dst":"default","gateway":"10.66.0.1","dev":"ens11","metric":77,"flags":[]}') },
  ],
  [
    'duplicate-default-route',
    /ens11 has an IPv4 default route through fe80::1/,
    {},
    {
      routes4: route(
        '{"dst":"default","metric":5,"nexthops":[{"via":{"family":"inet6","host":"fe80::1"},"dev":"ens11","weight":1,"flags":[]},{"gateway":"10.66.0.1","dev":"ens10","weight":1,"flags":[]}]}',
      ),
    },
  ],
  [
    'route-on-slave',
    /ens11 has a route to 192\.0\.2\.0\/24/,
    {},
    { routes4: route('{"dst":"192.0.2.0/24","dev":"ens11","flags":[]}') },
  ],
  [
    'slave-managed',
    /ens11 is managed by networkmanager \(connected, Wired connection 2\)/,
    {},
    { nmcli: 'ens10:connected:m\nens11:connected:Wired connection 2\n' },
  ],
  [
    'slave-managed',
    /ens11 is managed by networkd \(configuring, \/etc\/systemd\/network\/50-dhcp\.network\)/,
    { '/run/systemd/netif/links/4': 'ADMIN_STATE=configuring\nNETWORK_FILE=/etc/systemd/network/50-dhcp.network\n' },
    { running: ['systemd-networkd.service'] },
  ],
  [
    'slave-managed',
    /ens11 is managed by ifupdown \(up, iface ens11\)/,
    { '/run/network/ifstate': 'lo=lo\nens11=ens11\n' },
  ],
  [
    'slave-managed',
    /ens11 is managed by dhcp-client \(running, dhclient, process 7\)/,
    { '/proc/7/cmdline': 'dhclient\0ens11\0' },
  ],
  [
    'receive-black-hole',
    /ens11 is enslaved and has no carrier: what arrives on ens10nsby is dropped/,
    { [`${pci}/ens11/carrier`]: '0\n' },
  ],
  [
    'receive-black-hole',
    /ens11 is enslaved and down/,
    { [`${pci}/ens11/flags`]: '0x1002\n', [`${pci}/ens11/carrier`]: { errno: 'EINVAL' } },
  ],
  ['no-datapath', /ens10 carries nothing: ens10 is down/, down()],
  [
    'unpaired-twin',
    /ens12 has the MAC of ens10, but the kernel has not enslaved it/,
    netdev('ens12', 'pci0000:00/0000:09:00.0', { address: '52:54:00:00:12:53', physPortName: unsupported }),
  ],
  [
    'standby-without-master',
    /eth5 is a standby that no master has enslaved/,
    netdev('eth5', 'pci0000:00/0000:08:00.0/virtio9', { features: standbyOffered, physPortName: 'sby\n' }),
  ],
  [
    'duplicate-address',
    /fe80::5054:ff:fe00:1253\/64 of ens10 failed duplicate address detection/,
    {},
    { addresses: oneLease.replace('"scope":"link"', '"scope":"link","dadfailed":true,"tentative":true') },
  ],
  [
    'rename-failed',
    /ens11 was not renamed: udev wanted to name it enp5s0/,
    { '/run/udev/data/n2': 'I:1\n', '/run/udev/data/n3': 'I:1\n', '/run/udev/data/n4': 'I:1\nE:ID_NET_NAME=enp5s0\n' },
  ],
  [
    'rename-failed',
    /ens11 was not renamed: udev gave up/,
    { '/run/udev/data/n2': 'I:1\n', '/run/udev/data/n3': 'I:1\n' },
  ],
  [
    'standby-down',
    /ens10nsby is down: when the VF is unplugged the guest has no network; 'ip link set ens10nsby up'/,
    { [`${virtio}/ens10nsby/flags`]: '0x1002\n', [`${virtio}/ens10nsby/carrier`]: { errno: 'EINVAL' } },
  ],
  [
    'bridge-behind-vf',
    /ens11 drops frames .*bridge br0 of ens10: its MAC is 36:01:02:03:04:05; give it 52:54:/,
    inBridge('36:01:02:03:04:05'),
  ],
  [
    'bridge-behind-vf',
    /br0 of ens10: 2 other ports have MACs behind them; 'failoverctl install --bridge' sets it .*'ip link set ens11 promisc on' until the next/,
    inBridge('52:54:00:00:12:53', 'tap0', 'tap1'),
  ],
  [
    'unpaired-twin',
    /the kernel has not enslaved it: if 'dmesg' says 'unable to change mtu to 9000', lower that of ens10/,
    {
      ...netdev('ens12', 'pci0000:00/0000:09:00.0', { address: '52:54:00:00:12:53', physPortName: unsupported }),
      [`${virtio}/ens10/mtu`]: '9000\n',
    },
  ],
  ['master-without-address', /ens10 has no address/, {}, { addresses: '[]\n', routes4: '[]\n' }],
];

/** The master is a port of br0. */
function inBridge(mac: string, ...others: readonly string[]): Tree {
  const ports = ['ens10', ...others].map((port): [string, MemoryEntry] => [
    `/sys/devices/virtual/net/br0/brif/${port}`,
    '',
  ]);
  return {
    ...netdev('br0', 'virtual', { address: mac }),
    ...Object.fromEntries(ports),
    [`${virtio}/ens10/master`]: { link: '../../../../virtual/net/br0' },
    [`${virtio}/ens10/flags`]: '0x1103\n',
  };
}

function down(): Tree {
  const off = (path: string): Tree => ({ [`${path}/flags`]: '0x1002\n', [`${path}/carrier`]: { errno: 'EINVAL' } });
  return { ...off(`${virtio}/ens10`), ...off(`${virtio}/ens10nsby`), ...off(`${pci}/ens11`) };
}

const seen = new Set<string>();
for (const [ids, message, tree, answers] of broken) {
  test(`${ids}: ${message.source}`, () => {
    const { problems, healthy } = statusOf(guest({ ...healthyTree(), ...tree }, answers));
    assert.equal(healthy, false);
    assert.equal([...new Set(problems.map(({ id }) => id))].join(' '), ids);
    assert.ok(
      problems.some((problem) => message.test(problem.message)),
      JSON.stringify(problems),
    );
    for (const { id } of problems) seen.add(id);
  });
}

test('a link that udev is still at work on has no wrong name', () => {
  const early = { '/run/udev/data/n2': 'I:1\n', '/run/udev/data/n3': 'I:1\n' };
  assert.deepEqual(statusOf(guest({ ...healthyTree(), ...early, '/run/udev/queue': '' })).problems, []);
});

test('hooks-missing: nothing installed, and no rules of ours', () => {
  const { '/etc/udev/rules.d/92-net-failover.rules': _, ...tree } = healthyTree();
  const { problems } = statusOf(guest(tree));
  assert.deepEqual(
    problems.map(({ id }) => id),
    ['hooks-missing'],
  );
  assert.match(problems[0]?.message ?? '', /nothing is installed; 'failoverctl install --now'/);
  seen.add('hooks-missing');
  seen.add('standby-not-offered'); // in test/topology/failover-group.test.ts
});

test('master-without-standby: another NIC has taken its place', () => {
  const tree = { ...healthyTree() };
  delete tree[`/sys/class/net/ens10nsby`];
  const { problems } = statusOf(guest(tree));
  assert.deepEqual(
    problems.map(({ id }) => id),
    ['master-without-standby'],
  );
  seen.add('master-without-standby');
});

test('standby-refused: host_mtu below 1500', () => {
  const tree: Tree = { ...healthyTree(), [`${virtio}/ens10nsby/mtu`]: '1400\n', [`${virtio}/ens10/mtu`]: '1500\n' };
  delete tree[`${virtio}/ens10nsby/master`];
  delete tree[`${virtio}/ens10/lower_ens10nsby`];
  const { problems } = statusOf(guest(tree));
  assert.deepEqual(
    problems.map(({ id }) => id),
    ['master-without-standby', 'standby-refused'],
  );
  assert.match(
    problems[1]?.message ?? '',
    /ens10 refused its standby ens10nsby: the host's MTU 1400 is below the master's 1500; .*'ip link set ens10 mtu 1400'/,
  );
  seen.add('standby-refused');
});

test('a bridge with the MAC of its port, or a VF that is promiscuous, loses nothing', () => {
  assert.equal(statusOf(guest({ ...healthyTree(), ...inBridge('52:54:00:00:12:53') })).healthy, true);
  const promiscuous = { ...inBridge('36:01:02:03:04:05', 'tap0'), [`${pci}/ens11/flags`]: '0x1103\n' };
  assert.equal(statusOf(guest({ ...healthyTree(), ...promiscuous })).healthy, true);
});

test('a standby alone, whose master is gone, is still told', () => {
  const tree = { ...withoutMaster };
  delete tree[`${virtio}/ens10nsby/master`];
  const { problems, groups } = statusOf(guest(tree));
  assert.deepEqual(groups, []);
  assert.deepEqual(
    problems.map(({ id }) => id),
    ['standby-without-master'],
  );
});

test('every problem has been seen', () => {
  assert.deepEqual(
    [...problemIds].filter((id) => !seen.has(id)),
    [],
  );
});

test('what is in order is not told: silent networkd, a master in a bridge or under VLANs, NetworkManager looking on', () => {
  const silent = { '/run/systemd/netif/links/4': 'ADMIN_STATE=configured\n' };
  assert.equal(
    statusOf(guest({ ...healthyTree(), ...silent }, { running: ['systemd-networkd.service'] })).healthy,
    true,
  );
  const stopped = { '/run/systemd/netif/links/4': 'ADMIN_STATE=configuring\n' };
  assert.equal(statusOf(guest({ ...healthyTree(), ...stopped })).healthy, true);
  const bare = { addresses: '[]\n', routes4: '[]\n' };
  const port = { [`${virtio}/ens10/master`]: { link: '../../br0' } };
  assert.equal(statusOf(guest({ ...healthyTree(), ...port }, bare)).healthy, true);
  const vlans = { [`${virtio}/ens10/upper_ens10.5`]: { link: '../ens10.5' } };
  assert.equal(statusOf(guest({ ...healthyTree(), ...vlans }, bare)).healthy, true);
  const external = 'ens10:connected:m\nens10nsby:unmanaged:\nens11:connected (externally):ens11\n';
  assert.equal(statusOf(guest(healthyTree(), { nmcli: external })).healthy, true);
});

test('where ip(8) cannot be asked nobody is called healthy', () => {
  const { healthy, unreadable } = statusOf(memorySystem(healthyTree()));
  assert.equal(healthy, null);
  assert.deepEqual(unreadable, [{ errno: 'ENOENT', path: 'ip' }]);
});

/** ip(8) was not asked when they were recorded, and nothing of ours was installed: what else is wrong is known from `about`. */
const recordedProblems: Readonly<Record<string, readonly string[]>> = {
  'bookworm-triple-down.json': ['no-datapath'],
  'bookworm-no-primary-yet.json': ['no-datapath'],
};
for (const file of readdirSync('test/fixtures/guests').filter((name) => name.endsWith('.json'))) {
  test(`recorded: ${file}`, () => {
    const { entries } = JSON.parse(readFileSync(`test/fixtures/guests/${file}`, 'utf8')) as {
      entries: Record<string, MemoryEntry>;
    };
    const { problems, groups } = statusOf(memorySystem(entries));
    const ids = [...new Set(problems.map(({ id }) => id))].filter((id) => id !== 'hooks-missing');
    assert.deepEqual(ids, recordedProblems[file] ?? []);
    for (const { links, master } of groups) assert.equal(links[0]?.name, master);
  });
}

test('a bridge of 200 ports is counted, and its ports are not asked', () => {
  const others = Array.from({ length: 199 }, (_, index) => `tap${index}`);
  const system = guest({ ...healthyTree(), ...inBridge('52:54:00:00:12:53', ...others) });
  const { problems } = statusOf(system);
  const problem = problems.find(({ id }) => id === 'bridge-behind-vf');
  assert.match(problem?.message ?? '', /bridge br0 of ens10: 199 other ports have MACs behind them;/);
  assert.ok(!system.calls.some((call) => call.includes('/tap7')));
});
