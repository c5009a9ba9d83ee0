/**
 * A file as netplan's parser reads it into what it knows (process_document(), handle_network_type() in src/parse.c): from
 * top to bottom, and once more while IDs were missing that it has met since.
 */
import { isPhysical, newEntry, type Entry, type Renderer } from './definition.ts';
import { checkGrammar } from './grammar.ts';
import { definitionKeys, networkKeys, newerKinds, type DefinitionKind } from './keys.ts';
import { mergeMaps } from './merge.ts';
import { refuse, refuseOddKey, report, wrongForm, type Reading } from './reading.ts';
import { faultOf } from './scalars.ts';
import { take, takeEntries } from './take.ts';
import { isAtLeast } from './version.ts';
import { scalarText, valueOf, type YamlEntry, type YamlNode } from '../../text/yaml-tree.ts';

/** Adds to `reading` what netplan takes of the file; its faults are those of the last pass. */
export function readDocument(root: YamlNode, reading: Reading): void {
  reading.missing.clear();
  let before: number;
  do {
    before = reading.found;
    reading.found = 0;
    reading.faults = [];
    reading.isStopped = false;
    reading.current = null;
    readRoot(root, reading);
    if (reading.missing.size > 0 && reading.found === before) break;
  } while (reading.missing.size > 0 || reading.found > 0);
  if (!reading.faults.some(({ reach }) => reach !== 'none')) addMissing(reading);
  for (const [id, { node }] of reading.missing)
    report(reading, node.place, `'${id}' is not defined; expected an ID of this file or one before it`, 'none');
}

function readRoot(root: YamlNode, reading: Reading): void {
  if (root.kind !== 'map') {
    wrongForm(root, 'a mapping', reading);
    return;
  }
  for (const entry of root.entries) {
    const { key, keyPlace, value } = entry;
    if (refuseOddKey(entry, reading)) continue;
    if (key !== 'network') refuse(reading, keyPlace, `unknown key '${key}'; expected network:`, 'unknown-key');
    else if (value.kind !== 'map') wrongForm(value, 'a mapping', reading);
    else for (const section of value.entries) readSection(section, reading);
  }
}

/** An entry of `network:`. */
function readSection(entry: YamlEntry, reading: Reading): void {
  const { key, keyPlace, value } = entry;
  reading.current = null;
  const { isStopped } = reading;
  if (refuseOddKey(entry, reading)) return;
  if (isKind(key)) {
    const since = newerKinds[key];
    if (since !== undefined && !isAtLeast(reading.version, since))
      refuse(reading, keyPlace, `unknown key '${key}'; expected netplan ${since} or later for it`, 'unknown-key');
    else if (value.kind !== 'map') wrongForm(value, 'a mapping of definitions', reading);
    else readKind(key, value.entries, reading);
    return;
  }
  const form = Object.hasOwn(networkKeys, key) ? networkKeys[key] : undefined;
  if (form === undefined) {
    const known = [...Object.keys(networkKeys), ...Object.keys(definitionKeys)].join(', ');
    refuse(reading, keyPlace, `unknown key '${key}' in network:; expected one of ${known}`, 'unknown-key');
    return;
  }
  const kept = take(value, form, reading);
  if (key === 'renderer' && !isStopped) reading.renderer = rendererOf(kept) ?? reading.renderer;
}

function isKind(key: string): key is DefinitionKind {
  return Object.hasOwn(definitionKeys, key);
}

function rendererOf(node: YamlNode | null): Renderer | null {
  const text = scalarText(node ?? undefined);
  return text === 'networkd' || text === 'NetworkManager' ? text : null;
}

