import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { renderNetplan, netplanPath, type NetplanRenderer } from '../../../src/managers/netplan/render.ts';
import { loadRenderer } from '../../../src/managers/render.ts';
import { allConfigs, azure, dhcp, ens10, ens12, fileAt, fixed, stackConfigs } from '../master-configs.ts';
import type { MasterConfig } from '../../../src/managers/master-config.ts';

/** What Debian's cloud images say of every NIC. */
const catchAll = `network:
  version: 2
  ethernets:
    all-en: {match: {name: "en*"}, dhcp4: true, dhcp6: true}
    all-eth: {match: {name: "eth*"}, dhcp4: true, dhcp6: true}
`;

const generator = '/usr/libexec/netplan/generate';
const missing = [generator, '/usr/lib/netplan/generate'].every((path) => !existsSync(path))
  ? 'netplan is not installed'
  : false;

/** What netplan makes of the files: each file below /run, by path. Anything that it says is a failure. */
function generate(config: MasterConfig, renderer: NetplanRenderer): ReadonlyMap<string, string> {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-netplan-'));
  try {
    const write = (path: string, text: string, mode: number): void => {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
      chmodSync(join(root, path), mode);
    };
    write('/etc/netplan/90-default.yaml', catchAll, 0o600);
    for (const { path, text, mode } of renderNetplan(config, renderer)) write(path, text, mode);
    const program = existsSync(generator) ? generator : '/usr/lib/netplan/generate';
    const { status, stderr, stdout } = spawnSync(program, ['--root-dir', root], { encoding: 'utf8' });
    assert.equal(`${stdout}${stderr}`, '', JSON.stringify(config));
    assert.equal(status, 0);
    const names = existsSync(join(root, 'run'))
      ? readdirSync(join(root, 'run'), { recursive: true, withFileTypes: true })
      : [];
    const made = new Map<string, string>();
    for (const entry of names.filter((found) => found.isFile())) {
      const path = join(entry.parentPath, entry.name);
      made.set(path.slice(root.length), readFileSync(path, 'utf8'));
    }
    return made;
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('the file is for root alone: it may hold what netplan calls secret', () => {
  assert.equal(fileAt(renderNetplan(dhcp, 'networkd'), netplanPath).mode, 0o600);
});

test('the YAML says what was asked for', () => {
  const said = {
    renderer: 'networkd',
    dhcp4: false,
    dhcp6: false,
    'accept-ra': false,
    addresses: ['192.0.2.5/24', '198.51.100.5/24', '2001:db8::5/64'],
    routes: [
      { to: '0.0.0.0/0', via: '192.0.2.1', metric: 50 },
      { to: '::/0', via: '2001:db8::1', metric: 50 },
    ],
    nameservers: { addresses: ['192.0.2.53', '2001:db8::53'] },
  };
  const definition = parse(fileAt(renderNetplan({ ...fixed, masters: null }, 'networkd'), netplanPath).text);
  assert.deepEqual(definition, {
    network: {
      version: 2,
      ethernets: {
        '00-failover-master': { ...said, match: { driver: 'net_failover' } },
      },
    },
  });
});

test('netplan takes every configuration without a word, for networkd', { skip: missing }, () => {
  for (const config of allConfigs) {
    const made = generate(config, 'networkd');
    const ours = [...made.keys()].filter((path) => path.includes('00-failover'));
    assert.equal(ours.length, config.masters?.length ?? (config.gateways.length > 0 ? 1 : 2), ours.join(' '));
    // A .link file would take the place of 99-default.link, and its naming policy.
    assert.ok(
      ours.every((path) => path.endsWith('.network')),
      ours.join(' '),
    );
    // Every drop-in belongs to a file that netplan makes.
    for (const { path } of renderNetplan(config, 'networkd').filter((file) => file.path.includes('.network.d/'))) {
      assert.ok(made.has(dirname(path).replace('/etc/', '/run/').replace(/\.d$/, '')), path);
    }
  }
});

test('netplan takes every stack on a master without a word, for both renderers', { skip: missing }, () => {
  for (const config of stackConfigs) {
    const made = generate(config, 'networkd');
    for (const { path } of renderNetplan(config, 'networkd').filter((file) => file.path.includes('.network.d/')))
      assert.ok(made.has(dirname(path).replace('/etc/', '/run/').replace(/\.d$/, '')), path);
    const bridge = config.stack?.bridge ?? null;
    if (bridge !== null)
      assert.match(
        made.get(`/run/systemd/network/10-netplan-${bridge}.netdev`) ?? '',
        /^MACAddress=52:54:00:00:12:53$/m,
      );
    const profiles = [...generate(config, 'NetworkManager')].filter(([path]) => path.endsWith('.nmconnection'));
    assert.ok(profiles.length >= 2);
    for (const [path, text] of profiles)
      if (!/all-e/.test(path)) assert.equal(refusalOf(text), '', `${path} ${JSON.stringify(config)}`);
  }
});

test("networkd would see the master's file before an image's catch-all", { skip: missing }, () => {
  const made = generate({ ...dhcp, masters: null }, 'networkd');
  const names = [...made.keys()].filter((path) => path.startsWith('/run/systemd/network/')).sort();
  assert.deepEqual(names, [
    '/run/systemd/network/10-netplan-00-failover-master-netvsc.network',
    '/run/systemd/network/10-netplan-00-failover-master.network',
    '/run/systemd/network/10-netplan-all-en.network',
    '/run/systemd/network/10-netplan-all-eth.network',
  ]);
  const master = made.get(names[1] ?? '') ?? '';
  assert.match(master, /^\[Match\]\nDriver=net_failover\n\n/);
  assert.match(master, /^ClientIdentifier=mac$/m);
  assert.match(master, /^IPv6AcceptRA=no$/m);
});

test('this guest is matched by MAC and driver, each kind of master by its own', { skip: missing }, () => {
  const made = generate({ ...dhcp, masters: [ens10, azure] }, 'networkd');
  const match = (mac: string): string | undefined =>
    made.get(`/run/systemd/network/10-netplan-00-failover-${mac}.network`)?.split('\n\n')[0];
  assert.equal(match('525400001253'), '[Match]\nDriver=net_failover\nPermanentMACAddress=52:54:00:00:12:53');
  assert.equal(match('000d3a000001'), '[Match]\nDriver=hv_netvsc\nPermanentMACAddress=00:0d:3a:00:00:01');
});

/** Why NetworkManager leaves a profile out; nothing if it does not, or if its reader is not here. */
function refusalOf(profile: string): string {
  const argv = ['--offline', 'connection', 'modify', 'connection.zone', ''];
  const { error, stderr } = spawnSync('nmcli', argv, { input: profile, encoding: 'utf8' });
  return error === undefined ? stderr : '';
}

test('netplan takes every configuration of a guest for NetworkManager, by name', { skip: missing }, () => {
  for (const config of allConfigs.filter(({ masters }) => masters !== null)) {
    const made = generate(config, 'NetworkManager');
    for (const { name, mac } of config.masters ?? []) {
      const path = `/run/NetworkManager/system-connections/netplan-00-failover-${mac.replaceAll(':', '')}.nmconnection`;
      assert.match(made.get(path) ?? '', new RegExp(`^interface-name=${name}$`, 'm'));
      assert.equal(refusalOf(made.get(path) ?? ''), '', JSON.stringify(config));
    }
    // A [device] section with managed=1 would beat the udev property that keeps NetworkManager off the slaves.
    assert.doesNotMatch(made.get('/run/NetworkManager/conf.d/netplan.conf') ?? '', /managed=1/);
  }
});

test('each renderer has its guard beside it, and the udev rules', async () => {
  const render = await loadRenderer();
  const paths = (config: MasterConfig, netplanRenderer: NetplanRenderer): readonly string[] =>
    render('netplan', config, { netplanRenderer }).map(({ path }) => path);
  const networkd = paths({ ...dhcp, masters: [ens10, ens12] }, 'networkd');
  assert.ok(networkd.includes('/etc/systemd/network/05-failover-slaves-by-mac.network'));
  assert.ok(networkd.includes('/etc/udev/rules.d/92-net-failover.rules'));
  assert.ok(!networkd.some((path) => path.startsWith('/etc/NetworkManager')));
  const manager = paths(dhcp, 'NetworkManager');
  assert.ok(manager.includes('/etc/NetworkManager/conf.d/99-failover-slaves.conf'));
  assert.ok(manager.includes(netplanPath));
  assert.ok(!manager.some((path) => path.startsWith('/etc/systemd/network')));
  const anyGuest = paths({ ...dhcp, masters: null }, 'NetworkManager');
  assert.ok(anyGuest.includes('/etc/NetworkManager/system-connections/failover-master.nmconnection'));
  assert.ok(!anyGuest.includes(netplanPath));
});

test('what netplan has no word for is in a drop-in', () => {
  const files = renderNetplan(
    { ...dhcp, dhcp6: true, acceptRa: true, mtu: 9000, metric: 70, masters: null },
    'networkd',
  );
  const dropIn = fileAt(files, '/etc/systemd/network/10-netplan-00-failover-master.network.d/failover.conf');
  assert.match(dropIn.text, /^\[Link\]\nMTUBytes=9000\nRequiredForOnline=routable$/m);
  assert.match(dropIn.text, /^\[IPv6AcceptRA\]\nRouteMetric=70$/m);
  assert.match(dropIn.text, /^IgnoreCarrierLoss=30s$/m);
  assert.match(dropIn.text, /^UseMTU=no$/m);
});
