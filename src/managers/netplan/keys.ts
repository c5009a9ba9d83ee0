/**
 * netplan's YAML as its parser takes it (the handler tables of src/parse.c): which keys there are, since which version,
 * and of which form each value is. Keys without `since` are in 0.106 and all after it. test/managers/netplan/keys.test.ts
 * compares this with the source.
 */
import {
  bool,
  either,
  lookup,
  map,
  scalar,
  sequence,
  since,
  text,
  texts,
  uint,
  wholeSequence,
  words,
  wordsAnyCase,
  type Form,
  type Keys,
} from './forms.ts';

/** Words that 0.106 does not know, and the version that brought them. */
export const newerWords: Readonly<Record<string, string>> = {
  'psk-sha256': '1.0',
  'eap-sha256': '1.0',
  'eap-suite-b-192': '1.0',
  sae: '1.0',
  leap: '1.0',
  pwd: '1.0',
};

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

const address = either(scalar('network'), {
  kind: 'open',
  key: 'network',
  whole: true,
  of: map({ lifetime: wordsAnyCase('0', 'forever'), label: text }),
});

const route: Form = {
  kind: 'map',
  whole: true,
  check: 'route',
  keys: {
    from: scalar('family'),
    'on-link': bool,
    scope: wordsAnyCase('global', 'link', 'host'),
    table: uint,
    to: scalar('destination'),
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
    via: scalar('family'),
    metric: uint,
    mtu: uint,
    'congestion-window': uint,
    'advertised-receive-window': uint,
    'advertised-mss': since('1.1', uint),
  },
};

const rule: Form = {
  kind: 'map',
  whole: true,
  check: 'rule',
  keys: {
    from: scalar('family'),
    mark: uint,
    priority: uint,
    table: uint,
    to: scalar('family'),
    'type-of-service': scalar('tos'),
  },
};

const networkManager = map({
  name: text,
  uuid: text,
  'stable-id': text,
  device: text,
  passthrough: { kind: 'open', key: 'text', of: text },
});

const protocols = sequence(
  words('OpenFlow10', 'OpenFlow11', 'OpenFlow12', 'OpenFlow13', 'OpenFlow14', 'OpenFlow15', 'OpenFlow16'),
);

/** No key of it may have another value than before. */
const pairs: Form = { kind: 'open', key: 'text', of: text, lookup: 'pairs' };

const openVSwitch: Form = {
  kind: 'openvswitch',
  keys: {
    'external-ids': pairs,
    'other-config': pairs,
    lacp: words('active', 'passive', 'off'),
    'fail-mode': words('standalone', 'secure'),
    'mcast-snooping': bool,
    rstp: bool,
    protocols,
    controller: map({
      addresses: sequence(scalar('controller')),
      'connection-mode': words('in-band', 'out-of-band'),
    }),
  },
};

/** Keys in `openvswitch:` that one kind of definitions alone may have. */
export const openVSwitchKinds: Readonly<Record<string, 'bonds' | 'bridges'>> = {
  lacp: 'bonds',
  'fail-mode': 'bridges',
  'mcast-snooping': 'bridges',
  rstp: 'bridges',
  protocols: 'bridges',
  addresses: 'bridges',
  'connection-mode': 'bridges',
};

const routing: Keys = { routes: sequence(route), 'routing-policy': sequence(rule) };

const backends: Keys = { networkmanager: networkManager, openvswitch: openVSwitch };

