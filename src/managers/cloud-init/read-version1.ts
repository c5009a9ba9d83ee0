/** Network configuration version 1: a list of commands (network_state.py). */
import { entryOf, scalarText, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import { textOf } from './sources.ts';
import { anyValue, isText, isTruthy, iterate, pythonText, trueWord, truthyValue } from './python-values.ts';
import type { Problem } from '../claim.ts';
import {
  type Device,
  type DeviceKind,
  type DevicesRead,
  membersOf,
  placedValue,
  sixRouteOf,
  type Subnet,
  type SubnetType,
} from './device.ts';

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

export function readVersion1(config: YamlMap): DevicesRead {
  const commands = valueOf(config, 'config');
  const problems: Problem[] = [];
  const devices: Device[] = [];
  // an empty mapping or text is gone through like an empty list, and nothing is rendered for any device
  const isEmpty = iterate(commands)?.length === 0;
  if (commands?.kind !== 'sequence') {
    const message = 'version 1 without a list of devices; expected config: and a list';
    const consequence = 'cloud-init cannot read the configuration, and renders nothing';
    problems.push({
      kind: 'bad-value',
      place: commands?.place ?? config.place,
      message,
      consequence,
      ...(isEmpty ? {} : { fatal: true }),
    });
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
  const mac = truthyValue(valueOf(command, 'mac_address'));
  const given = valueOf(command, 'name');
  const name = { value: given === undefined ? '' : pythonText(given), place: given?.place ?? command.place };
  const isNamed = given === undefined || isTruthy(given);
  const subnets = valueOf(command, 'subnets');
  return {
    kind,
    id: name.value,
    key: name.value,
    keys: [name.value],
    name: name.value,
    ...(isNamed ? {} : { isNameless: true as const }),
    place: name.place,
    mac,
    hasEmptyMac: scalarText(valueOf(command, 'mac_address')) === '' && isText(valueOf(command, 'mac_address')),
    driver: truthyValue(valueOf(valueOf(command, 'params'), 'driver')),
    rename: kind === 'physical' && mac !== null ? name : null,
    mtu: anyValue(valueOf(command, 'mtu')),
    acceptRa: trueWord(valueOf(command, 'accept-ra')),
    subnets: subnets?.kind === 'sequence' ? subnets.items.map(readSubnet) : [],
    members: membersOf(valueOf(command, `${kind}_interfaces`)),
    link: truthyValue(valueOf(command, 'vlan_link')),
    vlanId: anyValue(valueOf(command, 'vlan_id')),
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
  const address = placedValue(valueOf(node, 'address'));
  const known = subnetTypes[textOf(type) ?? ''] ?? 'unknown';
  const isStatic = known === 'static' || known === 'static6';
  const [length, netmask] = ['prefix', 'netmask'].map((key) => truthyValue(valueOf(node, key))?.value ?? null);
  const usual = isStatic ? (address?.value.includes(':') === true ? '64' : '24') : null;
  // only those types are normalized, which is where a netmask becomes a length
  const prefix = length ?? (netmask == null || !isStatic ? usual : prefixOf(netmask));
  const full =
    address === null || address.value.includes('/') || prefix === null
      ? address
      : { ...address, value: `${address.value}/${prefix}` };
  const sixRoute = sixRouteOf(valueOf(node, 'routes'), ['network', 'destination'], 'gateway');
  return {
    word: textOf(type) ?? '',
    type: known === 'static' && full?.value.includes(':') === true ? 'static6' : known,
    place: type?.place ?? node.place,
    address: full,
    gateway: truthyValue(valueOf(node, 'gateway')),
    control: textOf(valueOf(node, 'control')) ?? 'auto',
    ...(sixRoute === undefined ? {} : { sixRoute }),
  };
}

/** 255.255.255.0 is 24; a number is itself. */
function prefixOf(netmask: string | null): string | null {
  if (netmask === null || /^\d+$/.test(netmask)) return netmask;
  const bytes = netmask.split('.').map(Number);
  const bits = bytes.map((byte) => (byte & 0xff).toString(2).padStart(8, '0')).join('');
  return bytes.length === 4 && /^1*0*$/.test(bits) ? String(bits.indexOf('0') < 0 ? 32 : bits.indexOf('0')) : null;
}
