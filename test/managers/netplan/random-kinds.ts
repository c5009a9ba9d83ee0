/**
 * Random netplan definitions of every kind, key by key of our own table (src/managers/netplan/keys.ts), with values that
 * fit their form and values that do not: what random.ts, which is about links, leaves out. Written as JSON.
 */
import fc from 'fast-check';
import { definitionKeys, networkKeys, tunnelModes, type DefinitionKind } from '../../../src/managers/netplan/keys.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import type { Form, Scalar } from '../../../src/managers/netplan/forms.ts';

const some = (...values: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);

/** Scalars of each form, right ones. */
const right: Readonly<Record<Exclude<Scalar, 'word'>, fc.Arbitrary<unknown>>> = {
  text: some('x', '7', 'a b', 'true', '100', 'none'),
  name: some('enp1s0', 'en*', 'eth?'),
  bool: some(true, false, 'yes', 'OFF', 'n'),
  uint: some(0, 1, 7, 63, 255, 1400, 4094, '9000', 65535),
  mac: some('52:54:00:00:12:53', 'AA:BB:CC:00:00:01'),
  'set-mac': some('52:54:00:00:12:53', 'random', 'stable', 'permanent', 'stable-ssid'),
  renderer: some('networkd', 'NetworkManager'),
  version: some(2),
  ip: some('192.0.2.1', '2001:db8::1'),
  ip4: some('192.0.2.1', '10.0.0.254'),
  ip6: some('2001:db8::1', '::2'),
  network: some('192.0.2.5/24', '2001:db8::5/64'),
  'allowed-network': some('0.0.0.0/0', '2001:db8::/32', '10.0.0.0/8'),
  family: some('192.0.2.0/24', '192.0.2.1', '2001:db8::/32'),
  destination: some('default', '10.0.0.0/8', '2001:db8:1::/48'),
  driver: some('net_failover', 'virtio_net'),
  domains: some('route', true),
  endpoint: some('192.0.2.9:51820', '[2001:db8::9]:51820', 'vpn.example.org:7'),
  controller: some('tcp:192.0.2.1', 'ssl:192.0.2.1:6653', 'unix:/run/x', 'ptcp:', 'pssl:6640:192.0.2.1'),
  tos: some(0, 16, 255),
  lacp: some('slow', 'fast'),
};

/** Values that most forms do not take, whatever is expected. */
const odd: fc.Arbitrary<unknown> = some(
  '',
  null,
  'x',
  -1,
  '1k',
  1.5,
  '0x10',
  ' 7',
  4294967295,
  4294967296,
  256,
  4095,
  'maybe',
  'True ',
  '192.0.2.300',
  '192.0.2.1/33',
  '192.0.2.1/0',
  '2001:db8::1/129',
  '::ffff:192.0.2.1',
  '2001:db8::1',
  '192.0.2.1',
  '52-54-00-00-12-53',
  '52:54:00:00:12',
  '192.0.2.9:65536',
  'tcp:host',
  'a b',
  [],
  ['x'],
  [null],
  [[]],
  {},
  { x: 1 },
  [{ x: 1 }],
);

const key44 = 'M9nt4YujIOmNrRmpIRTmYSfMdrpvE7u6WkG8FY8WjG4=';

/** What a lookup may name. */
const ids = ['enp1s0', 'enp2s0', 'it', 'other', 'br7', 'bond7', 'nobody'];

function fitting(form: Form, chance: number): fc.Arbitrary<unknown> {
  switch (form.kind) {
    case 'scalar':
      return form.of === 'word' ? some(...(form.words ?? ['x'])) : right[form.of];
    case 'sequence': {
      const length = form.count === undefined ? { maxLength: 2 } : { minLength: form.count, maxLength: form.count };
      return fc.array(value(form.of, chance), length);
    }
    case 'map':
    case 'openvswitch':
      return entries(form.keys, chance, form.kind === 'map' && form.check !== undefined ? 6 : 3);
    case 'open':
      return fc.dictionary(
        form.key === 'network'
          ? some('192.0.2.9/24', '2001:db8::9/64').map(String)
          : fc.constantFrom('enp1s0', 'a', 'b c'),
        value(form.of, chance),
        { maxKeys: 2 },
      );
    case 'either':
      return fc.oneof(...form.forms.map((one) => value(one, chance)));
    case 'lookup':
      return form.what.endsWith('ports') ? fc.subarray(ids) : some(...ids);
  }
}

