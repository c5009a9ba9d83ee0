/**
 * All of netplan's files as one list of definitions, as its parser reads them (netplan_parser_load_yaml_hierarchy() in
 * src/util.c, netplan_state_import_parser_results() in src/parse.c), and what it refuses.
 */
import { keptWith } from '../../text/kept-with.ts';
import { baseName } from '../../text/base-name.ts';
import { parseYamlTree, scalarText, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { consequenceOf, writingOf } from './boot.ts';
import { said } from './lines.ts';
import { newReading, type Fault, type Reading } from './reading.ts';
import { refusalsOf, type Refusal } from './refusals.ts';
import { readDocument } from './parser.ts';
import { tunnelKey } from './grammar.ts';
import { isAtLeast } from './version.ts';
import { numberOf, isTrue } from './take.ts';
import type { Definition, Entry, Renderer } from './definition.ts';
import type { ConfigFile, Judgement, Problem } from '../claim.ts';
import type { Source } from '../../text/source.ts';

export interface ReadFiles {
  /** In the order in which netplan meets them, as far as it writes something for them. */
  readonly definitions: readonly Definition[];
  /** By ID, the first fault at which netplan stops writing for it. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly problems: readonly Problem[];
  readonly unread: Judgement['unread'];
  /** What is written for all definitions together is missing. */
  readonly isCutShort: boolean;
}

/** Files are read to be judged, and to be lowered, and again for every guest. */
const parsed = keptWith<Source, ReturnType<typeof parseYamlTree>>();

function parseOnce(source: Source): ReturnType<typeof parseYamlTree> {
  const known = parsed.get(source);
  if (known !== undefined) return known;
  const tree = parseYamlTree(source, { merge: false });
  parsed.set(source, tree);
  return tree;
}

/** In order of precedence: a file hides others of its name further down. */
const directories = ['/run/netplan/', '/etc/netplan/', '/usr/lib/netplan/', '/lib/netplan/'];

export function readFiles(
  files: readonly ConfigFile[],
  version: string | undefined,
  hasOpenVSwitch?: boolean,
): ReadFiles {
  const problems: Problem[] = [];
  const { used, unread } = selectFiles(files);
  const reading = newReading(version, hasOpenVSwitch);
  const faults: Fault[] = [];
  for (const file of used) {
    const { root, faults: syntax } = parseOnce(file.source);
    for (const { place, message } of syntax) faults.push({ kind: 'syntax', place, message, reach: 'file' });
    checkMode(file, problems);
    reading.file += 1;
    // An empty document is nothing.
    if (root === null || syntax.length > 0 || isEmpty(root, file)) continue;
    readDocument(root, reading);
    faults.push(...reading.faults);
  }
  const definitions = finish(reading);
  faults.push(...checkTables(definitions, version));
  if (faults.every(({ reach }) => reach !== 'all')) faults.push(...checkWhole(definitions, version));
  const writing = writingOf(version, faults);
  const refusals = new Map<string, Refusal>();
  let written = definitions;
  let isCutShort = false;
  const all = new Map(definitions.map((one) => [one.id, one] as const));
  const ports = new Map<string, number>();
  for (const { bond } of definitions) if (bond !== null) ports.set(bond.text, (ports.get(bond.text) ?? 0) + 1);
  for (const [index, definition] of definitions.entries()) {
    const refused = refusalsOf(definition, all, ports, version);
    for (const { place, message, isTold } of refused)
      if (isTold !== true) faults.push({ kind: 'bad-value', place, message, reach: 'definition' });
    const [first] = refused;
    if (first === undefined) continue;
    refusals.set(definition.id, first);
    const isEnd = !writing.goesOn || first.isEnd === true;
    if (isEnd && written === definitions && !isCutShort) written = definitions.slice(0, index + 1);
    isCutShort ||= isEnd;
  }
  for (const { kind, place, message, reach } of faults)
    problems.push({ kind, place, message, consequence: consequenceOf(reach, version), fatal: true });
  return { definitions: writing.isNothing ? [] : written, refusals, problems, unread, isCutShort };
}

/** A file without a document in it. */
function isEmpty(root: YamlNode, { source }: ConfigFile): boolean {
  return root.kind === 'scalar' && root.text === '' && !/^---/m.test(source.text);
}

function withRenderer(entry: Entry, renderer: Renderer): Definition {
  return { ...entry, renderer };
}

function finish({ entries, renderer }: Reading): readonly Definition[] {
  const all = [...entries.values()];
  // What one file added last comes after what it defines itself.
  const missing = all.some(({ kind }) => kind === 'missing');
  const ordered = missing ? [...all].sort((a, b) => a.file - b.file) : all;
  return ordered.map((entry) => withRenderer(entry, entry.renderer ?? renderer ?? 'networkd'));
}

/** A VRF's routes and rules are of its own table (adopt_and_validate_vrf_routes()). */
function checkTables(definitions: readonly Definition[], version: string | undefined): readonly Fault[] {
  return definitions.flatMap(({ kind, settings }): readonly Fault[] => {
    if (kind !== 'vrfs') return [];
    const own = valueOf(settings, 'table') === undefined ? 0xffffffff : numberOf(valueOf(settings, 'table'));
    const [routes, rules] = ['routes', 'routing-policy'].map((key) => valueOf(settings, key));
    const hasRoutes = routes?.kind === 'sequence';
    const all = [
      ...(routes?.kind === 'sequence' ? routes.items : []),
      ...(rules?.kind === 'sequence' && (hasRoutes || isAtLeast(version, '0.107')) ? rules.items : []),
    ];
    return all.flatMap((item): readonly Fault[] => {
      const table = valueOf(item, 'table');
      if (table === undefined || numberOf(table) === 0 || numberOf(table) === own) return [];
      const message = `table ${scalarText(table) ?? ''}; expected ${own}, which is the VRF's`;
      return [{ kind: 'bad-value', place: table.place, message, reach: 'all' }];
    });
  });
}

/** What only the command line looks at, once all files are read (validate_backend_rules(), validate_sriov_rules()). */
function checkWhole(definitions: readonly Definition[], version: string | undefined): readonly Fault[] {
  const faults: Fault[] = [];
  const functions = new Map<string, number>();
  for (const definition of definitions) {
    const parent = definition.kind === 'ethernets' ? said(definition, 'link')?.text : undefined;
    if (parent !== undefined) functions.set(parent, (functions.get(parent) ?? 0) + 1);
  }
  const say = ({ place }: Pick<Fault, 'place'>, message: string): void =>
    void faults.push({ kind: 'bad-value', place, message, reach: 'none' });
  for (const definition of definitions) {
    const { kind, id, place, renderer, settings } = definition;
    if (kind === 'tunnels') {
      const mode = said(definition, 'mode')?.text ?? '';
      const keyed = /^(?:ip6)?gre(?:tap)?$|^wireguard$/.test(mode) || (renderer === 'networkd' && /^vti6?$/.test(mode));
      const key = tunnelKey(settings, 'input') ?? tunnelKey(settings, 'output');
      if (renderer === 'networkd' && mode === 'isatap') say({ place }, 'isatap with networkd; expected another mode');
      else if (key !== undefined && !keyed) say(key, `a key for a tunnel of mode ${mode}; expected none`);
      if (renderer === 'NetworkManager' && mode.endsWith('gretap') && !isAtLeast(version, '0.107'))
        say({ place }, `${mode} with NetworkManager, before netplan 0.107; expected gre`);
    }
    if (kind !== 'ethernets') continue;
    const count = said(definition, 'virtual-function-count');
    const mode = valueOf(settings, 'embedded-switch-mode');
    const delay = valueOf(settings, 'delay-virtual-functions-rebind');
    const modeCounts = isAtLeast(version, '1.0.1');
    const isParent = count !== null || functions.has(id) || (modeCounts && mode !== undefined);
    const asking = isTrue(delay) ? delay : modeCounts ? undefined : mode;
    if (asking !== undefined && !isParent)
      say(asking, 'a key for virtual functions without them; expected virtual-function-count:');
    if (count !== null && (functions.get(id) ?? 0) > Number(count.text))
      faults.push({
        kind: 'bad-value',
        place: count.place,
        message: `${count.text}; expected ${functions.get(id) ?? 0} or more, as many as have link: ${id}`,
        reach: 'written',
      });
  }
  return faults;
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
