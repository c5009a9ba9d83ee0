/**
 * What netplan says of a definition when it has read a file (validate_netdef_grammar() in src/validation.c): a later file
 * cannot put it right.
 */
import { isIPv6, parseAddress } from '../../text/address.ts';
import { entryOf, scalarText, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import { references, type Definition } from './definition.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';

export type Refuse = (place: Place, message: string) => void;

/** What has been defined by now, by ID: in the file, and in those before it. */
type Defined = ReadonlyMap<string, unknown>;

/** `fresh`: the definitions that the file has added to, as they are after it. */
export function checkGrammar(
  fresh: readonly Definition[],
  defined: Defined,
  version: string | undefined,
  refuse: Refuse,
): void {
  const missing = findMissing(fresh, defined);
  for (const { by, node } of missing.values())
    if (!mayBeMissing(by, version))
      refuse(node.place, `"${node.text}" is not defined; expected an ID of this file or one before it`);
  for (const definition of fresh) {
    const { kind, place, settings } = definition;
    // While an ID is missing, netplan checks no more.
    if (mayBeMissing(definition, version) && references(definition).some(({ text }) => missing.has(text))) break;
    const rename = entryOf(settings, 'set-name');
    const match = valueOf(settings, 'match');
    if (rename !== undefined && match === undefined)
      refuse(rename.keyPlace, 'set-name: without match:; expected match: beside it, in this file or one before it');
    checkDriver(valueOf(match, 'driver'), refuse);
    if (kind === 'vlans') checkVlan(definition, refuse);
    if (kind === 'vrfs' && valueOf(settings, 'table') === undefined) refuse(place, 'a VRF without table:');
    checkAddressing(settings, refuse);
  }
}

/** By the ID that is missing, who asked for it last: netplan notes no other. */
function findMissing(fresh: readonly Definition[], defined: Defined) {
  return new Map(
    fresh.flatMap((by) =>
      references(by)
        .filter(({ text }) => !defined.has(text))
        .map((node) => [node.text, { by, node }] as const),
    ),
  );
}

/** The parent of NetworkManager's VLAN, since 0.107 (process_missing_ids() in src/parse.c). */
function mayBeMissing({ kind, renderer }: Definition, version: string | undefined): boolean {
  return kind === 'vlans' && renderer === 'NetworkManager' && isAtLeast(version, '0.107');
}

function checkVlan({ place, settings }: Definition, refuse: Refuse): void {
  const id = valueOf(settings, 'id');
  const tag = scalarText(id);
  if (valueOf(settings, 'link') === undefined) refuse(place, 'a VLAN without link:');
  if (id === undefined || tag === null) refuse(place, 'a VLAN without id:');
  else if (Number(tag) > 4094) refuse(id.place, `id ${tag}; expected 0 to 4094`);
}

/** Keys that exclude each other, and routes and rules that lack something (handle_routes(), handle_ip_rules()). */
function checkAddressing(settings: YamlMap, refuse: Refuse): void {
  const [mode, token] = ['ipv6-address-generation', 'ipv6-address-token'].map((key) => entryOf(settings, key));
  if (mode !== undefined && token !== undefined)
    refuse(token.keyPlace, `${token.key} beside ${mode.key}; expected one of them`);
  const tokenText = scalarText(token?.value);
  if (token !== undefined && tokenText !== null && (parseAddress(tokenText) === null || !isIPv6(tokenText)))
    refuse(token.value.place, `"${tokenText}"; expected an IPv6 address`);
  const routes = valueOf(settings, 'routes');
  for (const route of routes?.kind === 'sequence' ? routes.items : []) checkRoute(route, refuse);
  const rules = valueOf(settings, 'routing-policy');
  for (const rule of rules?.kind === 'sequence' ? rules.items : []) {
    checkFamilies(rule, ['from', 'to'], refuse);
    if (['from', 'to'].every((key) => valueOf(rule, key) === undefined))
      refuse(rule.place, 'a rule without from: and to:; expected one of them');
    const tos = valueOf(rule, 'type-of-service');
    if (Number(scalarText(tos) ?? 0) > 255) refuse(tos?.place ?? rule.place, 'type-of-service; expected 0 to 255');
  }
}

function checkRoute(route: YamlNode, refuse: Refuse): void {
  checkFamilies(route, ['from', 'to', 'via'], refuse);
  const has = (key: string): boolean => valueOf(route, key) !== undefined;
  const type = scalarText(valueOf(route, 'type'))?.toLowerCase() ?? 'unicast';
  const scope = scalarText(valueOf(route, 'scope'))?.toLowerCase() ?? (has('via') ? 'global' : 'link');
  if (!has('to')) refuse(route.place, 'a route without to:');
  else if (type === 'unicast' && scope === 'global' && !has('via'))
    refuse(route.place, 'a route of scope global without via:');
}

/**
 * A link has one master of a kind; and a bond's port cannot be a bridge's (handle_bridge_interfaces, handle_bond_interfaces).
 * `takers`: what takes ports, in the file and in those before it.
 */
export function checkPorts(
  takers: readonly Definition[],
  defined: Defined,
  version: string | undefined,
  refuse: Refuse,
): void {
  const taken = new Map<string, string>();
  for (const definition of takers) {
    const group = definition.kind === 'vrfs' ? 'vrf' : 'port';
    for (const { text, place } of references(definition)) {
      const by = taken.get(`${group} ${text}`);
      if (by !== undefined && by !== definition.id) refuse(place, `"${text}" is a port of ${by} already`);
      taken.set(`${group} ${text}`, definition.id);
    }
    const primary = valueOf(valueOf(definition.settings, 'parameters'), 'primary');
    const name = definition.kind === 'bonds' ? scalarText(primary) : null;
    const of = name === null ? undefined : taken.get(`primary ${name}`);
    if (of !== undefined && primary !== undefined && isAtLeast(version, '0.107'))
      refuse(primary.place, `"${name ?? ''}" is the primary of ${of} already`);
    if (name !== null) taken.set(`primary ${name}`, definition.id);
    for (const key of ['path-cost', 'port-priority']) {
      const costs = valueOf(valueOf(definition.settings, 'parameters'), key);
      for (const [index, entry] of costs?.kind === 'map' ? costs.entries.entries() : []) {
        if (!defined.has(entry.key))
          refuse(entry.keyPlace, `"${entry.key}" is not defined; expected the ID of a definition`);
        else if (costs?.kind === 'map' && costs.entries.findIndex((other) => other.key === entry.key) < index)
          refuse(entry.keyPlace, `"${entry.key}" has a ${key} already`);
        else if (key === 'port-priority' && Number(scalarText(entry.value)) > 63)
          refuse(entry.value.place, `${scalarText(entry.value) ?? ''}; expected 0 to 63`);
      }
    }
  }
}

function checkFamilies(node: YamlNode, keys: readonly string[], refuse: Refuse): void {
  let family: string | null = null;
  for (const key of keys) {
    const value = valueOf(node, key);
    const text = scalarText(value);
    if (value === undefined || text === null || text === 'default') continue;
    const address = parseAddress(text.split('/')[0] ?? '');
    const own = address === null ? null : isIPv6(address) ? 'IPv6' : 'IPv4';
    if (own === null) refuse(value.place, `"${text}"; expected an address or network`);
    else if (family !== null && own !== family) refuse(value.place, `"${text}" is of ${own}, the rest of ${family}`);
    family ??= own;
  }
}

function checkDriver(driver: YamlNode | undefined, refuse: Refuse): void {
  const words = driver?.kind === 'sequence' ? driver.items : driver === undefined ? [] : [driver];
  for (const word of words)
    if (scalarText(word)?.includes(' ') === true)
      refuse(word.place, 'a driver with a blank in it; expected a list of drivers');
  if (driver?.kind === 'sequence' && driver.items.length === 0) refuse(driver.place, 'an empty list of drivers');
}
