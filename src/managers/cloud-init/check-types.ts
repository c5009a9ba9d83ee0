/**
 * Values of another type than cloud-init's code takes: Python ends in an exception where a method or a loop is missing, and else
 * goes on with what the value prints as (network_state.py and the renderers; 22.4.2, 25.1.4 and 26.2 alike).
 */
import { scalarText, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import { fatal, type RendererName } from './fatal.ts';
import { isNone, isText, isTruthy, iterate, pythonText } from './python-values.ts';

/** Of a command of version 1. */
export function* checkCommandTypes(
  command: YamlMap,
  type: string,
  { renderer, names, isLast }: Surroundings,
): Generator<Problem> {
  if (type === 'nameserver') {
    yield* checkNameserver(valueOf(command, 'address'), renderer);
    return;
  }
  const name = valueOf(command, 'name');
  if (name === undefined) return; // the command is skipped
  yield* checkName(name, 'name', renderer, names);
  const params = valueOf(command, 'params');
  if (params !== undefined && params.kind !== 'map')
    yield fatal(params.place, `params "${pythonText(params)}"; expected a mapping`);
  if (type === 'bond' || type === 'bridge') {
    const ports = valueOf(command, `${type}_interfaces`);
    if (ports !== undefined) yield* checkMembers(ports, `${type}_interfaces`, ports.place);
  }
  if (!isLast) return;
  yield* checkMac(valueOf(command, 'mac_address'), renderer);
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
  /** Undefined if nobody knows. */
  readonly cloudInitVersion: string | undefined;
}

/** Of a definition of version 2. */
export function* checkDefinitionTypes(
  definition: YamlMap,
  { renderer, names, isLast }: Surroundings,
): Generator<Problem> {
  const name = valueOf(definition, 'set-name');
  const isNamed = isTruthy(name);
  if (name !== undefined && isNamed) yield* checkName(name, 'set-name', renderer, names);
  const mac = valueOf(valueOf(definition, 'match'), 'macaddress');
  // a link is looked for by it where it is given no name
  if (mac !== undefined && isTruthy(mac) && !isText(mac) && !isNamed)
    yield fatal(mac.place, `macaddress "${pythonText(mac)}"; expected a MAC`);
  else if (isLast) yield* checkMac(mac, renderer);
  if (isLast) yield* checkJoined(valueOf(definition, 'mtu'), 'mtu', renderer);
}

/** No list or mapping is a key of a dictionary, and only texts are put together to names of files, and sorted. */
function* checkName(name: YamlNode, key: string, renderer: RendererName | null, names: number): Generator<Problem> {
  const puts = renderer === 'networkd' || renderer === 'network-manager' || (renderer === 'eni' && names > 1);
  const isOther = name.kind === 'scalar' && !isText(name) && puts;
  if (name.kind !== 'scalar' || isOther) yield fatal(name.place, `${key} "${pythonText(name)}"; expected a text`);
}

/** Ports of a bond or bridge: a loop over anything that has one, a text's letters too. */
export function* checkMembers(ports: YamlNode | undefined, what: string, place: Place): Generator<Problem> {
  const each = iterate(ports);
  if (each === null) yield fatal(ports?.place ?? place, `${what} without interfaces; expected a list of names`);
  for (const port of each ?? [])
    if (!isText(port)) yield fatal(port.place, `"${pythonText(port)}" in ${what}; expected the name of a link`);
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

/** Falsy ones are taken out before. */
export function* checkGateway(subnet: YamlMap, renderer: RendererName | null): Generator<Problem> {
  const gateway = valueOf(subnet, 'gateway');
  if (gateway === undefined || !isTruthy(gateway) || isText(gateway)) return;
  const isRefused = renderer === 'network-manager' || (renderer === 'netplan' && gateway.kind === 'scalar');
  if (isRefused) yield fatal(gateway.place, `gateway "${pythonText(gateway)}"; expected an address`);
  else yield* checkJoined(gateway, 'gateway', renderer);
}

function* checkNameserver(address: YamlNode | undefined, renderer: RendererName | null): Generator<Problem> {
  if (address === undefined || (renderer !== 'eni' && renderer !== 'networkd')) return;
  for (const one of address.kind === 'sequence' ? address.items : [address])
    if (!isText(one)) yield fatal(one.place, `nameserver "${pythonText(one)}"; expected an address`);
}

export function nameOf(command: YamlNode | undefined): string | null {
  return scalarText(valueOf(command, 'name'));
}

/** Of the same type, with a bond's ports, which are of its type where nothing else defines them: only these are sorted. */
export function countNames(commands: readonly YamlNode[], type: string): number {
  const own = commands.filter((command) => scalarText(valueOf(command, 'type')) === type);
  return own.filter((command) => valueOf(command, 'name') !== undefined).length + (type === 'bond' ? 1 : 0);
}
