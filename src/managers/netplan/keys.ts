/**
 * netplan's YAML as its parser takes it (the handler tables of src/parse.c): which keys there are, and of which form each
 * value is. netplan rejects the whole configuration for one unknown key or one value of another form.
 */

/** A scalar's form. `text` takes anything, `any` any node at all. */
export type Scalar =
  | 'text'
  | 'name'
  | 'bool'
  | 'uint'
  | 'mac'
  | 'renderer'
  | 'version'
  | 'ip'
  | 'ip4'
  | 'ip6'
  | 'network'
  | 'domains'
  | 'word';

export type Form =
  | { readonly kind: 'scalar'; readonly of: Scalar; readonly words?: readonly string[]; readonly anyCase?: true }
  | { readonly kind: 'sequence'; readonly of: Form }
  | { readonly kind: 'map'; readonly keys: Keys }
  /** A mapping with keys of the user's own, of a form too. */
  | { readonly kind: 'open'; readonly key: Scalar; readonly of: Form }
  | { readonly kind: 'either'; readonly forms: readonly Form[] }
  | { readonly kind: 'any' };

export type Keys = Readonly<Record<string, Form>>;

const scalar = (of: Scalar): Form => ({ kind: 'scalar', of });
const words = (...list: readonly string[]): Form => ({ kind: 'scalar', of: 'word', words: list });
/** Compared by g_ascii_strcasecmp(). */
const wordsAnyCase = (...list: readonly string[]): Form => ({ kind: 'scalar', of: 'word', words: list, anyCase: true });
const sequence = (of: Form): Form => ({ kind: 'sequence', of });
const map = (keys: Keys): Form => ({ kind: 'map', keys });
const text = scalar('text');
const bool = scalar('bool');
const uint = scalar('uint');
const any: Form = { kind: 'any' };
const texts = sequence(text);

const overrides = map({
  hostname: text,
  'route-metric': uint,
  'send-hostname': bool,
  'use-dns': bool,
  'use-domains': text,
  'use-hostname': bool,
  'use-mtu': bool,
  'use-ntp': bool,
  'use-routes': bool,
});

const address: Form = {
  kind: 'either',
  forms: [
    scalar('network'),
    { kind: 'open', key: 'network', of: map({ lifetime: wordsAnyCase('0', 'forever'), label: text }) },
  ],
};

const route = map({
  from: text,
  'on-link': bool,
  scope: wordsAnyCase('global', 'link', 'host'),
  table: uint,
  to: text,
  type: wordsAnyCase(
    'unicast',
    'anycast',
    'blackhole',
    'broadcast',
    'local',
    'multicast',
    'nat',
    'prohibit',
    'throw',
    'unreachable',
    'xresolve',
  ),
  via: text,
  metric: uint,
  mtu: uint,
  'congestion-window': uint,
  'advertised-receive-window': uint,
  'advertised-mss': uint,
});

const rule = map({ from: text, mark: uint, priority: uint, table: uint, to: text, 'type-of-service': uint });

const common: Keys = {
  'accept-ra': bool,
  'activation-mode': words('manual', 'off'),
  addresses: sequence(address),
  critical: bool,
  'ignore-carrier': bool,
  dhcp4: bool,
  dhcp6: bool,
  'dhcp-identifier': wordsAnyCase('mac', 'duid'),
  'dhcp4-overrides': overrides,
  'dhcp6-overrides': overrides,
  gateway4: scalar('ip4'),
  gateway6: scalar('ip6'),
  'ipv6-address-generation': words('eui64', 'stable-privacy'),
  'ipv6-address-token': text,
  'ipv6-mtu': uint,
  'ipv6-privacy': bool,
  'link-local': sequence(wordsAnyCase('ipv4', 'ipv6')),
  macaddress: scalar('mac'),
  mtu: uint,
  nameservers: map({ search: texts, addresses: sequence(scalar('ip')) }),
  optional: bool,
  'optional-addresses': sequence(wordsAnyCase('ipv4-ll', 'ipv6-ra', 'dhcp4', 'dhcp6', 'static')),
  renderer: scalar('renderer'),
  routes: sequence(route),
  'routing-policy': sequence(rule),
  'neigh-suppress': bool,
  networkmanager: any,
  openvswitch: any,
  'ra-overrides': map({ 'use-dns': bool, 'use-domains': scalar('domains'), table: uint }),
  hairpin: bool,
  'port-mac-learning': bool,
};

