/** What version 1 and 2 are read into, and the values that both have. */
import { valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { contains, parseAddress, parsePrefix } from '../../text/address.ts';
import { isTruthy, iterate, pythonText } from './python-values.ts';
import { textOf } from './sources.ts';
import type { PlacedValue, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export type DeviceKind = 'physical' | 'bond' | 'bridge' | 'vlan' | 'infiniband' | 'loopback' | 'untyped';

export interface Device {
  readonly kind: DeviceKind;
  /** Version 2's key of the definition; else the name. */
  readonly id: string;
  /** What cloud-init knows it by: the ID or the name, by its version (readDevices). */
  readonly key: string;
  /** Every word by which a bond or bridge has it for a port: mostly the key alone. */
  readonly keys: readonly string[];
  /** The name of the interface: version 1's name, version 2's set-name, a name found by MAC, or the ID. */
  readonly name: string;
  /** The name is an empty text, 0 or false, for which networkd's renderer writes no Name=. */
  readonly isNameless?: true;
  readonly place: Place;
  readonly mac: PlacedValue | null;
  /** A MAC of no letters: NetworkManager's profile is bound to it, and to no name. */
  readonly hasEmptyMac?: boolean;
  readonly driver: PlacedValue | null;
  /** Asked for explicitly, so that cloud-init itself renames the link too. */
  readonly rename: PlacedValue | null;
  readonly mtu: PlacedValue | null;
  readonly acceptRa: PlacedValue | null;
  readonly subnets: readonly Subnet[];
  /** Ports of a bond or bridge. */
  readonly members: readonly Member[];
  /** Below a VLAN. */
  readonly link: PlacedValue | null;
  readonly vlanId: PlacedValue | null;
}

export interface Member extends PlacedValue {
  readonly isNameless?: true;
}

export function membersOf(ports: YamlNode | undefined): readonly Member[] {
  // a port that is null is called None, and is one of those without a name
  return (iterate(ports) ?? []).map((port): Member => {
    const named = { value: pythonText(port), place: port.place };
    return isTruthy(port) ? named : Object.assign(named, { isNameless: true as const });
  });
}

/** `unknown`: a word that is none of them. */
export type SubnetType = 'dhcp4' | 'dhcp6' | 'static' | 'static6' | 'slaac' | 'stateless' | 'manual' | 'unknown';

/** What a reader of one version gives. */
export interface DevicesRead {
  readonly devices: readonly Device[];
  readonly problems: readonly Problem[];
}

export interface Subnet {
  readonly type: SubnetType;
  /** The type as it is written, since not every renderer knows every spelling; of version 2, what it is turned into. */
  readonly word: string;
  readonly place: Place;
  /** With prefix length where one is given. */
  readonly address: PlacedValue | null;
  readonly gateway: PlacedValue | null;
  /** An IPv6 network among its routes. */
  readonly sixRoute?: Place;
  /** `control: manual` and the like: not brought up at boot (ENI). */
  readonly control: string;
}

export const bare = {
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

export function isYes({ value }: PlacedValue): boolean {
  return /^(?:true|yes|on|1|y)$/i.test(value);
}

/** subnet_is_ipv6: by the word's end, too, which cloud-init need not know. */
export function isSix({ type, word }: Subnet): boolean {
  return ['dhcp6', 'static6', 'slaac', 'stateless'].includes(type) || word.endsWith('6');
}

/** The first IPv6 network among routes: by one of these keys, or "default" by an IPv6 gateway. */
export function sixRouteOf(routes: YamlNode | undefined, keys: readonly string[], gateway: string): Place | undefined {
  const found = (routes?.kind === 'sequence' ? routes.items : []).find((route) => {
    const network = keys.flatMap((key) => textOf(valueOf(route, key)) ?? [])[0];
    return (network === 'default' ? textOf(valueOf(route, gateway)) : network)?.includes(':') === true;
  });
  return found?.place;
}

/** Is the gateway outside the address's subnet, so that a route to it has to be marked (should_add_gateway_onlink_flag)? */
export function isOutside(gateway: PlacedValue, address: PlacedValue | null): boolean {
  const subnet = parsePrefix(address?.value ?? '');
  const host = parseAddress(gateway.value);
  return subnet !== null && host !== null && !contains(subnet, host);
}

export function placedValue(node: YamlNode | undefined): PlacedValue | null {
  const value = textOf(node);
  return value === null || node === undefined ? null : { value, place: node.place };
}

export function placedValues(node: YamlNode | undefined): readonly PlacedValue[] {
  if (node?.kind === 'scalar') return [placedValue(node) ?? []].flat();
  // An address may be a mapping with options of its own.
  return node?.kind === 'sequence'
    ? node.items.flatMap((item) => {
        const [only] = item.kind === 'map' ? item.entries : [];
        return only === undefined ? (placedValue(item) ?? []) : { value: only.key, place: only.keyPlace };
      })
    : [];
}