function readKind(kind: DefinitionKind, entries: readonly YamlEntry[], reading: Reading): void {
  for (const entry of entries) {
    const { key: id, keyPlace, value } = entry;
    reading.current = null;
    const { isStopped } = reading;
    if (refuseOddKey(entry, reading)) continue;
    const fault = faultOf(id, { kind: 'scalar', of: 'name' }, reading.version, kind);
    if (fault !== null) refuse(reading, keyPlace, fault);
    if (/[*[\]?]/.test(id))
      refuse(reading, keyPlace, `ID '${id}' is a glob; expected a plain name, with the glob in match: {name: …}`);
    if (id === 'renderer') {
      const kept = take(value, { kind: 'scalar', of: 'renderer' }, reading);
      if (!reading.isStopped) reading.kindRenderer = rendererOf(kept);
      continue;
    }
    if (value.kind !== 'map') {
      wrongForm(value, 'a mapping', reading);
      continue;
    }
    if (reading.isStopped) {
      // netplan has left the file: only more faults are looked for, in what it does not see.
      const unseen = newEntry(id, kind, keyPlace, null);
      reading.current = unseen;
      takeEntries(value, definitionKeys[kind], reading);
      reading.current = null;
      reading.isStopped = isStopped || reading.isStopped;
      continue;
    }
    readDefinition(kind, { key: id, keyPlace, value }, reading);
  }
  reading.current = null;
  if (!reading.isStopped) reading.kindRenderer = null;
}

function readDefinition(kind: DefinitionKind, { key: id, keyPlace, value }: YamlEntry, reading: Reading): void {
  if (value.kind !== 'map') return;
  if (reading.missing.delete(id)) reading.found += 1;
  const entry = reading.entries.get(id) ?? newEntry(id, kind, keyPlace, reading.kindRenderer);
  if (entry.kind !== kind) {
    if (entry.kind !== 'missing') {
      refuse(reading, keyPlace, `'${id}' is one of ${entry.kind} already; expected one kind for an ID`);
      return;
    }
    (entry as { kind: Entry['kind'] }).kind = kind;
  }
  reading.entries.set(id, entry);
  entry.file = reading.file;
  reading.current = entry;
  const kept = takeEntries(value, definitionKeys[kind], reading);
  entry.settings = mergeMaps(entry.settings, kept, reading.version);
  const mode = scalarText(valueOf(valueOf(kept, 'parameters'), 'mode'));
  if (kind === 'bonds' && (mode === 'balance-tcp' || mode === 'balance-slb')) entry.renderer = 'openvswitch';
  followRenderer(entry, kept.entries);
  reading.isStopped = false;
  if (kind === 'nm-devices') entry.renderer = 'NetworkManager';
  // While an ID is missing, netplan checks no more.
  if (reading.missing.size === 0) checkGrammar(entry, reading);
  if (isPhysical(entry) && valueOf(entry.settings, 'match') === undefined) entry.isNamedById = true;
  reading.current = null;
}

/** `renderer:` counts where it stands: what makes the definition Open vSwitch's may come after it. */
function followRenderer(entry: Entry, kept: readonly YamlEntry[]): void {
  const at = kept.findLastIndex(({ key }) => key === 'renderer');
  const said = kept[at];
  if (said === undefined) return;
  if (kept.some(({ key, value }) => key === 'renderer' && scalarText(value) === 'sriov')) entry.isHardwareFilter = true;
  const renderer = rendererOf(said.value);
  const isLater = ({ key }: YamlEntry): boolean => ['openvswitch', 'interfaces', 'parameters', 'link'].includes(key);
  if (renderer !== null && (entry.renderer !== 'openvswitch' || !kept.slice(at).some(isLater)))
    entry.renderer = renderer;
}

/**
 * The parent of NetworkManager's VLAN and the other end of its virtual-ethernet need not be there, since 0.107
 * (process_missing_ids()).
 */
function addMissing(reading: Reading): void {
  if (!isAtLeast(reading.version, '0.107')) return;
  for (const [id, { by, node }] of reading.missing) {
    const renderer = by.renderer ?? reading.renderer;
    if (renderer !== 'NetworkManager' || (by.kind !== 'vlans' && by.kind !== 'virtual-ethernets')) continue;
    const entry = newEntry(id, 'missing', node.place, 'NetworkManager');
    entry.file = reading.file;
    reading.entries.set(id, entry);
    if (by.kind === 'virtual-ethernets') by.peer = id;
    reading.missing.delete(id);
  }
}
