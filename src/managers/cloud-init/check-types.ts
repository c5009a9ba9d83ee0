/**
 * Values of another type than cloud-init's code takes: Python ends in an exception where a method or a loop is missing, and else
 * goes on with what the value prints as (network_state.py and the renderers; 22.4.2, 25.1.4 and 26.2 alike).
 */
import { scalarText, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import { fatal, type RendererName } from './fatal.ts';
import { hasBehaviour } from './behaviours.ts';
import { isNone, isText, isTruthy, iterate, pythonText } from './python-values.ts';

/** Of a command of version 1. */
export function* checkCommandTypes(command: YamlMap, type: string, surroundings: Surroundings): Generator<Problem> {
  const { renderer, names, isLast, cloudInitVersion } = surroundings;
  if (type === 'nameserver') {
    yield* checkNameserver(valueOf(command, 'address'), surroundings);
    return;
  }
  const name = valueOf(command, 'name');
  if (name === undefined) return; // the command is skipped
  yield* checkName(name, 'name', renderer, names, cloudInitVersion);
  const params = valueOf(command, 'params');
  if (params !== undefined && params.kind !== 'map')
    yield fatal(params.place, `params "${pythonText(params)}"; expected a mapping`);
  if (type === 'bond' || type === 'bridge') {
    const ports = valueOf(command, `${type}_interfaces`);
    if (ports !== undefined)
      yield* checkMembers(ports, `${type}_interfaces`, ports.place, { renderer, cloudInitVersion });
  }
  // A bond's settings are its ports' too.
  if (type === 'bond' && params?.kind === 'map')
    for (const { key, value } of params.entries) yield* checkJoined(value, key, renderer);
  if (type === 'vlan')
    yield* checkVlan(valueOf(command, 'vlan_link'), valueOf(command, 'vlan_id'), { renderer, cloudInitVersion });
  const mac = valueOf(command, 'mac_address');
  const isMade = isMadeSmall(mac, cloudInitVersion);
  if (mac !== undefined && isMade) yield badMac(mac);
  if (!isLast) return;
  if (!isMade) yield* checkMac(mac, renderer);
  yield* checkJoined(valueOf(command, 'mtu'), 'mtu', renderer);
}

export interface Surroundings {
  readonly renderer: RendererName | null;
  /** How many names of this kind the configuration gives. */
  readonly names: number;
  /** No later one has the same name, which would take its place before anything is rendered. */
  readonly isLast: boolean;
  /** Of version 1: has a subnet before this one been of IPv6? */
  readonly seen?: { six: boolean };
  /** Of version 1: those that any link has. */
  readonly families?: ReadonlySet<4 | 6>;
  /** Undefined if nobody knows. */
  readonly cloudInitVersion: string | undefined;
}

/** Of a definition of version 2. */
export function* checkDefinitionTypes(
  definition: YamlMap,
  { renderer, names, isLast, cloudInitVersion }: Surroundings,
): Generator<Problem> {
  const name = valueOf(definition, 'set-name');
  const isNamed = isTruthy(name);
  if (name !== undefined && isNamed) yield* checkName(name, 'set-name', renderer, names, cloudInitVersion);
  const mac = valueOf(valueOf(definition, 'match'), 'macaddress');
  // a link is looked for by it where it is given no name
  if (mac !== undefined && isTruthy(mac) && !isText(mac) && (!isNamed || isMadeSmall(mac, cloudInitVersion)))
    yield badMac(mac);
  else if (isLast) yield* checkMac(mac, renderer);
  if (isLast) yield* checkJoined(valueOf(definition, 'mtu'), 'mtu', renderer);
}

/** No list or mapping is a key of a dictionary, and only texts are put together to names of files, and sorted. */
function* checkName(
  name: YamlNode,
  key: string,
  renderer: RendererName | null,
  names: number,
  cloudInitVersion: string | undefined,
): Generator<Problem> {
  const isJoined = renderer === 'networkd' && !hasBehaviour(cloudInitVersion, 'numbers as names in networkd');
  const puts = isJoined || renderer === 'network-manager' || (renderer === 'eni' && names > 1);
  const isOther = name.kind === 'scalar' && !isText(name) && puts;
  if (name.kind !== 'scalar' || isOther) yield fatal(name.place, `${key} "${pythonText(name)}"; expected a text`);
}

/** Ports of a bond or bridge: a loop over anything that has one, a text's letters too. */
export function* checkMembers(
  ports: YamlNode | undefined,
  what: string,
  place: Place,
  { renderer, cloudInitVersion }: Rendering,
): Generator<Problem> {
  // networkd's renderer looks them up, and finds none
  const takesAny = renderer === 'networkd' && hasBehaviour(cloudInitVersion, 'numbers as names in networkd');
  const each = iterate(ports);
  if (each === null) yield fatal(ports?.place ?? place, `${what} without interfaces; expected a list of names`);
  for (const port of each ?? [])
    if (!isText(port) && !(takesAny && port.kind === 'scalar'))
      yield fatal(port.place, `"${pythonText(port)}" in ${what}; expected the name of a link`);
}

type Rendering = Pick<Surroundings, 'renderer' | 'cloudInitVersion'>;

/** What a VLAN stands on is looked up in a dictionary; ENI's renderer joins lists. */
export function* checkVlan(
  link: YamlNode | undefined,
  id: YamlNode | undefined,
  { renderer, cloudInitVersion }: Rendering,
): Generator<Problem> {
  const looksUp =
    renderer === 'network-manager' ||
    (renderer === 'networkd' && hasBehaviour(cloudInitVersion, 'netdevs in networkd'));
  if (link !== undefined && !isText(link) && looksUp && (link.kind !== 'scalar' || renderer === 'network-manager'))
    yield fatal(link.place, `link "${pythonText(link)}" of a VLAN; expected the name of a link`);
  else yield* checkJoined(link, 'link', renderer);
  yield* checkJoined(id, 'id', renderer);
}

function* checkMac(mac: YamlNode | undefined, renderer: RendererName | null): Generator<Problem> {
  if (mac === undefined || isNone(mac) || isText(mac)) return;
  if (renderer === 'netplan' || renderer === 'network-manager')
    yield fatal(mac.place, `MAC "${pythonText(mac)}"; expected a text, in quotes`);
}

/** The renderer for ifupdown joins lists, of texts alone. */
function* checkJoined(node: YamlNode | undefined, key: string, renderer: RendererName | null): Generator<Problem> {
  if (renderer === 'eni' && node?.kind === 'sequence' && !node.items.every(isText))
    yield fatal(node.place, `${key} "${pythonText(node)}"; expected a single value`);
}

/** handle_physical() makes it small letters, whatever the renderer. */
function isMadeSmall(mac: YamlNode | undefined, cloudInitVersion: string | undefined): boolean {
  return mac !== undefined && isTruthy(mac) && !isText(mac) && hasBehaviour(cloudInitVersion, 'lower-case MACs');
}

function badMac(mac: YamlNode): Problem {
  return fatal(mac.place, `MAC "${pythonText(mac)}"; expected a text, in quotes`);
}

/** The renderer for ifupdown writes it into the first line of the stanza; falsy ones are taken out before. */
export function checkControl(subnet: YamlMap, renderer: RendererName | null, isStarted: boolean): readonly Problem[] {
  const control = valueOf(subnet, 'control');
  if (renderer !== 'eni' || isStarted || control === undefined || !isTruthy(control) || isText(control)) return [];
  return [fatal(control.place, `control "${pythonText(control)}"; expected auto, manual or hotplug`)];
}

/** Falsy ones are taken out before. */
export function* checkGateway(subnet: YamlMap, { renderer, cloudInitVersion }: Rendering): Generator<Problem> {
  const gateway = valueOf(subnet, 'gateway');
  if (gateway === undefined || !isTruthy(gateway) || isText(gateway)) return;
  const looksInside = renderer === 'netplan' && !hasBehaviour(cloudInitVersion, 'routes for gateways');
  const isRefused = renderer === 'network-manager' || (looksInside && gateway.kind === 'scalar');
  if (isRefused) yield fatal(gateway.place, `gateway "${pythonText(gateway)}"; expected an address`);
  else yield* checkJoined(gateway, 'gateway', renderer);
}

/**
 * ENI's renderer and networkd's join them; later ENI's leaves out what is no IPv4 address first, and a number is one to Python.
 * NetworkManager's adds them to texts, where a link has their family: numbers are IPv6 addresses, all else is of IPv4.
 */
function* checkNameserver(
  address: YamlNode | undefined,
  { renderer, cloudInitVersion, families }: Surroundings,
): Generator<Problem> {
  const isFiltered = renderer === 'eni' && hasBehaviour(cloudInitVersion, 'nameservers by family in ENI');
  const isAdded =
    renderer === 'network-manager' && hasBehaviour(cloudInitVersion, 'nameservers joined in NetworkManager');
  if (address === undefined || !(renderer === 'eni' || renderer === 'networkd' || isAdded)) return;
  for (const one of address.kind === 'sequence' ? address.items : [address]) {
    const isNumber = one.kind === 'scalar' && (typeof one.value === 'number' || typeof one.value === 'boolean');
    const isHeeded = isAdded ? families?.has(isNumber ? 6 : 4) === true : isNumber || !isFiltered;
    if (!isText(one) && isHeeded) yield fatal(one.place, `nameserver "${pythonText(one)}"; expected an address`);
  }
}

export function nameOf(command: YamlNode | undefined): string | null {
  return scalarText(valueOf(command, 'name'));
}

/** Of the same type, with a bond's ports, which are of its type where nothing else defines them: only these are sorted. */
export function countNames(commands: readonly YamlNode[], type: string): number {
  const own = commands.filter((command) => scalarText(valueOf(command, 'type')) === type);
  return own.filter((command) => valueOf(command, 'name') !== undefined).length + (type === 'bond' ? 1 : 0);
}

/** As NetworkManager's renderer takes a command's subnets. */
export function familiesOf(command: YamlNode): readonly (4 | 6)[] {
  const subnets = valueOf(command, 'subnets');
  return (subnets?.kind === 'sequence' ? subnets.items : []).map((subnet) => {
    const [type, address] = ['type', 'address'].map((key) => scalarText(valueOf(subnet, key)) ?? '');
    return /^ipv6_|6$/.test(type ?? '') || address?.includes(':') === true ? 6 : 4;
  });
}
