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
import { checkTogether } from './check-together.ts';
import type { Definition, Renderer } from './definition.ts';
import type { DefinitionKind } from './keys.ts';
import type { Place } from '../../text/source.ts';
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
  const merged: { kind: DefinitionKind; id: string; place: Place; own: Renderer | null; settings: YamlMap }[] = [];
  let global: Renderer = 'networkd';
  for (const file of used) {
    const report: Report = (kind, place, message) => problems.push({ kind, place, message, consequence: rejected });
    const { root, faults } = parseYamlTree(file.source);
    for (const { place, message } of faults) report('syntax', place, message);
    checkMode(file, problems);
    if (root === null || faults.length > 0) continue;
    checkFile(root, { report, version });
    const network = valueOf(root, 'network');
    if (network?.kind !== 'map') continue;
    global = rendererOf(valueOf(network, 'renderer')) ?? global;
    for (const { key: kind, value } of network.entries) {
      if (!isKind(kind) || value.kind !== 'map') continue;
      const ofKind = rendererOf(valueOf(value, 'renderer'));
      for (const { key: id, keyPlace, value: settings } of value.entries) {
        if (id === 'renderer' || settings.kind !== 'map') continue;
        const earlier = merged.findIndex((other) => other.id === id);
        const known = merged[earlier];
        if (known === undefined) merged.push({ kind, id, place: keyPlace, own: ofKind, settings });
        else if (known.kind !== kind) {
          report('bad-value', keyPlace, `"${id}" is one of ${known.kind} already; expected one kind for an ID`);
        } else merged[earlier] = { ...known, settings: mergeMaps(known.settings, settings) };
      }
    }
  }
  const definitions = merged.map(({ kind, id, place, own, settings }): Definition => ({
    kind,
    id,
    place,
    settings,
    renderer: rendererOf(valueOf(settings, 'renderer')) ?? own ?? global,
  }));
  problems.push(...checkTogether(definitions));
  return { definitions, problems, unread, rejected: problems.some(({ consequence }) => consequence === rejected) };
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

/** A later file's mapping over an earlier one's: mappings merge, lists grow, single values are replaced. */
function mergeMaps(before: YamlMap, after: YamlMap): YamlMap {
  const entries: YamlEntry[] = [...before.entries];
  for (const entry of after.entries) {
    const at = entries.findIndex(({ key }) => key === entry.key);
    const known = entries[at];
    if (known === undefined) entries.push(entry);
    else entries[at] = { ...entry, value: mergeNodes(known.value, entry.value) };
  }
  return { ...before, entries };
}

function mergeNodes(before: YamlNode, after: YamlNode): YamlNode {
  if (before.kind === 'map' && after.kind === 'map') return mergeMaps(before, after);
  if (before.kind === 'sequence' && after.kind === 'sequence') {
    const known = new Set(before.items.map((item) => scalarText(item)));
    const fresh = after.items.filter((item) => item.kind !== 'scalar' || !known.has(item.text));
    return { ...after, items: [...before.items, ...fresh] };
  }
  return after;
}
