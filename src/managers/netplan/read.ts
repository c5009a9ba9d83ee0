/**
 * All of netplan's files as one list of definitions, as its parser merges them (netplan_parser_load_yaml_hierarchy() in
 * src/util.c, handle_network_type() in src/parse.c).
 */
import {
  parseYamlTree,
  scalarText,
  valueOf,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
} from '../../text/yaml-tree.ts';
import { checkFile, isKind, rejected, type Report } from './check.ts';
import { checkGrammar, checkPorts, type Refuse } from './check-grammar.ts';
import { checkRenderers } from './check-renderers.ts';
import { takesPorts, type Definition, type Renderer } from './definition.ts';
import { physicalKinds } from './keys.ts';
import type { ConfigFile, Judgement, Problem } from '../claim.ts';

export interface ReadFiles {
  /** In the order in which netplan meets them. */
  readonly definitions: readonly Definition[];
  readonly problems: readonly Problem[];
  readonly unread: Judgement['unread'];
  /** Nothing at all is written. */
  readonly rejected: boolean;
}

/** In order of precedence: a file hides others of its name further down. */
const directories = ['/run/netplan/', '/etc/netplan/', '/usr/lib/netplan/', '/lib/netplan/'];

export function readFiles(files: readonly ConfigFile[], version: string | undefined): ReadFiles {
  const problems: Problem[] = [];
  const { used, unread } = selectFiles(files);
  const merged = new Map<string, Merged>();
  let global: Renderer = 'networkd';
  const portTakers = new Set<string>();
  // Asked for again and again: those that a file does not touch stay as they are.
  let finished = new Map<Merged, Definition>();
  const finish = (one: Merged): Definition => {
    const known = finished.get(one);
    if (known !== undefined) return known;
    const { own, rank: _, ...definition } = one;
    const renderer = rendererOf(valueOf(definition.settings, 'renderer')) ?? own ?? global;
    const fresh = { ...definition, renderer };
    finished.set(one, fresh);
    return fresh;
  };
  const report: Report = (kind, place, message) =>
    problems.push({ kind, place, message, consequence: rejected, fatal: true });
  const refuse: Refuse = (place, message) => void report('bad-value', place, message);
  for (const file of used) {
    const { root, faults } = parseYamlTree(file.source);
    for (const { place, message } of faults) report('syntax', place, message);
    checkMode(file, problems);
    if (root === null || faults.length > 0) continue;
    checkFile(root, { report, version });
    const network = valueOf(root, 'network');
    if (network?.kind !== 'map') continue;
    const renderer: Renderer = rendererOf(valueOf(network, 'renderer')) ?? global;
    if (renderer !== global) finished = new Map();
    global = renderer;
    const fresh = mergeFile(network, merged, refuse).map(finish);
    checkGrammar(fresh, merged, version, refuse);
    for (const { id } of fresh.filter(takesPorts)) portTakers.add(id);
    checkPorts(entriesOf(merged, portTakers).map(finish), merged, version, refuse);
  }
  const definitions = [...merged.values()].map(finish);
  checkRenderers(definitions, version, refuse);
  return { definitions, problems, unread, rejected: problems.some(({ fatal }) => fatal === true) };
}

/** A definition before its renderer is known: what its section says of that, if anything. */
type Merged = Omit<Definition, 'renderer'> & {
  readonly own: Renderer | null;
  /** Which one of all it is, counted from 0 as netplan met them. */
  readonly rank: number;
};

function hasMatch({ settings }: Merged): boolean {
  return valueOf(settings, 'match') !== undefined;
}

function entriesOf(merged: ReadonlyMap<string, Merged>, ids: ReadonlySet<string>): readonly Merged[] {
  return [...ids].map((id) => merged.get(id)).filter((one) => one !== undefined);
}

/** What the file says something of, in the order in which netplan met it. */
function mergeFile(network: YamlMap, merged: Map<string, Merged>, refuse: Refuse): readonly Merged[] {
  const touched = new Set<string>();
  for (const { key: kind, value } of network.entries) {
    if (!isKind(kind) || value.kind !== 'map') continue;
    // It counts for definitions that come after it, and are new.
    let own: Renderer | null = null;
    for (const { key: id, keyPlace, value: settings } of value.entries) {
      if (id === 'renderer') own = rendererOf(settings);
      if (id === 'renderer' || settings.kind !== 'map') continue;
      const known = merged.get(id);
      if (known !== undefined && known.kind !== kind) {
        refuse(keyPlace, `"${id}" is one of ${known.kind} already; expected one kind for an ID`);
        continue;
      }
      touched.add(id);
      const settled = { kind, id, place: keyPlace, own, settings: nothing(settings), isNamedById: false };
      const before = known ?? { ...settled, rank: merged.size };
      merged.set(id, { ...before, settings: mergeMaps(before.settings, settings) });
    }
  }
  for (const id of touched) {
    const definition = merged.get(id);
    if (definition !== undefined && physicalKinds.has(definition.kind) && !hasMatch(definition))
      merged.set(id, { ...definition, isNamedById: true });
  }
  return [...entriesOf(merged, touched)].sort((a, b) => a.rank - b.rank);
}

