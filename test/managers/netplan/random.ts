/**
 * Random netplan configurations in one to three files, in what decides about links, with a fault in some. Written as
 * JSON, which is YAML too.
 */
import fc from 'fast-check';
import type { ConfigFile } from '../../../src/managers/claim.ts';

const macs = ['52:54:00:00:12:53', 'AA:BB:CC:00:00:01'];
const mac = fc.constantFrom(...macs);
const driver = fc.constantFrom('net_failover', 'virtio_net', 'mlx*', 'e1000e');
const bool = fc.constantFrom<unknown>(true, false, 'yes', 'off', 'N', 'On');
const address = fc.constantFrom('192.0.2.5/24', '198.51.100.7/32', '2001:db8::5/64', 'fd00::1/128');
const uint = fc.constantFrom<unknown>(0, 1400, '9000', 4094);

function some<Shape extends object>(shape: { readonly [Key in keyof Shape]: fc.Arbitrary<unknown> }) {
  return fc.record(shape as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
}

const overrides = some({
  'use-dns': bool,
  'use-routes': bool,
  'use-mtu': bool,
  'use-hostname': bool,
  'send-hostname': bool,
  'use-ntp': bool,
  'use-domains': fc.constantFrom('route', 'true'),
  'route-metric': uint,
  hostname: fc.constant('guest'),
});

const route = fc.oneof(
  fc.constant({ to: 'default', via: '192.0.2.1' }),
  fc.constant({ to: '0.0.0.0/0', via: '192.0.2.1', metric: 50, 'on-link': true }),
  fc.constant({ to: '2001:db8:1::/48', via: '2001:db8::1', table: 100 }),
  fc.constant({ to: '203.0.113.0/24', scope: 'link' }),
  fc.constant({ to: '203.0.113.0/24', type: 'blackhole' }),
  fc.constant({ to: '203.0.113.7', via: '192.0.2.1', from: '192.0.2.5', mtu: 1400 }),
);

const addressing = {
  dhcp4: bool,
  dhcp6: bool,
  'accept-ra': bool,
  addresses: fc.array(fc.oneof(address, fc.constant({ '203.0.113.9/24': { label: 'x', lifetime: 0 } })), {
    maxLength: 3,
  }),
  gateway4: fc.constant('192.0.2.1'),
  gateway6: fc.constant('2001:db8::1'),
  routes: fc.array(route, { maxLength: 2 }),
  'routing-policy': fc.constantFrom([{ from: '192.0.2.0/24', table: 7, priority: 9 }], [{ to: '2001:db8::/32' }]),
  nameservers: some({
    addresses: fc.subarray(['192.0.2.53', '2001:db8::53', '198.51.100.53']),
    search: fc.subarray(['example.org', 'example.net'], { minLength: 1 }),
  }),
  'link-local': fc.subarray(['ipv4', 'ipv6']),
  'dhcp-identifier': fc.constantFrom('mac', 'duid', 'MAC'),
  optional: bool,
  'optional-addresses': fc.subarray(['ipv4-ll', 'dhcp6', 'static']),
  critical: bool,
  'activation-mode': fc.constantFrom('manual', 'off'),
  'ignore-carrier': bool,
  'ipv6-privacy': bool,
  'ipv6-mtu': fc.constant(1300),
  'ipv6-address-generation': fc.constantFrom('eui64', 'stable-privacy'),
  'ipv6-address-token': fc.constant('::2'),
  mtu: uint,
  macaddress: fc.constantFrom('52:54:00:00:00:01', 'random', 'permanent', '0A:00:00:00:00:01'),
  renderer: fc.constantFrom('networkd', 'NetworkManager'),
};

/** The same values for both families nine times in ten: networkd takes no others. */
const withOverrides = fc
  .tuple(
    some(addressing),
    fc.option(fc.tuple(overrides, overrides, fc.integer({ max: 9, min: 0 })), { freq: 1, nil: null }),
  )
  .map(([settings, pair]) =>
    pair === null
      ? settings
      : Object.assign({}, settings, {
          'dhcp4-overrides': pair[0],
          'dhcp6-overrides': pair[2] === 0 ? pair[1] : pair[0],
        }),
  )
  // Each setting is seldom in it, so that what refuses a renderer does not refuse nearly all.
  .chain((settings) =>
    fc.subarray(Object.entries(settings), { maxLength: 5 }).map((chosen) => Object.fromEntries(chosen)),
  );

const physical = some({
  match: some({
    name: fc.constantFrom('en*', 'enp1s0', 'eth?', '*'),
    macaddress: mac,
    driver: fc.oneof(driver, fc.uniqueArray(driver, { minLength: 1, maxLength: 2 })),
  }),
  'set-name': fc.constantFrom('wan0', 'ens10'),
  wakeonlan: bool,
  'emit-lldp': bool,
  'receive-checksum-offload': bool,
  'large-receive-offload': bool,
});

const id = fc.constantFrom('enp1s0', 'all-en', '00-wan', 'id:1', 'enp2s0');
const ethernets = fc.dictionary(
  id,
  fc.tuple(physical, withOverrides).map(([match, settings]) => Object.assign({}, match, settings)),
  { minKeys: 1, maxKeys: 3 },
);

/** What no version takes, put into one definition. */
const faults: readonly object[] = [
  { dchp4: true },
  { dhcp4: 'maybe' },
  { addresses: '192.0.2.5/24' },
  { addresses: ['192.0.2.5'] },
  { addresses: ['192.0.2.5/33'] },
  { addresses: ['192.0.2.256/24'] },
  { mtu: '1k' },
  { gateway4: '2001:db8::1' },
  { match: { mac: '52:54:00:00:12:53' } },
  { match: { macaddress: '52-54-00-00-12-53' } },
  { match: { driver: 'a b' } },
  { match: { driver: [] } },
  { match: { name: 'a b' } },
  { renderer: 'NetworkD' },
  { nameservers: { addresses: ['ns.example.org'] } },
  { nameservers: ['192.0.2.53'] },
  { 'link-local': ['ipv5'] },
  { 'activation-mode': 'up' },
  { 'dhcp-identifier': 'client' },
  { 'optional-addresses': ['dhcp5'] },
  { routes: [{ to: 'default', via: 'gateway' }] },
  { routes: [{ via: '192.0.2.1' }] },
  { routes: [{ to: '10.0.0.0/8', via: '2001:db8::1' }] },
  { routes: [{ to: '10.0.0.0/8', via: '192.0.2.1', type: 'any' }] },
  { 'routing-policy': [{ table: 5 }] },
  { 'routing-policy': [{ from: '10.0.0.0/8', 'type-of-service': 256 }] },
  { 'ipv6-address-token': '192.0.2.1' },
  { 'dhcp4-overrides': { 'use-dns': 'perhaps' } },
  { 'dhcp4-overrides': { 'use-lunch': true } },
  { macaddress: 'persistent' },
  { wakeonwlan: ['never'] },
  { 'delay-virtual-functions-rebind': true },
  { link: 'nowhere' },
];

interface Parts {
  readonly kinds: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly renderer: string | null;
}

const members = fc.subarray(['enp1s0', 'enp2s0', 'all-en']);
const virtual = some({
  bonds: fc.dictionary(
    fc.constantFrom('bond0', 'bond1'),
    fc.tuple(withOverrides, members).map(([settings, interfaces]) => Object.assign({}, settings, { interfaces })),
    { maxKeys: 2 },
  ),
  bridges: fc.dictionary(
    fc.constantFrom('br0', 'br1'),
    fc.tuple(withOverrides, members).map(([settings, interfaces]) => Object.assign({}, settings, { interfaces })),
    { maxKeys: 2 },
  ),
  vlans: fc.dictionary(
    fc.constantFrom('lan.7', 'lan.8'),
    fc
      .tuple(withOverrides, fc.constantFrom('enp1s0', 'bond0', 'br0'), fc.constantFrom<unknown>(7, 0, '4094', 4095))
      .map(([settings, link, tag]) => Object.assign({}, settings, { link, id: tag })),
    { maxKeys: 2 },
  ),
  vrfs: fc.dictionary(
    fc.constant('vrf0'),
    members.map((interfaces) => ({ interfaces, table: 100 })),
    { maxKeys: 1 },
  ),
});

/** VLANs on what the same file defines: what netplan does of others turns on the order in which it reads. */
function withParents(kinds: Parts['kinds']): Parts['kinds'] {
  const ids = new Set(Object.values(kinds).flatMap((definitions) => Object.keys(definitions)));
  const vlans = Object.entries(kinds['vlans'] ?? {}).filter(([, vlan]) => 'link' in vlan && ids.has(String(vlan.link)));
  return { ...kinds, vlans: Object.fromEntries(vlans) };
}

const parts: fc.Arbitrary<Parts> = fc.record({
  kinds: fc
    .tuple(ethernets, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: virtual }))
    .map(([nics, uppers]) => withParents(Object.assign({ ethernets: nics }, uppers) as Parts['kinds'])),
  renderer: fc.option(fc.constantFrom('networkd', 'NetworkManager'), { nil: null, freq: 3 }),
});

const places = ['/etc/netplan/50-a.yaml', '/run/netplan/60-b.yaml', '/lib/netplan/00-c.yaml', '/etc/netplan/60-b.yaml'];

/** One configuration in ten has a fault on purpose. */
export const configuration: fc.Arbitrary<readonly ConfigFile[]> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...places), { minLength: 1, maxLength: 3 }),
    fc.array(parts, { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom(...faults),
  )
  .map(([paths, all, chance, fault]) =>
    paths.map((path, index) => {
      const { kinds = {}, renderer = null } = all[index] ?? {};
      const spoilt = chance === 0 && index === 0 ? { ...kinds['ethernets'], enp9s0: fault } : kinds['ethernets'];
      const network = {
        version: 2,
        ...(renderer === null ? {} : { renderer }),
        ...kinds,
        ethernets: { ...spoilt },
      };
      const text = `${JSON.stringify({ network }, null, 2)}\n`;
      return { source: { path, text }, path, mode: 0o600, uid: 0, linkTarget: undefined };
    }),
  );
