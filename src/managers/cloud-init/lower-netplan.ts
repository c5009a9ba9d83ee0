/** The netplan renderer: version 2 goes through as it is, version 1 becomes version 2 (netplan.py). */
import { composeFile, type Piece } from '../composed-text.ts';
import { hasBehaviour } from './behaviours.ts';
import { isOutside, isYes, type Device, type Subnet } from './device.ts';
import type { YamlMap, YamlNode } from '../../text/yaml-tree.ts';
import type { ConfigFile, PlacedValue } from '../claim.ts';
import type { Place } from '../../text/source.ts';

const path = '/etc/netplan/50-cloud-init.yaml';

export function passToNetplan(config: YamlMap): readonly ConfigFile[] {
  const pieces: Piece[] = [{ text: 'network:\n', place: config.place }];
  emit(config, 2, pieces);
  return [composeFile('cloud-init', path, 0o600, pieces)];
}

/** Block style, every string quoted: the text is for netplan, not for people. */
function emit(node: YamlNode, indent: number, pieces: Piece[]): void {
  const pad = ' '.repeat(indent);
  if (node.kind === 'scalar') {
    const text = typeof node.value === 'string' ? JSON.stringify(node.value) : node.text === '' ? 'null' : node.text;
    pieces.push({ text: `${text}\n`, place: node.place });
  } else if (node.kind === 'map') {
    for (const { key, keyPlace, value } of node.entries) {
      pieces.push({
        text: `${pad}${/^[\w.@-]+$/.test(key) ? key : JSON.stringify(key)}:${separator(value)}`,
        place: keyPlace,
      });
      emitInline(value, indent + 2, pieces);
    }
  } else {
    for (const item of node.items) {
      pieces.push({ text: `${pad}-${separator(item)}`, place: item.place });
      emitInline(item, indent + 2, pieces);
    }
  }
}

function isEmpty(node: YamlNode): boolean {
  return (node.kind === 'map' && node.entries.length === 0) || (node.kind === 'sequence' && node.items.length === 0);
}

function separator(node: YamlNode): string {
  return node.kind === 'scalar' || isEmpty(node) ? ' ' : '\n';
}

function emitInline(node: YamlNode, indent: number, pieces: Piece[]): void {
  if (isEmpty(node)) pieces.push({ text: node.kind === 'map' ? '{}\n' : '[]\n', place: node.place });
  else emit(node, indent, pieces);
}

const sections = [
  ['physical', 'ethernets'],
  ['bond', 'bonds'],
  ['bridge', 'bridges'],
  ['vlan', 'vlans'],
] as const;

/** `version`: of cloud-init, undefined if nobody knows. */
export function renderNetplan(
  devices: readonly Device[],
  place: Place,
  version: string | undefined,
): readonly ConfigFile[] {
  const pieces: Piece[] = [{ text: 'network:\n  version: 2\n', place }];
  for (const [kind, section] of sections) {
    const own = devices.filter((device) => device.kind === kind);
    const [first] = own;
    if (first === undefined) continue;
    pieces.push({ text: `  ${section}:\n`, place: first.place });
    for (const device of own) renderDevice(device, pieces, version);
  }
  return [composeFile('cloud-init', path, 0o600, pieces)];
}

function renderDevice(device: Device, pieces: Piece[], version: string | undefined): void {
  const { name, place, mac, subnets, members, link, vlanId, mtu, acceptRa } = device;
  const key = JSON.stringify(name);
  const line = (text: string, at: Place): number => pieces.push({ text: `      ${text}\n`, place: at });
  pieces.push({ text: `    ${key}:\n`, place });
  if (device.kind === 'physical' && mac !== null) {
    line('match:', mac.place);
    line(`  macaddress: ${JSON.stringify(mac.value.toLowerCase())}`, mac.place);
    line(`set-name: ${key}`, place);
  }
  if (members.length > 0) line('interfaces:', members[0]?.place ?? place);
  else if (device.kind === 'bridge') line('interfaces: []', place);
  for (const member of members) line(`  - ${JSON.stringify(member.value)}`, member.place);
  if (link !== null) line(`link: ${JSON.stringify(link.value)}`, link.place);
  if (vlanId !== null) line(`id: ${vlanId.value}`, vlanId.place);
  if (device.kind !== 'physical' && mac !== null)
    line(`macaddress: ${JSON.stringify(mac.value.toLowerCase())}`, mac.place);
  for (const type of ['dhcp4', 'dhcp6'] as const) {
    const asked = subnets.find(
      (subnet) => subnet.type === type || (type === 'dhcp6' && ['slaac', 'stateless'].includes(subnet.type)),
    );
    if (asked !== undefined) line(`${type}: true`, asked.place);
  }
  const fixed = subnets.filter(({ type }) => type !== 'unknown');
  const addresses = fixed.flatMap(({ address }): readonly PlacedValue[] => (address === null ? [] : [address]));
  if (addresses.length > 0) line('addresses:', addresses[0]?.place ?? place);
  for (const address of addresses) line(`  - ${JSON.stringify(address.value)}`, address.place);
  if (hasBehaviour(version, 'routes for gateways')) renderRoutes(fixed, line);
  else {
    for (const gateway of lastOfFamily(fixed.flatMap((subnet) => subnet.gateway ?? []))) {
      line(`gateway${gateway.value.includes(':') ? '6' : '4'}: ${JSON.stringify(gateway.value)}`, gateway.place);
    }
  }
  if (acceptRa !== null) line(`accept-ra: ${String(isYes(acceptRa))}`, acceptRa.place);
  if (mtu !== null) line(`mtu: ${mtu.value}`, mtu.place);
  // A definition without a line of its own would be null.
  if (pieces.at(-1)?.text === `    ${key}:\n`) line('{}', place);
}

/** Only the gateways' routes: others decide about no link. */
function renderRoutes(subnets: readonly Subnet[], line: (text: string, at: Place) => number): void {
  const routes = subnets.flatMap(({ gateway, address }) => (gateway === null ? [] : [{ gateway, address }]));
  const [first] = routes;
  if (first !== undefined) line('routes:', first.gateway.place);
  for (const { gateway, address } of routes) {
    line(`  - to: default`, gateway.place);
    line(`    via: ${JSON.stringify(gateway.value)}`, gateway.place);
    if (isOutside(gateway, address)) line('    on-link: true', gateway.place);
  }
}

/** A dictionary's key is written once: the last one counts. */
function lastOfFamily(gateways: readonly PlacedValue[]): readonly PlacedValue[] {
  return [false, true].flatMap((six) => gateways.findLast(({ value }) => value.includes(':') === six) ?? []);
}
