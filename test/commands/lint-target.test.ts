/** What `lint` judges in trees as people have them, and what it says where it cannot: nothing of it may come out clean. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { featureBits, netdev, triple, unsupported } from '../topology/sysfs.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const catchAll = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const right = '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n';
const networkd: Tree = {
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n[Install]\nWantedBy=multi-user.target\n',
};
const enabled: Tree = {
  ...networkd,
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
};

async function run(tree: Tree, ...args: readonly string[]) {
  const system = memorySystem(tree);
  const status = await main(args, system);
  const { stdout, stderr } = system;
  return { status, stdout, stderr, said: stdout + stderr };
}

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly default?: string;
}

async function findingsOf(tree: Tree, ...args: readonly string[]): Promise<readonly Found[]> {
  const { stdout } = await run(tree, 'lint', ...args, '--json');
  return (JSON.parse(stdout) as { findings: readonly Found[] }).findings;
}

const rulesOf = async (tree: Tree, ...args: readonly string[]) =>
  (await findingsOf(tree, ...args)).map(({ rule }) => rule);

test('a manager that nothing starts: its files are judged, and that nobody will act is said', async () => {
  const file = { '/etc/systemd/network/20-wan.network': right };
  assert.deepEqual(await rulesOf({ ...enabled, ...file }), []);
  const [asleep] = await findingsOf({ ...networkd, ...file });
  assert.equal(asleep?.rule, 'FO112');
  assert.match(asleep.message, /systemd-networkd\.service is not enabled/);
  assert.doesNotMatch(asleep.message, /not installed/, 'what is there is what counts');
  assert.deepEqual(await rulesOf({ ...networkd, '/etc/systemd/network/20-wan.network': catchAll }), [
    'FO112',
    'FO107',
    'FO101',
    'FO202',
  ]);
  const mask = { '/etc/systemd/system/systemd-networkd.service': { link: '/dev/null' } };
  assert.deepEqual(await rulesOf({ ...networkd, ...file, ...mask }), ['FO112'], 'a mask takes its only manager away');
  assert.match((await run({ ...networkd, ...file, ...mask }, 'lint')).stdout, /not judged: .*20-wan\.network/);
});

test('ifupdown whose service nothing starts, and one that sysvinit starts', async () => {
  const ifupdown: Tree = {
    '/usr/sbin/ifup': '',
    '/usr/lib/systemd/system/networking.service': '[Service]\n',
    '/etc/machine-id': 'x\n',
    '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n',
  };
  assert.deepEqual(await rulesOf(ifupdown), ['FO112']);
  assert.deepEqual(await rulesOf({ ...ifupdown, '/etc/rcS.d/S11networking': { link: '../init.d/networking' } }), []);
});

test('where nobody can act, the finding is on a file that somebody wrote', async () => {
  const text = 'network: {version: 2, ethernets: {enp9s0: {dhcp4: true}}}\n';
  const tree = { '/usr/sbin/netplan': '', '/etc/machine-id': 'x\n', '/etc/netplan/x.yaml': { text, mode: 0o600 } };
  const [nobody] = await findingsOf(tree);
  assert.equal(nobody?.rule, 'FO112');
  assert.equal(nobody.file, '/etc/netplan/x.yaml');
});

test('a template that nobody has filled in is no configuration: netplan and PyYAML stop at its keys', async () => {
  const text = 'network:\n  version: 2\n  ethernets:\n    {{ iface }}:\n      dhcp4: true\n';
  for (const [path, as] of [
    ['/t/50.yaml', 'netplan'],
    ['/t/network-config', 'network-config'],
  ] as const) {
    const { status, stdout } = await run({ [path]: text }, 'lint', '--as', as, path);
    assert.equal(status, 1, stdout);
    assert.match(stdout, /\[FO00[15]\].*\{\{ iface \}\}/);
  }
  for (const odd of ['{a: b}: 1', 'network: {[a]: 1}', 'network: {ethernets: {e: {{a: b}: 1}}}'])
    assert.deepEqual(await rulesOf({ '/t/x.yaml': `${odd}\n` }, '--as', 'netplan', '/t/x.yaml'), ['FO005'], odd);
});

test('a default is in no file: no format names one', async () => {
  const text = '[connection]\nid=x\ntype=ethernet\ninterface-name=other0\n[ipv4]\nmethod=auto\n';
  const tree: Tree = { '/r/etc/NetworkManager/system-connections/x.nmconnection': { text, mode: 0o600 } };
  const name = "NetworkManager's default: no file sets this";
  assert.match((await run(tree, 'lint', '--root', '/r')).stdout, new RegExp(`--> ${name}`));
  const concise = await run(tree, 'lint', '--root', '/r', '--format', 'concise');
  assert.match(concise.stdout, new RegExp(`^${name}: FO101 error `, 'm'));
  const github = await run(tree, 'lint', '--root', '/r', '--format', 'github');
  assert.match(github.stdout, /^::error title=FO101 dhcp-on-slave::.*%0ANetworkManager's default/m);
  const sarif = await run(tree, 'lint', '--root', '/r', '--format', 'sarif');
  const [result] = JSON.parse(sarif.stdout).runs[0].results;
  assert.deepEqual(result.locations, [{ logicalLocations: [{ fullyQualifiedName: name }] }]);
  assert.equal((await findingsOf(tree, '--root', '/r'))[0]?.default, name);
});

test('with --root, the formats for code review name files that are there', async () => {
  const tree: Tree = { '/r/etc/systemd/network/20-wan.network': catchAll };
  const github = await run(tree, 'lint', '--root', '/r', '--format', 'github');
  for (const [, path = ''] of github.stdout.matchAll(/file=([^,]*)/g)) assert.ok(path in tree, path);
  const sarif = await run(tree, 'lint', '--root', '/r', '--format', 'sarif');
  const { results } = JSON.parse(sarif.stdout).runs[0];
  assert.ok(results.length > 1);
  for (const { locations } of results)
    assert.equal(locations[0].physicalLocation.artifactLocation.uri, 'file:///r/etc/systemd/network/20-wan.network');
});

test('boot options alone are told as what was judged', async () => {
  const { said } = await run({ '/r/etc/default/grub': 'GRUB_CMDLINE_LINUX="ip=dhcp"\n' }, 'lint', '--root', '/r');
  assert.match(said, /FO403/);
  assert.match(said, /^judged: boot options \(1 file\) of \/r; /m);
});

test('NICs that the host did not offer as a pair: lint, explain, doctor and status say so', async () => {
  const mac = '52:54:00:00:12:53';
  const apart: Tree = {
    ...netdev('ens10', 'pci0000:00/0000:01:00.0/virtio1', {
      address: mac,
      features: featureBits([0, 5, 32]),
      physPortName: unsupported,
    }),
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/driver': { link: '/sys/bus/virtio/drivers/virtio_net' },
    ...netdev('ens11', 'pci0000:00/0000:05:00.0', { address: mac, physPortName: unsupported, driver: 'e1000e' }),
    ...enabled,
    '/etc/systemd/network/20-wan.network': right,
  };
  const pair = /ens10 and ens11: both have the MAC 52:54:00:00:12:53, but the host does not offer VIRTIO_NET_F_STANDBY/;
  const lint = await run(apart, 'lint');
  assert.match(
    lint.stdout,
    new RegExp(`^judged: .*assumed: a guest with one net_failover triple.*${pair.source}`, 'm'),
  );
  assert.match((await run(apart, 'explain', 'master')).stderr, pair);
  for (const command of ['doctor', 'status']) {
    const { status, stdout } = await run(apart, command);
    assert.equal(status, 1, command);
    assert.match(stdout, pair, command);
    assert.match(stdout, /on the host, give the virtio interface <teaming type='persistent'\/>/, command);
  }
});

test('NICs of one MAC that belong together for another reason, or do not, are no forgotten pair', async () => {
  const nics = (macs: readonly [string, string], driver: string): Tree => ({
    ...netdev('ens10', 'pci0000:00/0000:01:00.0/virtio1', {
      address: macs[0],
      features: featureBits([0, 5, 32]),
      physPortName: unsupported,
    }),
    '/sys/devices/pci0000:00/0000:01:00.0/virtio1/driver': { link: '/sys/bus/virtio/drivers/virtio_net' },
    ...netdev('ens11', 'pci0000:00/0000:05:00.0', { address: macs[1], physPortName: unsupported, driver }),
  });
  const bonded = {
    '/sys/devices/virtual/net/bond0/type': '1\n',
    '/sys/devices/pci0000:00/0000:05:00.0/net/ens11/master': { link: '../../../../virtual/net/bond0' },
  };
  const mac = '52:54:00:00:12:53';
  for (const [title, tree] of [
    ['two MACs', nics([mac, '52:54:00:00:12:54'], 'e1000e')],
    ['a port of a bond', { ...nics([mac, mac], 'e1000e'), ...bonded }],
    ['no MAC that can be read', nics(['', ''], 'e1000e')],
  ] as const)
    for (const command of ['doctor', 'status', 'detect']) {
      const { said } = await run(tree, command);
      assert.doesNotMatch(said, /VIRTIO_NET_F_STANDBY|both have the MAC/, `${command}: ${title}`);
    }
  const json = await run(nics([mac, mac], 'e1000e'), 'detect', '--json');
  assert.deepEqual(JSON.parse(json.stdout).unpaired, [{ mac, virtio: 'ens10', vf: 'ens11' }]);
});

test('a .link file gives an altname: networkd matches by it, on the link that the file is for', async () => {
  const link = '[Match]\nPath=pci-0000:05:00.0\n\n[Link]\nNamePolicy=keep kernel\nAlternativeName=fast spare\n';
  const network = '[Match]\nName=fast\n\n[Network]\nDHCP=yes\n';
  const files = { '/etc/systemd/network/10-fast.link': link, '/etc/systemd/network/20-fast.network': network };
  const vf = 'pci0000:00/0000:05:00.0/net/ens11';
  const udev =
    'I:1\nE:ID_NET_DRIVER=e1000e\nE:ID_PATH=pci-0000:05:00.0\nE:ID_NET_LINK_FILE=/usr/lib/systemd/network/99-default.link\n';
  const known = { ...triple(), [`/sys/devices/${vf}/ifindex`]: '4\n', '/run/udev/data/n4': udev };
  const found = await findingsOf({ ...enabled, ...known, ...files });
  const dhcp = found.find(({ rule }) => rule === 'FO101');
  assert.match(dhcp?.message ?? '', /^ens11 \(primary\): /);
  assert.equal(dhcp?.severity, 'error');
  const other = { ...files, '/etc/systemd/network/20-fast.network': network.replace('fast', 'other') };
  assert.deepEqual(await rulesOf({ ...enabled, ...known, ...other }), ['FO112'], 'nobody is called so');
});

test('without udev’s database a link’s slot is known from sysfs', async () => {
  const link = '[Match]\nPath=pci-0000:05:00.0\n\n[Link]\nName=lan0\n';
  const network = '[Match]\nName=lan0\n\n[Network]\nDHCP=yes\n';
  const files = { '/etc/systemd/network/10-lan.link': link, '/etc/systemd/network/20-lan.network': network };
  const found = await findingsOf({ ...enabled, ...triple(), ...files });
  assert.deepEqual(
    found.map(({ rule, severity }) => `${rule} ${severity}`),
    ['FO112 error', 'FO110 warning', 'FO101 error'],
  );
});

test('a key that netplan writes and networkd does not know is no warning: nobody can spell it better', async () => {
  const text =
    'network:\n  version: 2\n  ethernets:\n    ens10: {optional-addresses: [dhcp4], dhcp4: true, dhcp-identifier: mac}\n';
  const tree = { ...triple(), '/t/50.yaml': { text, mode: 0o600 } };
  const [unknown, ...others] = await findingsOf(tree, '--as', 'netplan', '/t/50.yaml');
  assert.deepEqual([unknown?.rule, unknown?.severity, others], ['FO003', 'info', []]);
  assert.match(unknown?.message ?? '', /OptionalAddresses=.*which netplan writes for this$/);
});

test('where a version is not known, what turns on it is told, for whichever version is worse', async () => {
  const text = '[Match]\nType=ether\n\n[Network]\nIPForward=yes\n\n[Link]\nRequiredForOnline=no\n';
  const tree = { '/etc/systemd/network/20-wan.network': text };
  const of105 = async (...args: readonly string[]) =>
    (await findingsOf(tree, ...args)).filter(({ rule }) => rule === 'FO105').map(({ message }) => message);
  assert.deepEqual(await of105('--target', 'debian12'), [], '252 heeds it: a router takes no advertisements');
  const [known = ''] = await of105('--target', 'debian-sid');
  assert.match(known, /accepts router advertisements/);
  assert.deepEqual(await of105(), [`on debian-sid: ${known}`]);
  assert.deepEqual(await of105('--target', 'netplan=1.1'), [`on debian-sid: ${known}`]);
  assert.deepEqual(await of105('--target', 'systemd=257'), [known]);
  const whole = { ...enabled, ...tree };
  const warnings = (await findingsOf(whole)).filter(({ severity }) => severity === 'warning');
  assert.ok(warnings.some(({ message }) => message.startsWith('on debian-sid')));
  assert.match((await run(whole, 'doctor')).stdout, new RegExp(`lint finds .*${warnings.length} warning`));
});