const bridgeParameters = map({
  'ageing-time': text,
  'aging-time': text,
  'forward-delay': text,
  'hello-time': text,
  'max-age': text,
  'path-cost': { kind: 'open', key: 'text', of: uint },
  'port-priority': { kind: 'open', key: 'text', of: uint },
  priority: uint,
  stp: bool,
});

const physical: Keys = {
  match: map({
    driver: { kind: 'either', forms: [text, texts] },
    macaddress: scalar('mac'),
    name: scalar('name'),
  }),
  'set-name': text,
  wakeonlan: bool,
  wakeonwlan: sequence(
    wordsAnyCase(
      'default',
      'any',
      'disconnect',
      'magic_pkt',
      'gtk_rekey_failure',
      'eap_identity_req',
      'four_way_handshake',
      'rfkill_release',
      'tcp',
    ),
  ),
  'emit-lldp': bool,
  'receive-checksum-offload': bool,
  'transmit-checksum-offload': bool,
  'tcp-segmentation-offload': bool,
  'tcp6-segmentation-offload': bool,
  'generic-segmentation-offload': bool,
  'generic-receive-offload': bool,
  'large-receive-offload': bool,
};

export type DefinitionKind =
  | 'ethernets'
  | 'wifis'
  | 'modems'
  | 'bonds'
  | 'bridges'
  | 'vlans'
  | 'vrfs'
  | 'tunnels'
  | 'nm-devices'
  | 'dummy-devices'
  | 'virtual-ethernets';

const ethernet: Keys = {
  ...common,
  ...physical,
  auth: any,
  link: text,
  'virtual-function-count': uint,
  'embedded-switch-mode': words('switchdev', 'legacy'),
  'delay-virtual-functions-rebind': bool,
  'infiniband-mode': words('datagram', 'connected'),
};

/**
 * Of each kind, the keys of a definition. What no failover guest has (wifis' access points, tunnels' own keys, Open
 * vSwitch) is `any`: it is neither checked nor lowered.
 */
export const definitionKeys: Readonly<Record<DefinitionKind, Keys>> = {
  ethernets: ethernet,
  wifis: { ...common, ...physical, 'access-points': any, auth: any, 'regulatory-domain': text },
  modems: {
    ...common,
    ...physical,
    apn: text,
    'auto-config': bool,
    'device-id': text,
    'network-id': text,
    number: text,
    password: text,
    pin: text,
    'sim-id': text,
    'sim-operator-id': text,
    username: text,
  },
  bonds: { ...common, interfaces: texts, parameters: any },
  bridges: { ...common, interfaces: texts, parameters: bridgeParameters },
  vlans: { ...common, renderer: words('networkd', 'NetworkManager', 'sriov'), id: uint, link: text },
  vrfs: {
    renderer: scalar('renderer'),
    interfaces: texts,
    table: uint,
    routes: sequence(route),
    'routing-policy': sequence(rule),
    networkmanager: any,
    openvswitch: any,
  },
  tunnels: {
    ...common,
    ...Object.fromEntries(
      [
        'mode',
        'local',
        'remote',
        'ttl',
        'key',
        'keys',
        'mark',
        'port',
        'peers',
        'link',
        'ageing',
        'aging',
        'id',
        'limit',
      ]
        .concat('type-of-service', 'flow-label', 'do-not-fragment', 'short-circuit', 'arp-proxy', 'mac-learning')
        .concat('notifications', 'checksums', 'extensions', 'port-range')
        .map((key) => [key, any]),
    ),
  },
  'nm-devices': ethernet,
  'dummy-devices': common,
  'virtual-ethernets': { ...common, peer: text },
};

/** Kinds and keys that 0.106 does not know, and the version that brought them. */
export const newerKeys: Readonly<Record<string, string>> = {
  'dummy-devices': '1.0',
  'virtual-ethernets': '1.1',
  'ra-overrides': '1.1',
  hairpin: '1.0',
  'port-mac-learning': '1.0',
  'advertised-mss': '0.107',
};

/** Keys beside the kinds in `network:`. */
export const networkKeys: Keys = { version: scalar('version'), renderer: scalar('renderer'), openvswitch: any };

/** Links that exist, and are matched; all others netplan makes. */
export const physicalKinds: ReadonlySet<DefinitionKind> = new Set(['ethernets', 'wifis', 'modems']);