const common: Keys = {
  // What is no boolean turns it off, or on (lower-network.ts).
  'accept-ra': { kind: 'scalar', of: 'bool', sticks: true },
  'activation-mode': words('manual', 'off'),
  addresses: sequence(address),
  critical: bool,
  'ignore-carrier': bool,
  dhcp4: bool,
  dhcp6: bool,
  'dhcp-identifier': { kind: 'scalar', of: 'word', words: ['mac', 'duid'], anyCase: true, sticks: true },
  'dhcp4-overrides': overrides,
  'dhcp6-overrides': overrides,
  'ra-overrides': since('1.1', map({ 'use-dns': bool, 'use-domains': scalar('domains'), table: uint })),
  gateway4: scalar('ip4'),
  gateway6: scalar('ip6'),
  'ipv6-address-generation': words('eui64', 'stable-privacy'),
  'ipv6-address-token': { kind: 'scalar', of: 'ip6', sticks: true },
  'ipv6-mtu': uint,
  'ipv6-privacy': bool,
  'link-local': wholeSequence(wordsAnyCase('ipv4', 'ipv6')),
  macaddress: scalar('set-mac'),
  mtu: uint,
  nameservers: map({ search: texts, addresses: sequence(scalar('ip')) }),
  optional: bool,
  'optional-addresses': sequence(wordsAnyCase('ipv4-ll', 'ipv6-ra', 'dhcp4', 'dhcp6', 'static')),
  renderer: scalar('renderer'),
  ...routing,
  hairpin: since('1.0', bool),
  'port-mac-learning': since('1.0', bool),
  'neigh-suppress': bool,
  ...backends,
};

