/** Random network configuration of both versions, in what decides about links. Written as JSON, which is YAML too. */
import fc from 'fast-check';

const macs = ['52:54:00:00:12:53', '52:54:00:00:12:99', 'AA:BB:CC:00:00:01'];
const mac = fc.constantFrom(...macs);
const name = fc.constantFrom('ens10', 'ens11', 'eth0', 'net0', 'id0');

const subnet = fc.oneof(
  fc
    .constantFrom('dhcp', 'dhcp4', 'dhcp6', 'ipv6_slaac', 'ipv6_dhcpv6-stateful', 'ipv6_dhcpv6-stateless')
    .chain((type) =>
      fc.record(
        { type: fc.constant(type), control: fc.constantFrom('auto', 'manual', 'hotplug') },
        { requiredKeys: ['type'] },
      ),
    ),
  fc.constant({ type: 'static', address: '192.0.2.10/24', gateway: '192.0.2.1' }),
  fc.constant({ type: 'static', address: '198.51.100.7', netmask: '255.255.255.128' }),
  fc.constant({ type: 'static6', address: '2001:db8::10/64' }),
  fc.constant({ type: 'static', address: '2001:db8:1::10/64', gateway: '2001:db8:1::1' }),
);
const subnets = fc.array(subnet, { maxLength: 3 });
const device = fc.record(
  {
    mac_address: mac,
    mtu: fc.constantFrom(1400, 9000),
    subnets,
    'accept-ra': fc.boolean(),
    params: fc.constant({ driver: 'virtio_net' }),
  },
  { requiredKeys: [] },
);

const version1 = fc
  .tuple(
    fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    fc.array(device, { minLength: 3, maxLength: 3 }),
    fc.array(fc.constantFrom('bond', 'bridge', 'vlan'), { maxLength: 2 }),
    subnets,
  )
  .map(([names, devices, uppers, addressing]) => ({
    version: 1,
    config: [
      ...names.map((its, index) => ({ type: 'physical', name: its, ...devices[index] })),
      ...[...new Set(uppers)].map((type) => upper(type, names[0] ?? '', addressing)),
      { type: 'nameserver', address: ['192.0.2.53'] },
    ],
  }));

function upper(type: string, lower: string, addressing: unknown): object {
  if (type === 'vlan') return { type, name: `${lower}.7`, vlan_link: lower, vlan_id: 7, subnets: addressing };
  if (type === 'bond')
    return { type, name: 'bond0', bond_interfaces: [lower], params: { 'bond-mode': 1 }, subnets: addressing };
  return { type, name: 'br0', bridge_interfaces: [lower], subnets: addressing };
}

const definition = fc.record(
  {
    match: fc.record(
      { macaddress: mac, name: fc.constantFrom('en*', 'eth0'), driver: fc.constantFrom('net_failover', 'virtio_net') },
      { requiredKeys: [] },
    ),
    'set-name': fc.constantFrom('net0', 'net1'),
    dhcp4: fc.boolean(),
    dhcp6: fc.boolean(),
    addresses: fc.subarray(['192.0.2.10/24', '2001:db8::10/64', '198.51.100.1/25']),
    mtu: fc.constantFrom(1400, 9000),
    'accept-ra': fc.boolean(),
  },
  { requiredKeys: [] },
);

const version2 = fc
  .tuple(
    fc.dictionary(name, definition, { minKeys: 1, maxKeys: 3 }),
    fc.array(fc.constantFrom('bonds', 'bridges', 'vlans'), { maxLength: 2 }),
    definition,
  )
  .map(([ethernets, uppers, its]) => {
    const [first = 'eth0'] = Object.keys(ethernets);
    const addressing = { dhcp4: its.dhcp4 ?? false };
    const sections: Record<string, object> = {};
    for (const section of uppers) {
      if (section === 'vlans') sections[section] = { vlan7: { id: 7, link: first, ...addressing } };
      else sections[section] = { [section === 'bonds' ? 'bond0' : 'br0']: { interfaces: [first], ...addressing } };
    }
    return Object.assign({ version: 2, ethernets }, sections);
  });

export const networkConfig: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(version1, version2), fc.boolean())
  .map(([config, wrapped]) => JSON.stringify(wrapped ? { network: config } : config, null, 1));

export const seenMacs: Readonly<Record<string, string>> = { '52:54:00:00:12:53': 'ens10', '52:54:00:00:12:99': 'eth0' };

const rareSubnets = fc.array(
  fc.oneof(
    subnet,
    fc.constantFrom<object>(
      { type: 'manual' },
      { type: 'static6', address: '2001:db8:2::10/64', gateway: 'fe80::1' },
      { type: 'static', address: '192.0.2.11/24', gateway: '203.0.113.1' },
      {
        type: 'static',
        address: '192.0.2.12/24',
        routes: [{ network: '2001:db8:9::', prefix: 64, gateway: '2001:db8::1' }],
      },
      { type: 'dhcp', routes: [{ network: 'default', gateway: '192.0.2.1' }] },
    ),
  ),
  { maxLength: 3 },
);
const given = { mtu: fc.constant(1400), 'accept-ra': fc.boolean() };

