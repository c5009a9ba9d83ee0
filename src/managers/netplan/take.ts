/**
 * Holds a value against its form, as process_mapping() and the handlers of src/parse.c do, and gives what netplan keeps of
 * it: all of it, nothing, or what stands before the first fault. What follows a fault is looked at for more faults.
 */
import { parseUint, faultOf, isTrueText } from './scalars.ts';
import { openVSwitchKinds } from './keys.ts';
import { lookUp, lookUpEntry, mayRead } from './lookups.ts';
import { names, refuse, refuseOddKey, wrongForm, type Reading } from './reading.ts';
import { isAtLeast } from './version.ts';
import { entryOf, scalarText, valueOf, type YamlEntry, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { Form, Keys } from './forms.ts';

type FormOf<Kind extends Form['kind']> = Extract<Form, { kind: Kind }>;

export function take(node: YamlNode, form: Form, reading: Reading): YamlNode | null {
  switch (form.kind) {
    case 'scalar':
      return takeScalar(node, form, reading);
    case 'sequence':
      return takeSequence(node, form, reading);
    case 'map':
      return takeMap(node, form, reading);
    case 'open':
      return takeOpen(node, form, reading);
    case 'lookup':
      return lookUp(node, form.what, reading);
    case 'openvswitch':
      return takeOpenVSwitch(node, form.keys, reading);
    case 'either': {
      const fitting = form.forms.find(({ kind }) => shapes[kind] === node.kind);
      if (fitting !== undefined) return take(node, fitting, reading);
      return wrongForm(node, form.forms.map(({ kind }) => names[shapes[kind] ?? 'map']).join(' or '), reading);
    }
  }
}

const shapes: Readonly<Partial<Record<Form['kind'], YamlNode['kind']>>> = {
  scalar: 'scalar',
  sequence: 'sequence',
  map: 'map',
  open: 'map',
};

function takeScalar(node: YamlNode, form: FormOf<'scalar'>, reading: Reading): YamlNode | null {
  if (node.kind !== 'scalar') return wrongForm(node, 'a single value', reading);
  const { isStopped } = reading;
  const fault = faultOf(node.text, form, reading.version, reading.current?.kind ?? '');
  if (fault === null) return node;
  refuse(reading, node.place, fault);
  return form.sticks === true && !isStopped ? node : null;
}

function takeSequence(node: YamlNode, form: FormOf<'sequence'>, reading: Reading): YamlNode | null {
  if (node.kind !== 'sequence') return wrongForm(node, 'a list', reading);
  if (form.whole === true && node.items.length === 0 && form.of.kind === 'scalar' && form.of.of === 'driver')
    return wrongForm(node, 'one driver at least', reading);
  if (form.count !== undefined && node.items.length !== form.count) {
    refuse(reading, node.place, `${node.items.length} values; expected ${form.count}`);
    return null;
  }
  const { isStopped } = reading;
  if (form.lookup === 'targets' && !mayRead(node, reading)) return node;
  const items: YamlNode[] = [];
  for (const item of node.items) {
    const wasStopped = reading.isStopped;
    const kept = take(item, form.of, reading);
    if (kept !== null && !wasStopped && (!reading.isStopped || kept !== item)) items.push(kept);
    if (form.lookup === 'targets' && !reading.isStopped && reading.current !== null) reading.current.targets += 1;
  }
  if (reading.isStopped === isStopped && items.length === node.items.length) return node;
  return form.whole === true ? null : { ...node, items };
}

function takeMap(node: YamlNode, form: FormOf<'map'>, reading: Reading): YamlNode | null {
  if (node.kind !== 'map') return wrongForm(node, 'a mapping', reading);
  const { isStopped } = reading;
  const kept = takeEntries(node, form.keys, reading);
  if (form.check === 'route') checkRoute(node, reading);
  else if (form.check === 'rule') checkRule(node, reading);
  return form.whole === true && reading.isStopped !== isStopped ? null : kept;
}

/** The entries of a mapping by a table of keys. */
export function takeEntries(node: YamlMap, keys: Keys, reading: Reading, seen?: (key: string) => void): YamlMap {
  let entries: YamlEntry[] | null = null;
  for (const [index, entry] of node.entries.entries()) {
    const wasStopped = reading.isStopped;
    const kept = takeEntry(entry, keys, reading, seen);
    if (entries === null && kept === entry.value && !wasStopped) continue;
    entries ??= node.entries.slice(0, index);
    if (kept !== null && !wasStopped) entries.push(kept === entry.value ? entry : { ...entry, value: kept });
  }
  return entries === null ? node : { ...node, entries };
}

function takeEntry(
  entry: YamlEntry,
  keys: Keys,
  reading: Reading,
  seen: ((key: string) => void) | undefined,
): YamlNode | null {
  const { key, keyPlace, value } = entry;
  if (refuseOddKey(entry, reading)) return null;
  const own = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (own?.since !== undefined && !isAtLeast(reading.version, own.since)) {
    refuse(reading, keyPlace, `unknown key '${key}'; expected netplan ${own.since} or later for it`, 'unknown-key');
    return null;
  }
  if (own === undefined) {
    refuse(reading, keyPlace, `unknown key '${key}'${nearest(key, keys)}`, 'unknown-key');
    return null;
  }
  if (shapes[own.kind] === undefined || shapes[own.kind] === value.kind) seen?.(key);
  return take(value, own, reading);
}

function nearest(key: string, keys: Keys): string {
  if (key === '<<') return '; expected no merge key, which netplan does not have';
  const near = Object.keys(keys).find(
    (other) => other.replaceAll('-', '') === key.replaceAll(/[-_]/g, '').toLowerCase(),
  );
  return near === undefined ? '' : `; expected '${near}'`;
}

function takeOpen(node: YamlNode, form: FormOf<'open'>, reading: Reading): YamlNode | null {
  if (node.kind !== 'map') return wrongForm(node, 'a mapping', reading);
  const { isStopped } = reading;
  const seen = new Set<string>();
  const entries: YamlEntry[] = [];
  const keyForm = { kind: 'scalar', of: form.key } as const;
  // Of an address with options, netplan reads the first key.
  const all = form.key === 'network' ? node.entries.slice(0, 1) : node.entries;
  for (const entry of all) {
    const { key, keyPlace, value } = entry;
    if (refuseOddKey(entry, reading)) continue;
    const fault = faultOf(form.key === 'network' ? withLength(key) : key, keyForm, reading.version, '');
    if (fault !== null) refuse(reading, keyPlace, form.key === 'network' ? fault.replace(withLength(key), key) : fault);
    // Access points, each once in a file.
    if (form.whole === true && seen.has(key)) refuse(reading, keyPlace, `'${key}' is there already`);
    seen.add(key);
    const kept = take(value, form.of, reading);
    if (form.lookup !== undefined && kept !== null && !reading.isStopped) lookUpEntry(entry, form.lookup, reading);
    if (kept !== null && !reading.isStopped) entries.push(kept === value ? entry : { ...entry, value: kept });
  }
  if (reading.isStopped === isStopped && entries.length === node.entries.length) return node;
  return form.whole === true && reading.isStopped !== isStopped ? null : { ...node, entries };
}

/** The length is not looked at where an address has options, but it is there. */
function withLength(address: string): string {
  return address.includes('/') ? `${address.slice(0, address.lastIndexOf('/'))}/1` : address;
}

/** All but `external-ids:` and `other-config:` make a definition Open vSwitch's; so do those of a bond or bridge. */
function takeOpenVSwitch(node: YamlNode, keys: Keys, reading: Reading): YamlNode | null {
  if (node.kind !== 'map') return wrongForm(node, 'a mapping', reading);
  const { current, isStopped } = reading;
  let others = 0;
  let shared = 0;
  const kept = takeEntries(node, keys, reading, (key) => {
    if (key === 'external-ids' || key === 'other-config') shared += 1;
    else others += 1;
    const only = openVSwitchKinds[key];
    const entry = entryOf(node, key);
    if (only !== undefined && current !== null && current.kind !== only)
      refuse(reading, entry?.keyPlace ?? node.place, `'${key}'; expected it in one of ${only} only`);
  });
  const controller = valueOf(node, 'controller');
  if (current !== null && current.kind !== 'bridges' && controller?.kind === 'map')
    for (const { key, keyPlace } of controller.entries)
      if (openVSwitchKinds[key] === 'bridges')
        refuse(reading, keyPlace, `'${key}'; expected it in one of bridges only`);
  const isOwn = current?.kind === 'bonds' || current?.kind === 'bridges' || others > 0 || shared === 0;
  if (current !== null && !isStopped && isOwn) current.renderer = 'openvswitch';
  return kept;
}

/** handle_routes() */
function checkRoute(route: YamlMap, reading: Reading): void {
  if (reading.isStopped) return;
  checkFamilies(route, ['from', 'to', 'via'], reading);
  const has = (key: string): boolean => valueOf(route, key) !== undefined;
  const type = scalarText(valueOf(route, 'type'))?.toLowerCase() ?? 'unicast';
  const scope = scalarText(valueOf(route, 'scope'))?.toLowerCase() ?? defaultScope(type, has('via'));
  if (!has('to')) refuse(reading, route.place, 'a route without to:');
  else if (type === 'unicast' && scope === 'global' && !has('via'))
    refuse(reading, route.place, 'a route of scope global without via:');
}

function defaultScope(type: string, isRouted: boolean): string {
  if (type === 'local' || type === 'nat') return 'host';
  const isLink = /^(?:broadcast|multicast|anycast)$/.test(type) || (type === 'unicast' && !isRouted);
  return isLink ? 'link' : 'global';
}

/** handle_ip_rules() */
function checkRule(rule: YamlMap, reading: Reading): void {
  if (reading.isStopped) return;
  checkFamilies(rule, ['from', 'to'], reading);
  if (['from', 'to'].every((key) => valueOf(rule, key) === undefined))
    refuse(reading, rule.place, 'a rule without from: and to:; expected one of them');
}

function checkFamilies(node: YamlMap, keys: readonly string[], reading: Reading): void {
  let family: string | null = null;
  for (const { key, value } of node.entries) {
    const text = scalarText(value);
    if (!keys.includes(key) || text === null || text === 'default') continue;
    const own = text.includes(':') ? 'IPv6' : 'IPv4';
    if (family !== null && own !== family)
      refuse(reading, value.place, `'${text}' is of ${own}, the rest of ${family}`);
    family ??= own;
  }
}

/** A number that a mapping has, 0 where it is none. */
export function numberOf(node: YamlNode | undefined): number {
  return parseUint(scalarText(node) ?? '') ?? 0;
}

export function isTrue(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && isTrueText(node.text);
}