const physical: Keys = {
  match: map({
    driver: either(scalar('driver'), wholeSequence(scalar('driver'))),
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

const auth = map({
  'key-management': words('none', 'psk', 'psk-sha256', 'eap', 'eap-sha256', 'eap-suite-b-192', 'sae', '802.1x'),
  method: words('tls', 'peap', 'ttls', 'leap', 'pwd'),
  identity: text,
  'anonymous-identity': text,
  password: text,
  'ca-certificate': text,
  'client-certificate': text,
  'client-key': text,
  'client-key-password': text,
  'phase2-auth': text,
});

const accessPoint: Form = {
  kind: 'map',
  keys: {
    band: words('5GHz', '5G', '2.4GHz', '2.4G'),
    bssid: scalar('mac'),
    hidden: bool,
    channel: uint,
    mode: words('infrastructure', 'adhoc', 'ap'),
    password: text,
    auth,
    networkmanager: networkManager,
  },
};

const bondParameters = map({
  // The last two make it Open vSwitch's.
  mode: words(
    'balance-rr',
    'active-backup',
    'balance-xor',
    'broadcast',
    '802.3ad',
    'balance-tlb',
    'balance-alb',
    'balance-tcp',
    'balance-slb',
  ),
  'lacp-rate': scalar('lacp'),
  'mii-monitor-interval': text,
  'min-links': uint,
  'transmit-hash-policy': text,
  'ad-select': text,
  'all-slaves-active': bool,
  'all-members-active': bool,
  'arp-interval': text,
  'arp-ip-targets': { kind: 'sequence', of: scalar('ip4'), lookup: 'targets' },
  'arp-validate': text,
  'arp-all-targets': text,
  'up-delay': text,
  'down-delay': text,
  'fail-over-mac-policy': text,
  'gratuitous-arp': uint,
  'gratuitious-arp': uint,
  'packets-per-slave': uint,
  'packets-per-member': uint,
  'primary-reselect-policy': text,
  'resend-igmp': uint,
  'learn-packet-interval': text,
  primary: lookup('primary'),
});

const bridgeParameters = map({
  'ageing-time': text,
  'aging-time': text,
  'forward-delay': text,
  'hello-time': text,
  'max-age': text,
  'path-cost': { kind: 'open', key: 'text', of: text, lookup: 'path-cost' },
  'port-priority': { kind: 'open', key: 'text', of: text, lookup: 'port-priority' },
  priority: uint,
  stp: bool,
});

const tunnelKey = either(
  text,
  map({
    input: text,
    output: text,
    private: text,
    'private-key-flags': since('0.107', sequence(wordsAnyCase('agent-owned', 'not-saved', 'not-required'))),
  }),
);

const peer: Form = {
  kind: 'map',
  whole: true,
  keys: {
    keys: map({ public: text, shared: text }),
    keepalive: uint,
    endpoint: scalar('endpoint'),
    'allowed-ips': sequence(scalar('allowed-network')),
  },
};

export const tunnelModes = [
  'ipip',
  'gre',
  'sit',
  'isatap',
  'vti',
  'ip6ip6',
  'ipip6',
  'ip6gre',
  'vti6',
  'gretap',
  'ip6gretap',
  'vxlan',
  'wireguard',
] as const;

const tunnel: Keys = {
  mode: words(...tunnelModes),
  local: scalar('ip'),
  remote: scalar('ip'),
  ttl: uint,
  key: tunnelKey,
  keys: tunnelKey,
  mark: uint,
  port: uint,
  peers: { kind: 'sequence', of: peer, lookup: 'targets' },
  link: lookup('parent'),
  ageing: uint,
  aging: uint,
  id: uint,
  limit: uint,
  'type-of-service': uint,
  'flow-label': uint,
  'do-not-fragment': bool,
  'short-circuit': bool,
  'arp-proxy': bool,
  'mac-learning': bool,
  notifications: sequence(wordsAnyCase('l2-miss', 'l3-miss')),
  checksums: sequence(wordsAnyCase('udp', 'zero-udp6-tx', 'zero-udp6-rx', 'remote-tx', 'remote-rx')),
  extensions: sequence(wordsAnyCase('group-policy', 'generic-protocol')),
  'port-range': { kind: 'sequence', of: uint, count: 2 },
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
  auth,
  link: lookup('parent'),
  'virtual-function-count': uint,
  'embedded-switch-mode': words('switchdev', 'legacy'),
  'delay-virtual-functions-rebind': bool,
  'infiniband-mode': words('datagram', 'connected'),
};

/** Until 1.0 a VRF had no addressing of its own. */
const vrfs: Keys = {
  ...Object.fromEntries(Object.entries(common).map(([key, form]) => [key, { since: '1.0', ...form }])),
  ...routing,
  ...backends,
  renderer: scalar('renderer'),
  interfaces: lookup('vrf-ports'),
  table: uint,
};

/** Of each kind, the keys of a definition. */
export const definitionKeys: Readonly<Record<DefinitionKind, Keys>> = {
  ethernets: ethernet,
  wifis: {
    ...common,
    ...physical,
    'access-points': { kind: 'open', key: 'text', of: accessPoint, whole: true },
    auth,
    'regulatory-domain': text,
  },
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
  bonds: { ...common, interfaces: lookup('bond-ports'), parameters: bondParameters },
  bridges: { ...common, interfaces: lookup('bridge-ports'), parameters: bridgeParameters },
  vlans: {
    ...common,
    renderer: words('networkd', 'NetworkManager', 'sriov'),
    id: uint,
    link: lookup('parent'),
  },
  vrfs,
  tunnels: { ...common, ...tunnel },
  'nm-devices': ethernet,
  'dummy-devices': common,
  'virtual-ethernets': { ...common, peer: lookup('peer') },
};

/** Kinds that 0.106 does not know. */
export const newerKinds: Readonly<Record<string, string>> = { 'dummy-devices': '0.107', 'virtual-ethernets': '0.107' };

/** Keys beside the kinds in `network:`. */
export const networkKeys: Keys = {
  version: scalar('version'),
  renderer: scalar('renderer'),
  openvswitch: map({
    'external-ids': pairs,
    'other-config': pairs,
    protocols,
    ports: sequence(lookup('patch-ports')),
    ssl: map({ 'ca-cert': text, certificate: text, 'private-key': text }),
  }),
};

/** Links that exist, and are matched; all others netplan makes. */
export const physicalKinds: ReadonlySet<string> = new Set<DefinitionKind>(['ethernets', 'wifis', 'modems']);
