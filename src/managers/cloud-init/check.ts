/**
 * What cloud-init makes of a configuration that is not as its schema has it (network_state.py, and the renderers; 22.4.2,
 * 25.1.4 and 26.2 do the same but where a line says so). Most faults end the rendering in an exception, and then nothing
 * is written. Keys are those of its schemas for version 1 and 2.
 */
import { entryOf, scalarText, valueOf, type YamlEntry, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { Problem } from '../claim.ts';
import {
  checkCommandTypes,
  checkControl,
  checkDefinitionTypes,
  checkGateway,
  checkMembers,
  checkVlan,
  countNames,
  familiesOf,
  nameOf,
  type Surroundings,
} from './check-types.ts';
import { isAddress, isNetmask } from './addresses.ts';
import { hasBehaviour } from './behaviours.ts';
import { boxesOf } from './boxes.ts';
import type { Device } from './device.ts';
import { fatal, type RendererName } from './fatal.ts';
import { commandKeys, definitionKeys, netplanOnly, subnetKeys } from './known-keys.ts';
import { isText, isTruthy, iterate } from './python-values.ts';

export type { RendererName } from './fatal.ts';

/** Netplan takes version 2 as it is, and says itself what is wrong. `devices`: what version 2 was read into. */
export function checkConfig(
  config: YamlMap,
  version: 1 | 2,
  renderer: RendererName | null,
  cloudInitVersion?: string,
  devices: readonly Device[] = [],
): readonly Problem[] {
  const isLeft = renderer === 'netplan' || renderer === null;
  if (version === 2) return isLeft ? [] : [...checkVersion2(config, renderer, cloudInitVersion, devices)];
  const commands = valueOf(config, 'config');
  const seen = { six: false };
  return commands?.kind === 'sequence'
    ? commands.items.flatMap((command, index) =>
        Array.from(
          checkCommand(command, {
            renderer,
            names: countNames(commands.items, scalarText(valueOf(command, 'type')) ?? ''),
            isLast: isLast(index),
            seen,
            families: new Set(commands.items.flatMap(familiesOf)),
            cloudInitVersion,
          }),
        ),
      )
    : [];

  function isLast(index: number): boolean {
    const items = commands?.kind === 'sequence' ? commands.items : [];
    const own = nameOf(items[index]);
    return own === null || !items.slice(index + 1).some((item) => nameOf(item) === own);
  }
}

function* unknownKeys(node: YamlMap, known: string, what: string): Generator<Problem> {
  for (const { key, keyPlace } of node.entries) {
    if (known.split(' ').includes(key)) continue;
    const meant = known.split(' ').find((word) => plain(word) === plain(key));
    const message = `"${key}" of ${what}; expected ${meant ?? known.split(' ').join(', ')}`;
    yield { kind: 'unknown-key', place: keyPlace, message, consequence: 'cloud-init ignores it' };
  }
}

/** `macaddress` for `mac_address`. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, '');
}

function* checkCommand(command: YamlNode, surroundings: Surroundings): Generator<Problem> {
  if (command.kind !== 'map') {
    yield fatal(command.place, `"${textFor(command)}" in config; expected a mapping with type and name`);
    return;
  }
  const type = scalarText(valueOf(command, 'type')) ?? '';
  const known = commandKeys[type];
  if (known === undefined) return; // reported by read-version1.ts
  yield* unknownKeys(command, known, type);
  yield* checkCommandTypes(command, type, surroundings);
  const subnets = valueOf(command, 'subnets');
  if (subnets === undefined || !isTruthy(subnets)) return;
  if (subnets.kind !== 'sequence') {
    yield fatal(
      subnets.place,
      `"subnets" is ${subnets.kind === 'map' ? 'a mapping' : 'a word'}; expected a list of mappings`,
    );
    return;
  }
  let isStarted = false;
  for (const subnet of subnets.items) {
    yield* checkSubnet(subnet, surroundings);
    if (subnet.kind !== 'map') continue;
    yield* checkControl(subnet, surroundings.renderer, isStarted);
    const control = valueOf(subnet, 'control');
    isStarted ||= !isTruthy(control) || scalarText(control) === 'auto';
  }
}

export const subnetTypes: readonly string[] =
  'dhcp dhcp4 dhcp6 static static6 manual ipv6_slaac ipv6_dhcpv6-stateful ipv6_dhcpv6-stateless'.split(' ');

function* checkSubnet(subnet: YamlNode, surroundings: Surroundings): Generator<Problem> {
  const { renderer, seen, cloudInitVersion } = surroundings;
  if (subnet.kind !== 'map') {
    yield fatal(subnet.place, `"${textFor(subnet)}" in subnets; expected a mapping with a type`);
    return;
  }
  yield* unknownKeys(subnet, subnetKeys, 'a subnet');
  const type = valueOf(subnet, 'type');
  const word = scalarText(type);
  const address = entryOf(subnet, 'address') ?? entryOf(subnet, 'ip_address');
  // once one subnet is of IPv6, cloud-init asks the others' types for nothing, and networkd's renderer only compares them; later
  // it looks for them in a set, where a list cannot be
  const isLookedFor = hasBehaviour(cloudInitVersion, 'netdevs in networkd');
  const isCompared = renderer === 'networkd' && seen?.six === true && (type?.kind === 'scalar' || !isLookedFor);
  if (seen !== undefined && (word?.endsWith('6') === true || scalarText(address?.value)?.includes(':') === true))
    seen.six = true;
  if (type === undefined || !isTruthy(type) || !isText(type)) {
    if (type === undefined || !isTruthy(type) || !isCompared)
      yield fatal(subnet.place, `a subnet without type; expected ${subnetTypes.join(', ')}`);
  } else if (word === null || !subnetTypes.includes(word)) {
    const message = `type "${word ?? ''}" of a subnet; expected ${subnetTypes.join(', ')}`;
    // nobody has worked out its prefix
    if (address !== undefined && (renderer === 'eni' || renderer === 'network-manager'))
      yield fatal(type.place, message);
    else {
      const consequence = `cloud-init renders the word as a method by eni, and no DHCP by all others`;
      yield { kind: 'bad-value', place: type.place, message, consequence };
    }
  } else if (word === 'static' || word === 'static6') {
    yield* checkStatic(subnet, address, word);
  }
  yield* checkGateway(subnet, surroundings);
  const routes = valueOf(subnet, 'routes');
  if (routes !== undefined && !isNull(routes)) yield* checkRoutes(routes, ['network', 'destination'], surroundings);
}

function* checkStatic(subnet: YamlMap, address: YamlEntry | undefined, word: string): Generator<Problem> {
  const text = scalarText(address?.value);
  if (address === undefined || text === null || text === '') {
    yield fatal(subnet.place, `type ${word} without address; expected address: ADDRESS/LENGTH`);
    return;
  }
  const netmask = valueOf(subnet, 'netmask');
  if (!isAddress(text)) yield fatal(address.value.place, `address "${text}"; expected ADDRESS/LENGTH`);
  else if (netmask !== undefined && isTruthy(netmask) && !text.includes('/') && !isNetmask(scalarText(netmask) ?? ''))
    yield fatal(netmask.place, `netmask "${scalarText(netmask) ?? ''}"; expected 255.255.255.0 or its like`);
}

function* checkRoutes(
  routes: YamlNode,
  keys: readonly string[],
  { cloudInitVersion }: Surroundings,
): Generator<Problem> {
  // where nobody knows the version, it is one that takes the word
  const takesDefault = cloudInitVersion === undefined || hasBehaviour(cloudInitVersion, 'routes to default');
  if (routes.kind !== 'sequence') {
    yield fatal(routes.place, '"routes" is no list; expected a list of mappings');
    return;
  }
  for (const route of routes.items) {
    const target = keys.map((key) => entryOf(route, key)).find((entry) => entry !== undefined);
    const netmask = valueOf(route, 'netmask');
    if (target === undefined) yield fatal(route.place, `a route without ${keys.join(' or ')}; expected where it leads`);
    else if (!isAddress(scalarText(target.value) ?? '') && !(takesDefault && scalarText(target.value) === 'default'))
      yield fatal(target.value.place, `route to "${scalarText(target.value) ?? ''}"; expected ADDRESS/LENGTH`);
    else if (netmask !== undefined && isTruthy(netmask) && !isNetmask(scalarText(netmask) ?? ''))
      yield fatal(netmask.place, `netmask "${scalarText(netmask) ?? ''}"; expected 255.255.255.0 or its like`);
  }
}

const sections: ReadonlySet<string> = new Set(['ethernets', 'bonds', 'bridges', 'vlans']);

function* checkVersion2(
  config: YamlMap,
  renderer: RendererName | null,
  cloudInitVersion: string | undefined,
  devices: readonly Device[],
): Generator<Problem> {
  const own = config.entries.filter((entry) => sections.has(entry.key));
  const all = own.flatMap(({ value }) => (value.kind === 'map' ? value.entries : []));
  // what a later definition of the name takes the place of is never rendered
  const boxes = boxesOf(devices, hasBehaviour(cloudInitVersion, 'known by ID'));
  const kept = new Set([...boxes.values()].map(({ last }) => last.place));
  // networkd's renderer looks every device up there, for the domains of DHCP
  if (renderer === 'networkd' && all.length > 0 && own.every(({ key }) => key !== 'ethernets'))
    yield fatal(config.place, 'version 2 without ethernets; expected ethernets: {} at least for systemd-networkd');
  for (const { key, value } of own) {
    if (value.kind !== 'map') yield fatal(value.place, `"${key}" is no mapping; expected ID: {…}`);
    for (const entry of value.kind === 'map' ? value.entries : []) {
      const isLast = kept.has(entry.keyPlace);
      // names are sorted among their kind, and a port that nothing defines is of the bond's
      const names = (value.kind === 'map' ? value.entries.length : 0) + (key === 'bonds' ? 1 : 0);
      yield* checkDefinition(key, entry, { renderer, names, isLast, cloudInitVersion });
    }
  }
}

function* checkDefinition(
  section: string,
  { key, value, keyPlace }: YamlEntry,
  surroundings: Surroundings,
): Generator<Problem> {
  if (value.kind !== 'map') {
    yield fatal(keyPlace, `"${key}" is ${isNull(value) ? 'empty' : 'no mapping'}; expected {dhcp4: true} or its like`);
    return;
  }
  for (const problem of unknownKeys(value, definitionKeys, section)) {
    if (netplanOnly.has(textAt(problem))) continue;
    yield problem;
  }
  for (const name of ['match', 'nameservers']) {
    const node = valueOf(value, name);
    if (node !== undefined && node.kind !== 'map') yield fatal(node.place, `"${name}" is no mapping; expected one`);
  }
  if (section === 'bonds' || section === 'bridges')
    yield* checkMembers(valueOf(value, 'interfaces'), `"${key}" of ${section}`, keyPlace, surroundings);
  if (section === 'vlans') yield* checkVlan(valueOf(value, 'link'), valueOf(value, 'id'), surroundings);
  yield* checkDefinitionTypes(value, surroundings);
  const addresses = valueOf(value, 'addresses');
  const each = addresses === undefined ? [] : iterate(addresses);
  if (addresses !== undefined && (each === null || (addresses.kind === 'scalar' && addresses.text !== '')))
    yield fatal(addresses.place, `addresses: "${textFor(addresses)}"; expected a list`);
  for (const node of addresses?.kind === 'scalar' ? [] : (each ?? [])) {
    const text = node.kind === 'map' ? (node.entries[0]?.key ?? '') : (scalarText(node) ?? '');
    if (!isAddress(text)) yield fatal(node.place, `addresses: "${text}"; expected ADDRESS/LENGTH`);
  }
  const routes = valueOf(value, 'routes');
  if (routes !== undefined && !isNull(routes)) yield* checkRoutes(routes, ['to'], surroundings);
}

function textAt({ place }: Problem): string {
  return place.source.text.slice(place.span.start, place.span.end).replaceAll(/^["']|["']$/g, '');
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function textFor(node: YamlNode): string {
  return node.kind === 'scalar' ? node.text : node.kind === 'map' ? '{…}' : '[…]';
}
