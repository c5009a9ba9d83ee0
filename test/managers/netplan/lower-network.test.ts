/** One configuration with every line that a .network file can get. The expected texts are what `generate` of netplan 0.106 writes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowerFiles } from '../../../src/managers/netplan/lower.ts';
import { configFile } from '../config-file.ts';

const yaml = `network:
  version: 2
  ethernets:
    wan:
      match: {driver: net_failover}
      optional: true
      optional-addresses: [ipv4-ll]
      activation-mode: manual
      critical: true
      dhcp4: true
      dhcp-identifier: mac
      dhcp4-overrides: {use-dns: false, use-mtu: false, hostname: vm, route-metric: 50, use-domains: route}
      accept-ra: false
      ipv6-privacy: true
      ipv6-mtu: 1400
      mtu: 1450
      link-local: [ipv4]
      nameservers: {addresses: [10.0.0.53, "fd00::53"], search: [a.example, b.example]}
      addresses:
        - "fd00::9/64"
        - 10.0.0.9/24
        - 10.0.1.9/24: {label: "wan:1", lifetime: 0}
      gateway6: "fd00::1"
      routes:
        - {to: 10.9.0.0/16, via: 10.0.0.1, metric: 7, table: 9, on-link: true, mtu: 1300, from: 10.0.0.9}
        - {to: 10.8.0.0/16, type: blackhole, scope: host}
      routing-policy:
        - {from: 10.0.0.0/24, to: 10.1.0.0/16, table: 9, priority: 3, mark: 4, type-of-service: 8}
    p1: {}
  bonds:
    bond0: {interfaces: [p1], parameters: {mode: active-backup, primary: p1}}
  bridges:
    br0:
      interfaces: [bond0]
      parameters: {path-cost: {bond0: 5}, port-priority: {bond0: 6}}
      dhcp4: true
      dhcp4-overrides: {use-routes: false}
  vlans:
    v7: {id: 7, link: wan}
`;

const expected: Readonly<Record<string, string>> = {
  bond0: `[Match]
Name=bond0

[Network]
LinkLocalAddressing=no
ConfigureWithoutCarrier=yes
Bridge=br0

[Bridge]
Cost=5
Priority=6
`,
  br0: `[Match]
Name=br0

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv6
ConfigureWithoutCarrier=yes

[DHCP]
RouteMetric=100
UseMTU=true
UseRoutes=false
`,
  p1: `[Match]
Name=p1

[Network]
LinkLocalAddressing=no
Bond=bond0
PrimarySlave=true
`,
  v7: `[Match]
Name=v7

[Network]
LinkLocalAddressing=ipv6
ConfigureWithoutCarrier=yes
`,
  wan: `[Match]
Driver=net_failover

[Link]
ActivationPolicy=manual
RequiredForOnline=no
OptionalAddresses=ipv4-ll
MTUBytes=1450

[Network]
DHCP=ipv4
LinkLocalAddressing=ipv4
Address=10.0.0.9/24
Address=fd00::9/64
IPv6AcceptRA=no
IPv6PrivacyExtensions=yes
Gateway=fd00::1
DNS=10.0.0.53
DNS=fd00::53
Domains=a.example b.example
IPv6MTUBytes=1400
VLAN=v7

[Route]
Destination=10.9.0.0/16
Gateway=10.0.0.1
PreferredSource=10.0.0.9
GatewayOnLink=true
Metric=7
Table=9
MTUBytes=1300

[Route]
Destination=10.8.0.0/16
Scope=host
Type=blackhole

[RoutingPolicyRule]
From=10.0.0.0/24
To=10.1.0.0/16
Table=9
Priority=3
FirewallMark=4
TypeOfService=8

[Address]
Address=10.0.1.9/24
PreferredLifetime=0
Label=wan:1

[DHCP]
CriticalConnection=true
ClientIdentifier=mac
RouteMetric=50
UseMTU=false
UseDNS=false
UseDomains=route
Hostname=vm
`,
};

const lower = (text: string, version: string) => {
  const files = lowerFiles([configFile('/etc/netplan/a.yaml', text)], version);
  return new Map(files.map(({ path, source }) => [path, source.text]));
};
const networkOf = (text: string, version: string, id = 'wan') =>
  lower(text, version).get(`/run/systemd/network/10-netplan-${id}.network`) ?? '';
const wan = (...lines: readonly string[]) =>
  ['network:', '  version: 2', '  ethernets:', '    wan:', ...lines.map((line) => `      ${line}`), ''].join('\n');

test('what netplan 0.106 writes, line by line', () => {
  for (const [id, text] of Object.entries(expected))
    assert.equal(networkOf(yaml, '0.106', id).trimEnd(), text.trimEnd(), id);
});

test('what is critical is kept by another line since 1.0', () => {
  assert.match(networkOf(wan('critical: true'), '1.1.2'), /^KeepConfiguration=true$/m);
  assert.doesNotMatch(networkOf(wan('critical: false'), '1.1.2'), /KeepConfiguration|Critical/);
  assert.doesNotMatch(networkOf(wan('critical: true'), '1.1.2'), /CriticalConnection/);
});

test('link-local addresses: IPv6 unless a list says otherwise', () => {
  const line = (list: string) => /^LinkLocalAddressing=.*$/m.exec(networkOf(wan(`link-local: ${list}`), '1.1.2'))?.[0];
  assert.equal(line('[]'), 'LinkLocalAddressing=no');
  assert.equal(line('[ipv4, ipv6]'), 'LinkLocalAddressing=yes');
  assert.equal(line('[ipv6]'), 'LinkLocalAddressing=ipv6');
  assert.match(networkOf(wan('dhcp4: false'), '1.1.2'), /^LinkLocalAddressing=ipv6$/m);
});

test('a gateway of each family', () => {
  const text = networkOf(
    wan('addresses: [10.0.0.9/24, "fd00::9/64"]', 'gateway4: 10.0.0.1', 'gateway6: "fd00::1"'),
    '1.1.2',
  );
  assert.deepEqual(text.match(/^Gateway=.*$/gm), ['Gateway=10.0.0.1', 'Gateway=fd00::1']);
});
