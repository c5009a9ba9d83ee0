/** The network-manager renderer: a keyfile a device (network_manager.py). */
import { composeFile, type Piece } from '../composed-text.ts';
import { hasBehaviour } from './behaviours.ts';
import { isSix, type Device, type DeviceKind, type Subnet } from './device.ts';
import type { ConfigFile, PlacedValue } from '../claim.ts';
import type { Place } from '../../text/source.ts';

const types: Readonly<Record<Exclude<DeviceKind, 'untyped'>, string>> = {
  physical: 'ethernet',
  infiniband: 'infiniband',
  loopback: 'loopback',
  bond: 'bond',
  bridge: 'bridge',
  vlan: 'vlan',
};

/** `version`: of cloud-init, undefined if nobody knows. */
export function renderNetworkManager(devices: readonly Device[], version: string | undefined): readonly ConfigFile[] {
  return devices
    .filter(({ kind }) => kind !== 'loopback')
    .filter(({ key }, index, all) => all.findIndex((other) => other.key === key) === index)
    .map((device) =>
      composeFile(
        'cloud-init',
        `/etc/NetworkManager/system-connections/cloud-init-${device.key}.nmconnection`,
        0o600,
        renderDevice(device, devices, version),
      ),
    );
}

function renderDevice(device: Device, all: readonly Device[], version: string | undefined): readonly Piece[] {
  const { name, kind, place, mac, mtu, link, vlanId } = device;
  const pieces: Piece[] = [];
  const key = (text: string, at: Place) => pieces.push({ text: `${text}\n`, place: at });
  const uppers = all.filter(({ members }) => members.some(({ value }) => device.keys.includes(value)));
  const upper = uppers.find((one) => one.kind === 'bond') ?? uppers[0];
  key(`[connection]\nid=cloud-init ${name}\ntype=${kind === 'untyped' ? '' : types[kind]}`, place);
  if (hasBehaviour(version, 'autoconnect priority')) key('autoconnect-priority=120', place);
  // With a MAC the profile is bound to that alone.
  if ((mac === null && device.hasEmptyMac !== true) || kind !== 'physical') key(`interface-name=${name}`, place);
  if (upper !== undefined) key(`slave-type=${upper.kind}\nmaster=${upper.name}`, upper.place);
  const hasMtu = kind === 'physical' || (kind === 'bond' && hasBehaviour(version, 'mtu of bonds'));
  const hasEmptyMac = kind === 'physical' && device.hasEmptyMac === true;
  if ((hasMtu && mtu !== null) || (kind === 'physical' && mac !== null) || hasEmptyMac) {
    key('\n[ethernet]', place);
    if (hasMtu && mtu !== null) key(`mtu=${mtu.value}`, mtu.place);
    if (hasEmptyMac) key('mac-address=', place);
    if (mac !== null && kind === 'physical') key(`mac-address=${mac.value.toUpperCase()}`, mac.place);
  }
  if (kind === 'vlan') {
    key('\n[vlan]', place);
    if (vlanId !== null) key(`id=${vlanId.value}`, vlanId.place);
    // by the UUID of the profile below, if there is one
    const below = all.find((one) => one.key === link?.value)?.name ?? link?.value;
    if (link !== null) key(`parent=${below ?? ''}`, link.place);
  }
  for (const [family, { method, place: at, addresses, gateway }] of familiesOf(device, version)) {
    key(`\n[${family}]`, place);
    key(`method=${method}`, at);
    for (const [index, { value, place: its }] of addresses.entries()) key(`address${index + 1}=${value}`, its);
    if (gateway !== null) key(`gateway=${gateway.value}`, gateway.place);
  }
  return pieces;
}

interface Family {
  method: string;
  place: Place;
  readonly addresses: PlacedValue[];
  /** The last one counts. */
  gateway: PlacedValue | null;
}

/** Subnets in their order, as _set_ip_method has them. */
function familiesOf(
  { kind, place, subnets }: Device,
  version: string | undefined,
): ReadonlyMap<'ipv4' | 'ipv6', Family> {
  const families = new Map<'ipv4' | 'ipv6', Family>();
  const familyOf = (name: 'ipv4' | 'ipv6', at: Place): Family => {
    const family = families.get(name) ?? { method: 'disabled', place: at, addresses: [], gateway: null };
    families.set(name, family);
    return family;
  };
  if (kind === 'bond' && subnets.length === 0 && hasBehaviour(version, 'bonds without addresses')) {
    familyOf('ipv4', place);
    familyOf('ipv6', place);
  }
  for (const subnet of subnets) {
    const family = familyOf(isSix(subnet) ? 'ipv6' : 'ipv4', subnet.place);
    const method = methodOf(subnet, version);
    if (family.method !== 'dhcp' && !(family.method === 'auto' && method === 'manual')) {
      if (subnet.word.startsWith('ipv6_') && isSix(subnet) && hasBehaviour(version, 'no IPv4 beside dynamic IPv6'))
        familyOf('ipv4', subnet.place);
      family.method = method;
      family.place = subnet.place;
    }
    if (subnet.address !== null) family.addresses.push(subnet.address);
    family.gateway = subnet.gateway ?? family.gateway;
  }
  return families;
}

/** A word that it does not know means auto, "manual" too. */
function methodOf({ word }: Subnet, version: string | undefined): string {
  if (word === 'static' || (word === 'static6' && hasBehaviour(version, 'manual for static6'))) return 'manual';
  return word === 'ipv6_dhcpv6-stateful' && hasBehaviour(version, 'dhcp for stateful') ? 'dhcp' : 'auto';
}