/** `chance`: one value in so many is odd. */
function value(form: Form, chance: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: chance, arbitrary: fc.constant(form).chain((one) => fitting(one, chance)) },
    { weight: 1, arbitrary: odd },
  );
}

function entries(keys: Readonly<Record<string, Form>>, chance: number, most: number): fc.Arbitrary<object> {
  return fc
    .uniqueArray(fc.constantFrom(...Object.keys(keys)), { maxLength: most })
    .chain((chosen) =>
      fc.tuple(...chosen.map((key) => value(keys[key] as Form, chance).map((one) => [key, one] as const))),
    )
    .map((pairs) => Object.fromEntries(pairs));
}

/** Of each kind, definitions that lack nothing; what is random comes over it. */
const bases: Readonly<Record<DefinitionKind, readonly object[]>> = {
  ethernets: [{}, { match: { name: 'en*' } }, { 'virtual-function-count': 2 }],
  wifis: [
    { 'access-points': { home: { password: 'secret-enough' } } },
    { 'access-points': { home: {} }, match: { name: 'wl*' } },
    { 'access-points': { home: { band: '5GHz', channel: 36 }, work: { auth: { 'key-management': 'eap' } } } },
  ],
  modems: [{ apn: 'internet', renderer: 'NetworkManager' }],
  bonds: [{ interfaces: ['enp1s0'] }, { interfaces: ['enp1s0', 'enp2s0'], parameters: { mode: '802.3ad' } }],
  bridges: [{ interfaces: ['enp1s0'] }, {}],
  vlans: [{ id: 7, link: 'enp1s0' }],
  vrfs: [{ table: 100, interfaces: ['enp1s0'] }],
  tunnels: [
    ...tunnelModes.map((mode) => {
      const isSix = /6/.test(mode) && mode !== 'sit';
      const [local, remote] = isSix ? ['2001:db8::1', '2001:db8::2'] : ['192.0.2.1', '192.0.2.2'];
      return mode === 'wireguard'
        ? { mode, key: key44, peers: [{ keys: { public: key44 }, 'allowed-ips': ['0.0.0.0/0'] }] }
        : Object.assign({ mode, local, remote }, mode === 'vxlan' ? { id: 9 } : {});
    }),
    { mode: 'wireguard', keys: { private: '/etc/key' } },
  ],
  'nm-devices': [{ networkmanager: { passthrough: { 'connection.type': 'olpc-mesh' } } }],
  'dummy-devices': [{}, { addresses: ['192.0.2.77/32'] }],
  'virtual-ethernets': [{ peer: 'other' }],
};

const kinds = Object.keys(definitionKeys) as readonly DefinitionKind[];

const definition = (kind: DefinitionKind, chance: number): fc.Arbitrary<object> =>
  fc
    .tuple(fc.constantFrom(...bases[kind]), entries(definitionKeys[kind], chance, 3), fc.boolean())
    // The order of the keys counts in some.
    .map(([base, random, isFirst]) => (isFirst ? Object.assign({}, random, base) : Object.assign({}, base, random)));

export const anyKind: fc.Arbitrary<readonly ConfigFile[]> = fc
  .tuple(fc.constantFrom(...kinds), fc.constantFrom(3, 8, 20, 1000))
  .chain(([kind, chance]) =>
    fc.record({
      kind: fc.constant(kind),
      it: definition(kind, chance),
      renderer: fc.constantFrom(null, 'networkd', 'NetworkManager'),
      network: fc.oneof(
        { weight: 5, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: entries({ openvswitch: networkKeys['openvswitch'] as Form }, chance, 1) },
      ),
      isLast: fc.boolean(),
    }),
  )
  .map(({ kind, it, renderer, network, isLast }) => {
    const nics = { enp1s0: { dhcp4: true }, enp2s0: {} };
    const other = kind === 'virtual-ethernets' ? { other: { peer: 'it' } } : {};
    const own = kind === 'ethernets' ? { ethernets: { ...nics, it } } : { [kind]: { it, ...other } };
    const plain = { ethernets: nics };
    const text = JSON.stringify(
      {
        network: {
          version: 2,
          ...(renderer === null ? {} : { renderer }),
          ...network,
          ...(isLast ? { ...plain, ...own } : { ...own, ...(kind === 'ethernets' ? {} : plain) }),
        },
      },
      null,
      2,
    );
    const path = '/etc/netplan/50-a.yaml';
    return [{ source: { path, text: `${text}\n` }, path, mode: 0o600, uid: 0, linkTarget: undefined }];
  });