function nothing({ place }: YamlMap): YamlMap {
  return { kind: 'map', entries: [], place };
}

function rendererOf(node: YamlNode | undefined): Renderer | null {
  const text = scalarText(node);
  return text === 'networkd' || text === 'NetworkManager' ? text : null;
}

function selectFiles(files: readonly ConfigFile[]): { used: readonly ConfigFile[]; unread: Judgement['unread'] } {
  const rank = ({ path }: ConfigFile) => {
    const found = directories.findIndex((directory) => path.startsWith(directory));
    return found < 0 ? directories.length : found;
  };
  const unread: { file: ConfigFile; why: string }[] = [];
  const byName = new Map<string, ConfigFile>();
  for (const file of [...files].sort((a, b) => rank(a) - rank(b))) {
    const name = baseName(file.path);
    const other = byName.get(name);
    // The same file by two ways (/lib is /usr/lib), or files that were named one by one, hide nothing.
    if (other === undefined || rank(file) === directories.length)
      byName.set(other === undefined ? name : file.path, file);
    else if (rank(other) < 2 || rank(file) < 2)
      unread.push({ file, why: `${other.path} has the same name and is read instead` });
  }
  const used = [...byName.values()].sort((a, b) => compare(baseName(a.path), baseName(b.path)));
  return { used, unread };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** netplan warns since 0.106; the file counts all the same. */
function checkMode({ source, mode }: ConfigFile, problems: Problem[]): void {
  if (mode === undefined || (mode & 0o066) === 0 || source.origin !== undefined) return;
  problems.push({
    kind: 'permissions',
    place: { source, span: { start: 0, end: 0 } },
    message: `mode ${mode.toString(8).padStart(4, '0')}; expected 0600`,
    consequence: 'netplan warns at every run: others can read it, and what secrets it may hold',
  });
}

/**
 * A later file's mapping over an earlier one's, and a key over the same key before it: mappings merge, lists grow by what
 * is new, single values are replaced.
 */
function mergeMaps(before: YamlMap, after: YamlMap): YamlMap {
  const entries: YamlEntry[] = [...before.entries];
  for (const entry of after.entries) {
    const at = entries.findIndex(({ key }) => key === entry.key);
    const merged = { ...entry, value: mergeNodes(entry.key, entries[at]?.value, entry.value) };
    if (at < 0) entries.push(merged);
    else entries[at] = merged;
  }
  return { ...after, entries };
}

/** Lists that a later one replaces (handle_link_local(), handle_match_driver()). */
const replaced: ReadonlySet<string> = new Set(['link-local', 'driver']);

/** Mappings in which no key may be twice: all are kept, so that it can be told. */
const counted: ReadonlySet<string> = new Set(['path-cost', 'port-priority']);

function mergeNodes(key: string, before: YamlNode | undefined, after: YamlNode): YamlNode {
  if (after.kind === 'map' && counted.has(key))
    return { ...after, entries: [...(before?.kind === 'map' ? before.entries : []), ...after.entries] };
  if (after.kind === 'map') return mergeMaps(before?.kind === 'map' ? before : nothing(after), after);
  if (after.kind !== 'sequence' || replaced.has(key)) return after;
  const items = [...(before?.kind === 'sequence' ? before.items : [])];
  for (const item of after.items) {
    const identity = identityOf(item);
    const isKnown = identity !== null && items.some((other) => identityOf(other) === identity);
    // At options that an address has already, netplan stops reading the list.
    if (isKnown && item.kind === 'map') break;
    if (!isKnown) items.push(item);
  }
  return { ...after, items };
}

/** Of a scalar, or an address with options. */
function identityOf(item: YamlNode): string | null {
  if (item.kind === 'scalar') return item.text;
  const [first] = item.kind === 'map' ? item.entries : [];
  return first?.value.kind === 'map' ? `${first.key}:` : null;
}
