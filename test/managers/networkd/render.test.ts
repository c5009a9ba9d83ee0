import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  macGuardPath,
  propertyGuardPath,
  renderNetworkd,
  renderNetworkdGuard,
} from '../../../src/managers/networkd/render.ts';
import { allConfigs, azure, dhcp, ens10, ens12, fileAt, fixed, settings, stackConfigs } from '../master-configs.ts';
import { askNetworkd, daemonVersion, missingDaemon } from './daemon.ts';
import { configFile } from '../config-file.ts';

const masterPath = '/etc/systemd/network/06-failover-master.network';

test("the guard of any guest goes by udev's property", () => {
  const files = renderNetworkdGuard({ ...dhcp, masters: null });
  assert.deepEqual(
    files.map(({ path, mode }) => [path, mode]),
    [[propertyGuardPath, 0o644]],
  );
  assert.equal(
    settings(fileAt(files, propertyGuardPath)),
    '[Match]\nProperty=ID_NET_FAILOVER=[sp]*\n\n[Link]\nUnmanaged=yes',
  );
});

test('the guard of this guest names its MACs, and leaves out the drivers of masters', () => {
  const files = renderNetworkdGuard({ ...dhcp, masters: [ens10, azure] });
  assert.equal(
    settings(fileAt(files, macGuardPath)),
    `[Match]
PermanentMACAddress=52:54:00:00:12:53 00:0d:3a:00:00:01
Driver=!net_failover hv_netvsc

[Link]
Unmanaged=yes`,
  );
});

test('guards sort before masters, and masters before the files of netplan', () => {
  const names = renderNetworkd({ ...dhcp, masters: [ens10, azure] }).map(({ path }) => path.split('/').at(-1) ?? '');
  const [guards, masters] = [
    names.filter((name) => name.includes('slaves')),
    names.filter((name) => name.includes('master')),
  ];
  assert.deepEqual([guards.length, masters.length, names.length], [2, 2, 4]);
  assert.ok(guards.every((guard) => masters.every((master) => guard < master)));
  assert.ok(masters.every((name) => name < '10-netplan-'));
});

test('DHCP on the master, with the MAC as its identity', () => {
  assert.equal(
    settings(fileAt(renderNetworkd(dhcp), masterPath)),
    `[Match]
PermanentMACAddress=52:54:00:00:12:53
Driver=net_failover

[Link]
RequiredForOnline=routable

[Network]
DHCP=ipv4
IPv6AcceptRA=no
IgnoreCarrierLoss=yes
IgnoreCarrierLoss=30s
KeepConfiguration=dhcp-on-stop

[DHCPv4]
ClientIdentifier=mac`,
  );
});

test('static addresses, gateways with a metric, name servers, MTU', () => {
  assert.equal(
    settings(fileAt(renderNetworkd({ ...fixed, masters: null }), masterPath)),
    `[Match]
Driver=net_failover

[Link]
MTUBytes=1400
RequiredForOnline=routable

[Network]
DHCP=no
IPv6AcceptRA=no
Address=192.0.2.5/24
Address=198.51.100.5/24
Address=2001:db8::5/64
DNS=192.0.2.53
DNS=2001:db8::53
IgnoreCarrierLoss=yes
IgnoreCarrierLoss=30s

[Route]
Gateway=192.0.2.1
Metric=50

[Route]
Gateway=2001:db8::1
Metric=50`,
  );
});

test('masters of one kind share a file, and each kind has its own', () => {
  const files = renderNetworkd({ ...dhcp, masters: [ens10, ens12, azure] });
  const match = (path: string): string | undefined => settings(fileAt(files, path)).split('\n\n')[0];
  assert.equal(
    match(masterPath),
    '[Match]\nPermanentMACAddress=52:54:00:00:12:53 52:54:00:00:12:54\nDriver=net_failover',
  );
  assert.equal(
    match('/etc/systemd/network/06-failover-master-netvsc.network'),
    '[Match]\nPermanentMACAddress=00:0d:3a:00:00:01\nDriver=hv_netvsc',
  );
});

test('any guest is served on either hypervisor: a file for each kind of master, by driver alone', () => {
  const files = renderNetworkd({ ...dhcp, masters: null });
  const match = (path: string): string | undefined => settings(fileAt(files, path)).split('\n\n')[0];
  assert.equal(match(masterPath), '[Match]\nDriver=net_failover');
  assert.equal(match('/etc/systemd/network/06-failover-master-netvsc.network'), '[Match]\nDriver=hv_netvsc');
});

test('DHCPv6 without router advertisements starts by itself', () => {
  const alone = settings(fileAt(renderNetworkd({ ...dhcp, dhcp6: true }), masterPath));
  const withRa = settings(fileAt(renderNetworkd({ ...dhcp, dhcp6: true, acceptRa: true }), masterPath));
  assert.match(alone, /^DHCP=yes\nIPv6AcceptRA=no$/m);
  assert.match(alone, /^\[DHCPv6\]\nWithoutRA=solicit$/m);
  assert.match(withRa, /^IPv6AcceptRA=yes$/m);
  assert.doesNotMatch(withRa, /WithoutRA/);
});

test('a master without any address does not hold network-online.target', () => {
  const text = fileAt(renderNetworkd({ ...dhcp, dhcp4: false }), masterPath).text;
  assert.doesNotMatch(text, /RequiredForOnline|ClientIdentifier|KeepConfiguration/);
});

test('nothing of one guest is in the files of any guest', () => {
  for (const config of allConfigs.filter(({ masters }) => masters === null)) {
    for (const { path, text } of renderNetworkd(config)) {
      assert.doesNotMatch(text, /[0-9a-f]{2}(?::[0-9a-f]{2}){5}|MACAddress|^Name=|^Path=/m, path);
    }
  }
});

test('each file says what it is for and which command it came from', () => {
  for (const { text } of renderNetworkd(dhcp)) {
    assert.match(text, /^# (?:Keeps|Configures) [^]*\n# From: failoverctl generate something\n\n\[Match\]/);
  }
});

const missing = missingDaemon();

test('networkd reads every file without a word', { skip: missing ?? false }, () => {
  // The daemon reads a drop-in's time span since 250 (NEWS), and before that says that it ignores it.
  const known = daemonVersion() >= 250 ? /^$/ : /IgnoreCarrierLoss/;
  const configs = [...allConfigs, ...stackConfigs];
  const { answers } = askNetworkd(
    configs.map((config) => renderNetworkd(config).map(({ path, text }) => configFile(path, text))),
  );
  assert.equal(answers.length, configs.length);
  for (const [index, { messages }] of answers.entries()) {
    const said = messages.filter(({ text }) => !known.test(text));
    assert.deepEqual(said, [], JSON.stringify(configs[index]));
  }
});

test(
  'the glob of the guard is standby, primary and pending, not master and not absent',
  { skip: missing ?? false },
  () => {
    // The links of the oracle carry ROLE in udev's database: standby, primary, none, empty, or not at all.
    const guard = fileAt(renderNetworkdGuard({ ...dhcp, masters: null }), propertyGuardPath);
    const text = guard.text.replace('ID_NET_FAILOVER=[', 'ROLE=[');
    assert.notEqual(text, guard.text);
    const other = '[Match]\nName=*\n\n[Network]\nDHCP=no\n';
    const { answers } = askNetworkd([
      [configFile(guard.path, text), configFile('/etc/systemd/network/90.network', other)],
    ]);
    const guarded = [...(answers[0]?.choices ?? [])].filter(([, file]) => file === guard.path).map(([link]) => link);
    assert.deepEqual(guarded.sort(), ['ens10nsby', 'eth0']);
  },
);
