/**
 * Network configuration version 1 and 2 as one list of devices (network_state.py), for the renderers that do not take
 * version 2 as it is. Only what decides about links is kept.
 */
import { entryOf, valueOf, type YamlEntry, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import { checkConfig, type RendererName } from './check.ts';
import { textOf } from './sources.ts';
import type { Problem } from '../claim.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import type { Place } from '../../text/source.ts';

export type DeviceKind = 'physical' | 'bond' | 'bridge' | 'vlan' | 'infiniband' | 'loopback' | 'untyped';

export interface Device {
  readonly kind: DeviceKind;
  /** The name of the interface: version 1's name, version 2's set-name, a name found by MAC, or the ID. */
  readonly name: string;
  readonly place: Place;
  readonly mac: Said | null;
  readonly driver: Said | null;
  /** Asked for explicitly, so that cloud-init itself renames the link too. */
  readonly rename: Said | null;
  readonly mtu: Said | null;
  readonly acceptRa: Said | null;
  readonly subnets: readonly Subnet[];
  /** Ports of a bond or bridge. */
  readonly members: readonly Said[];
  /** Below a VLAN. */
  readonly link: Said | null;
  readonly vlanId: Said | null;
}

export interface Said {
  readonly value: string;
  readonly place: Place;
}

/** `unknown`: a word that is none of them. */
export type SubnetType = 'dhcp4' | 'dhcp6' | 'static' | 'static6' | 'slaac' | 'stateless' | 'manual' | 'unknown';

export interface Subnet {
  readonly type: SubnetType;
  /** The type as it is written, since not every renderer knows every spelling; of version 2, what it is turned into. */
  readonly word: string;
  readonly place: Place;
  /** With prefix length where one is said. */
  readonly address: Said | null;
  readonly gateway: Said | null;
  /** `control: manual` and the like: not brought up at boot (ENI). */
  readonly control: string;
}

export interface ReadDevices {
  readonly version: 1 | 2 | null;
  readonly devices: readonly Device[];
  readonly problems: readonly Problem[];
}

/** `links`: those that cloud-init sees at boot, without slaves of failover masters. */
export function readDevices(config: YamlMap, links: readonly LinkFacts[], renderer: RendererName | null): ReadDevices {
  const version = textOf(valueOf(config, 'version'));
  const isPassed = renderer === 'netplan' || renderer === null;
  const read =
    version === '1'
      ? { version: 1 as const, ...readVersion1(config) }
      : version === '2'
        ? { version: 2 as const, ...readVersion2(config, links, isPassed) }
        : null;
  if (read !== null) {
    const problems = [...read.problems, ...checkConfig(config, read.version, renderer)];
    return withMembers({ ...read, problems });
  }
  const entry = entryOf(config, 'version');
  const message =
    entry === undefined ? 'no version; expected version: 1 or 2' : `version ${version ?? ''}; expected 1 or 2`;
  const consequence = 'cloud-init cannot read the configuration, and renders nothing';
  return {
    version: null,
    devices: [],
    problems: [{ kind: 'bad-value', place: entry?.value.place ?? config.place, message, consequence, fatal: true }],
  };
}

/**
 * Ports that nothing defines become devices of their own (handle_bond, handle_bridge); a bridge's have no type, which
 * the eni and network-manager renderers cannot take.
 */
function withMembers(read: ReadDevices): ReadDevices {
  const devices: Device[] = [];
  for (const device of read.devices) {
    // Two definitions of one name (a set-name twice) are one interface: the last one counts, but for the driver.
    const earlier = devices.findIndex(({ name }) => name === device.name);
    const known = devices[earlier];
    if (known === undefined) devices.push(device);
    else devices[earlier] = { ...device, driver: device.driver ?? known.driver };
  }
  for (const { kind, members } of read.devices) {
    for (const { value: name, place } of kind === 'bond' || kind === 'bridge' ? members : []) {
      if (devices.some((device) => device.name === name)) continue;
      devices.push({ ...bare, kind: kind === 'bond' ? 'bond' : 'untyped', name, place });
    }
  }
  return { ...read, devices };
}

const bare = {
  mac: null,
  driver: null,
  rename: null,
  mtu: null,
  acceptRa: null,
  subnets: [],
  members: [],
  link: null,
  vlanId: null,
} as const;

const kinds: Readonly<Record<string, DeviceKind>> = {
  physical: 'physical',
  infiniband: 'infiniband',
  loopback: 'loopback',
  bond: 'bond',
  bridge: 'bridge',
  vlan: 'vlan',
};

/** Keys without which a command is skipped (ensure_command_keys). */
const required: Readonly<Record<string, readonly string[]>> = {
  physical: ['name'],
  infiniband: ['name'],
  loopback: ['name'],
  bond: ['name', 'bond_interfaces', 'params'],
  bridge: ['name', 'bridge_interfaces'],
  vlan: ['name', 'vlan_id', 'vlan_link'],
};

function readVersion1(config: YamlMap): Omit<ReadDevices, 'version'> {
  const commands = valueOf(config, 'config');
  const problems: Problem[] = [];
  const devices: Device[] = [];
  if (commands?.kind !== 'sequence') {
    const message = 'version 1 without a list of devices; expected config: and a list';
    const consequence = 'cloud-init cannot read the configuration, and renders nothing';
    problems.push({ kind: 'bad-value', place: commands?.place ?? config.place, message, consequence, fatal: true });
  }
  for (const command of commands?.kind === 'sequence' ? commands.items : []) {
    const type = valueOf(command, 'type');
    const word = textOf(type) ?? '';
    const kind = kinds[word];
    if (kind === undefined) {
      if (['nameserver', 'route'].includes(word)) continue;
      const message = `type "${word}"; expected ${Object.keys(kinds).join(', ')}, nameserver or route`;
      const consequence = 'cloud-init ends in an error and renders no configuration at all';
      problems.push({ kind: 'bad-value', place: type?.place ?? command.place, message, consequence, fatal: true });
      continue;
    }
    const missing = (required[kind] ?? []).filter((key) => entryOf(command, key) === undefined);
    if (missing.length > 0) {
      const message = `${kind} lacks ${missing.join(', ')}`;
      problems.push({ kind: 'bad-value', place: command.place, message, consequence: 'cloud-init skips the device' });
    } else devices.push(readCommand(kind, command));
  }
  return { devices, problems };
}

function readCommand(kind: DeviceKind, command: YamlNode): Device {
  const mac = saidOf(valueOf(command, 'mac_address'));
  const name = saidOf(valueOf(command, 'name')) ?? { value: '', place: command.place };
  const subnets = valueOf(command, 'subnets');
  return {
    kind,
    name: name.value,
    place: name.place,
    mac,
    driver: saidOf(valueOf(valueOf(command, 'params'), 'driver')),
    rename: kind === 'physical' && mac !== null ? name : null,
    mtu: saidOf(valueOf(command, 'mtu')),
    acceptRa: saidOf(valueOf(command, 'accept-ra')),
    subnets: subnets?.kind === 'sequence' ? subnets.items.map(readSubnet) : [],
    members: saidList(valueOf(command, kind === 'bond' ? 'bond_interfaces' : 'bridge_interfaces')),
    link: saidOf(valueOf(command, 'vlan_link')),
    vlanId: saidOf(valueOf(command, 'vlan_id')),
  };
}

const subnetTypes: Readonly<Record<string, SubnetType>> = {
  dhcp: 'dhcp4',
  dhcp4: 'dhcp4',
  dhcp6: 'dhcp6',
  'ipv6_dhcpv6-stateful': 'dhcp6',
  'ipv6_dhcpv6-stateless': 'stateless',
  ipv6_slaac: 'slaac',
  static: 'static',
  static6: 'static6',
  manual: 'manual',
};

function readSubnet(node: YamlNode): Subnet {
  const type = valueOf(node, 'type');
  const address = saidOf(valueOf(node, 'address'));
  const prefix = textOf(valueOf(node, 'prefix')) ?? prefixOf(textOf(valueOf(node, 'netmask')));
  const full =
    address === null || address.value.includes('/') || prefix === null
      ? address
      : { ...address, value: `${address.value}/${prefix}` };
  const known = subnetTypes[textOf(type) ?? ''] ?? 'unknown';
  return {
    word: textOf(type) ?? '',
    type: known === 'static' && full?.value.includes(':') === true ? 'static6' : known,
    place: type?.place ?? node.place,
    address: full,
    gateway: saidOf(valueOf(node, 'gateway')),
    control: textOf(valueOf(node, 'control')) ?? 'auto',
  };
}

/** 255.255.255.0 is 24; a number is itself. */
function prefixOf(netmask: string | null): string | null {
  if (netmask === null || /^\d+$/.test(netmask)) return netmask;
  const bytes = netmask.split('.').map(Number);
  const bits = bytes.map((byte) => (byte & 0xff).toString(2).padStart(8, '0')).join('');
  return bytes.length === 4 && /^1*0*$/.test(bits) ? String(bits.indexOf('0') < 0 ? 32 : bits.indexOf('0')) : null;
}

const sections: Readonly<Record<string, DeviceKind>> = {
  ethernets: 'physical',
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
};

function readVersion2(config: YamlMap, links: readonly LinkFacts[], isPassed: boolean): Omit<ReadDevices, 'version'> {
  const devices: Device[] = [];
  const problems: Problem[] = [];
  for (const { key, keyPlace, value } of config.entries) {
    const kind = sections[key];
    if (kind !== undefined && value.kind === 'map') {
      devices.push(...value.entries.map((entry) => readDefinition(kind, entry, links)));
    } else if (!['version', 'renderer', 'wifis', 'config'].includes(key) && kind === undefined) {
      const message = `"${key}" in version 2; expected ${Object.keys(sections).join(', ')}, wifis, renderer or version`;
      const consequence = 'only netplan may know it: every other renderer ends in an error';
      problems.push({
        kind: 'unknown-key',
        place: keyPlace,
        message,
        consequence,
        ...(isPassed ? {} : { fatal: true }),
      });
    }
  }
  return { devices, problems };
}

function readDefinition(kind: DeviceKind, { key, keyPlace, value }: YamlEntry, links: readonly LinkFacts[]): Device {
  const match = valueOf(value, 'match');
  const mac = saidOf(valueOf(match, 'macaddress'));
  const rename = saidOf(valueOf(value, 'set-name'));
  const found = mac === null ? undefined : links.find((link) => link.mac === mac.value.toLowerCase());
  return {
    kind,
    name: rename?.value ?? found?.name ?? key,
    place: keyPlace,
    mac,
    driver: driverOf(valueOf(match, 'driver')),
    // cloud-init renames by MAC only.
    rename: mac === null ? null : rename,
    mtu: saidOf(valueOf(value, 'mtu')),
    acceptRa: saidOf(valueOf(value, 'accept-ra')),
    subnets: readAddressing(value),
    members: saidList(valueOf(value, 'interfaces')),
    link: saidOf(valueOf(value, 'link')),
    vlanId: saidOf(valueOf(value, 'id')),
  };
}

/** One driver. A list, which netplan knows, is written as Python prints one, and matches nothing (26.2 too). */
function driverOf(node: YamlNode | undefined): Said | null {
  if (node?.kind !== 'sequence') return saidOf(node);
  const words = node.items.map((item) => `'${textOf(item) ?? ''}'`);
  return { value: `[${words.join(', ')}]`, place: node.place };
}

/** _v2_to_v1_ipcfg: dhcp4, dhcp6, then the addresses, the first of a family with its gateway. */
function readAddressing(node: YamlNode): readonly Subnet[] {
  const plain = { address: null, gateway: null, control: 'auto' };
  const dhcp = (['dhcp4', 'dhcp6'] as const).flatMap((type): readonly Subnet[] => {
    const said = saidOf(valueOf(node, type));
    return said !== null && isYes(said) ? [{ ...plain, type, word: type, place: said.place }] : [];
  });
  const gateways = { 4: saidOf(valueOf(node, 'gateway4')), 6: saidOf(valueOf(node, 'gateway6')) };
  const used = new Set<4 | 6>();
  const addresses = saidList(valueOf(node, 'addresses')).map((address): Subnet => {
    const family = address.value.includes(':') ? 6 : 4;
    const gateway = used.has(family) ? null : gateways[family];
    used.add(family);
    return {
      type: family === 6 ? 'static6' : 'static',
      word: 'static',
      place: address.place,
      address,
      gateway,
      control: 'auto',
    };
  });
  return [...dhcp, ...addresses];
}

export function isYes({ value }: Said): boolean {
  return /^(?:true|yes|on|1|y)$/i.test(value);
}

function saidOf(node: YamlNode | undefined): Said | null {
  const value = textOf(node);
  return value === null || node === undefined ? null : { value, place: node.place };
}

function saidList(node: YamlNode | undefined): readonly Said[] {
  if (node?.kind === 'scalar') return saidOf(node) === null ? [] : [saidOf(node)].flatMap((said) => said ?? []);
  // An address may be a mapping with options of its own.
  return node?.kind === 'sequence'
    ? node.items.flatMap((item) => {
        const [only] = item.kind === 'map' ? item.entries : [];
        return only === undefined ? (saidOf(item) ?? []) : { value: only.key, place: only.keyPlace };
      })
    : [];
}
