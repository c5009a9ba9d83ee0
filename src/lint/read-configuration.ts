/** Collects what is to be linted: a whole system's configuration, or the files that were named. */
import { askedManagers, findManager, loadRenderings, managers as all } from '../managers/all.ts';
import { recogniseForeign } from './foreign-formats.ts';
import { fnmatch } from '../text/fnmatch.ts';
import { bootGlobs } from '../topology/boot-options.ts';
import { packetFilterGlobs } from './packet-filter.ts';
import type { ConfigFile, JudgeContext, Manager, ManagerName } from '../managers/claim.ts';
import type { Guest } from '../topology/guest.ts';
import {
  findMatchedMacs,
  judgeConfiguration,
  type ConfigurationFiles,
  type JudgedConfiguration,
} from '../judgement/judge.ts';
import type { LintView } from './rule.ts';

/** A file to lint, and the format it is in if that was said. */
export interface NamedFile {
  readonly file: ConfigFile;
  readonly manager?: ManagerName;
  /** It was found in a folder, and not named itself. */
  readonly found?: true;
  /** failoverctl.yaml leaves it out. */
  readonly leftOut?: true;
  /** What carries it; `isGuest`: that is a guest's whole configuration. */
  readonly carrier?: { readonly named: NamedFile; readonly isGuest: boolean };
}

/** The named files by manager; `unknown` are those that no manager reads. */
export async function sortNamedFiles(named: readonly NamedFile[]): Promise<{
  readonly files: ConfigurationFiles;
  readonly bootFiles: readonly ConfigFile[];
  readonly filterFiles: readonly ConfigFile[];
  readonly unknown: readonly ConfigFile[];
}> {
  const managers = new Map<ManagerName, Manager>();
  const files = new Map<ManagerName, ConfigFile[]>();
  const unknown: ConfigFile[] = [];
  const bootFiles: ConfigFile[] = [];
  const filterFiles: ConfigFile[] = [];
  for (const { file, manager: said, carrier } of named) {
    const isIn = (globs: readonly string[]) =>
      said === undefined && globs.some((glob) => fnmatch(glob, file.path, { pathname: true, period: true }));
    const loose = isIn(bootGlobs) ? bootFiles : isIn(packetFilterGlobs) ? filterFiles : null;
    if (loose !== null) {
      loose.push(file);
      continue;
    }
    const owners = said === undefined ? await ownersOf(file, managers, carrier !== undefined) : [said];
    if (owners.length === 0 && carrier === undefined) unknown.push(file);
    for (const owner of owners) {
      await loadInto(managers, [owner]);
      files.set(owner, [...(files.get(owner) ?? []), file]);
    }
  }
  // what these lower to is judged by those that would read it
  const written = [...managers.keys()].flatMap((name) => findManager(name)?.lowersTo ?? []);
  await loadInto(managers, written);
  const acting = new Set<ManagerName>(managers.keys());
  // One that takes links of its own accord is there only if a file says so.
  const unasked = all.filter(({ actsUnasked }) => actsUnasked === true).map(({ name }) => name);
  for (const name of unasked) if (!files.has(name)) acting.delete(name);
  const given = [...files.values()].flat();
  const include: JudgeContext['include'] = (glob) => given.filter(({ path }) => path === glob);
  const renderings = await loadRenderings(all.filter(({ name }) => managers.has(name)));
  const actingIfWrittenFor = new Set(unasked);
  return {
    files: { managers, files, acting, actingIfWrittenFor, renderings, context: { include, partial: true } },
    bootFiles,
    filterFiles,
    unknown,
  };
}

async function loadInto(managers: Map<ManagerName, Manager>, wanted: readonly ManagerName[]): Promise<void> {
  for (const name of wanted) {
    const manager = managers.get(name) ?? (await findManager(name)?.load());
    if (manager !== undefined) managers.set(name, manager);
  }
}

/** By a manager's own directories, where a file may be of use to two; else the first that knows it. */
async function ownersOf(
  { path, source }: ConfigFile,
  known: ReadonlyMap<ManagerName, Manager>,
  isCarried: boolean,
): Promise<readonly ManagerName[]> {
  const owners: ManagerName[] = [];
  // what is carried has its place; elsewhere a file of that name is nobody's
  const isForeign = isCarried ? !isBelowManager(path) : recogniseForeign(path, source.text) !== null;
  for (const { name, load } of askedManagers) {
    const manager = known.get(name) ?? (await load());
    if (manager.locations.some((location) => isAt(path, location))) owners.push(name);
    else if (owners.length === 0 && !isForeign && manager.recognise(path, source.text)) return [name];
  }
  return owners;
}

function isBelowManager(path: string): boolean {
  return /\/(?:systemd\/network|network|netplan|NetworkManager|udev|cloud|connman|sysconfig)\//.test(path);
}

/** Those of the managers that read a file of that path, by their own directories. */
export function ownersAt(managers: ReadonlyMap<ManagerName, Manager>, path: string): readonly ManagerName[] {
  return [...managers].flatMap(([name, { locations }]) => (locations.some((at) => isAt(path, at)) ? [name] : []));
}

function isAt(path: string, { path: place, pattern, dropIns }: Manager['locations'][number]): boolean {
  if (pattern === undefined) return path === place;
  const [, folder, parent] = dropIns === true ? (/^(.*)\/([^/]+)\.d\/[^/]+\.conf$/.exec(path) ?? []) : [];
  if (folder === place && parent !== undefined) return pattern.test(parent);
  return path.startsWith(`${place}/`) && pattern.test(path.slice(place.length + 1));
}

/** A guest for a configuration: the MACs that it names, and the texts that people wrote. */
export type GuestFor = (macs: readonly string[], texts: readonly string[]) => Guest;

/**
 * Judges, for a guest that is made anew once the MACs are known which the configuration names: in an assumed guest they
 * are the NIC's.
 */
export function judgeForView(
  files: ConfigurationFiles,
  guestFor: GuestFor,
  rest: Omit<LintView, keyof JudgedConfiguration>,
): LintView {
  const written = [...new Set([...[...files.files.values()].flat(), ...rest.filterFiles])].filter(
    ({ path }) => !isShipped(path),
  );
  const texts = written.map(({ source }) => source.text);
  const first = judgeConfiguration(files, guestFor([], texts));
  const macs = rest.assumed ? findMatchedMacs(first) : [];
  const judged = macs.length === 0 ? first : judgeConfiguration(files, guestFor(macs, texts));
  return { ...(rest.complete ? judged : withoutDefaults(judged)), ...rest };
}

function isShipped(path: string): boolean {
  return /^\/(?:usr\/)?lib\//.test(path);
}

/** What a daemon does of its own accord is no fault of a file that is looked at alone. */
function withoutDefaults(judged: JudgedConfiguration): JudgedConfiguration {
  const decisions = judged.decisions.map((decision) => ({
    ...decision,
    winners: decision.winners.filter(({ byDefault }) => byDefault !== true),
  }));
  return { ...judged, decisions };
}