const rareVersion1 = fc
  .tuple(
    fc.record({ mac_address: mac, subnets: rareSubnets, ...given }, { requiredKeys: ['subnets'] }),
    fc.constantFrom('bond', 'bridge', 'vlan'),
    fc.record({ mac_address: mac, subnets: rareSubnets, ...given }, { requiredKeys: [] }),
  )
  .map(([lower, type, its]) => ({
    version: 1,
    config: [
      { type: 'physical', name: 'ens10', ...lower },
      { ...upper(type, 'ens10', []), ...its },
    ],
  }));

const rareDefinition = fc.record(
  {
    dhcp4: fc.boolean(),
    dhcp6: fc.boolean(),
    addresses: fc.subarray(['192.0.2.10/24', '2001:db8::10/64', '198.51.100.1/25']),
    gateway4: fc.constantFrom('192.0.2.1', '203.0.113.1'),
    gateway6: fc.constantFrom('2001:db8::1', 'fe80::1'),
    match: fc.record({ macaddress: mac, driver: fc.constant(['virtio_net', 'e1000e']) }, { requiredKeys: [] }),
    'set-name': fc.constant('net0'),
    routes: fc.constantFrom([{ to: 'default', via: '192.0.2.1' }], [{ to: '2001:db8:9::/64', via: '2001:db8::1' }]),
    ...given,
  },
  { requiredKeys: [] },
);

const rareVersion2 = fc
  .tuple(
    rareDefinition,
    fc.constantFrom('bonds', 'bridges', 'vlans'),
    rareDefinition,
    fc.record({ macaddress: mac }, { requiredKeys: [] }),
    fc.integer({ min: 0, max: 9 }),
    fc.boolean(),
  )
  .map(([lower, section, its, more, chance, isBefore]) => {
    const own = section === 'vlans' ? { id: 7, link: 'ens10' } : { interfaces: ['ens10'] };
    const config: Record<string, unknown> = { version: 2 };
    const below = chance !== 0 ? { ethernets: { ens10: lower } } : {};
    const above = { [section]: { up0: Object.assign(own, its, more) } };
    return Object.assign(config, isBefore ? above : below, isBefore ? below : above);
  });

/** What the releases of cloud-init differ in: gateways outside, routes, lists of drivers, MACs and MTUs of what is no NIC. */
export const rareConfig: fc.Arbitrary<string> = fc
  .oneof(rareVersion1, rareVersion2)
  .map((config) => JSON.stringify(config, null, 1));

const meetingDefinition = fc.record(
  {
    match: fc.record({ macaddress: fc.constantFrom<unknown>(macs[0], macs[1], 7) }, { requiredKeys: ['macaddress'] }),
    'set-name': fc.constantFrom('ens10', 'id0', 'net0'),
    mtu: fc.constantFrom<unknown>(1400, [7], ['x']),
    dhcp4: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Definitions that meet in one name, by ID, set-name or the name found by MAC, some with a value that ends a rendering. */
export const meetingConfig: fc.Arbitrary<string> = fc
  .uniqueArray(fc.constantFrom('ens10', 'eth0', 'id0', 'net0'), { minLength: 2, maxLength: 4 })
  .chain((ids) => fc.tuple(...ids.map((id) => meetingDefinition.map((one) => [id, one] as const))))
  .map((entries) => JSON.stringify({ version: 2, ethernets: Object.fromEntries(entries) }, null, 1));

const oddValues: readonly unknown[] = [
  null,
  '',
  'x',
  'ens10',
  0,
  7,
  true,
  false,
  [],
  ['x'],
  [7],
  {},
  { a: 1 },
  [{}],
  [null],
];

/** The same with one value of another type in it, wherever that is. */
export const faultyConfig: fc.Arbitrary<string> = fc
  .tuple(networkConfig, fc.nat(), fc.constantFrom(...oddValues))
  .map(([text, at, odd]) => {
    const config: unknown = JSON.parse(text);
    const places = placesIn(config, []);
    const path = places[at % places.length] ?? [];
    return JSON.stringify(replaceAt(config, path, odd), null, 1);
  });

type Path = readonly (string | number)[];

/** Of every value but the version, and what stands around it. */
function placesIn(value: unknown, path: Path): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const entries = Object.entries(value).filter(([key]) => key !== 'version' && key !== 'network');
  const below = entries.flatMap(([key, one]) => placesIn(one, [...path, Array.isArray(value) ? Number(key) : key]));
  const inside = 'network' in value ? placesIn(value.network, [...path, 'network']) : [];
  return path.length === 0 || path.at(-1) === 'network' ? [...below, ...inside] : [path, ...below, ...inside];
}

function replaceAt(value: unknown, [key, ...rest]: Path, odd: unknown): unknown {
  if (key === undefined || value === null || typeof value !== 'object') return odd;
  if (Array.isArray(value)) return value.map((one, index) => (index === key ? replaceAt(one, rest, odd) : one));
  return Object.fromEntries(
    Object.entries(value).map(([own, one]) => [own, own === key ? replaceAt(one, rest, odd) : one]),
  );
}
