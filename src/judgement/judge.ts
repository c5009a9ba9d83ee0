/**
 * What all managers together would do with a guest: files are lowered from cloud-init to netplan to the daemons, udev's
 * rules say what properties and names the daemons will find, then each daemon judges. Places in lowered texts are
 * mapped back to the files that people wrote.
 */
import { baseName } from '../text/base-name.ts';
import { fnmatch, hasWildcard } from '../text/fnmatch.ts';
import type {
  Claim,
  ConfigFile,
  Decision,
  JudgeContext,
  Judgement,
  Manager,
  ManagerName,
  Netdev,
  PlacedValue,
  Problem,
  UnreadFile,
} from '../managers/claim.ts';
import { managers as described, type Renderings } from '../managers/all.ts';
import { applyUdevRules } from '../managers/udev/predict.ts';
import { notePossibleAltnames } from './possible-altnames.ts';
import { findMisfiled } from './misfiled.ts';
import type { Guest } from '../topology/guest.ts';
import { mapNetdev, newMapping, toOrigin } from './origin.ts';
import { applyNames } from './renames.ts';

/** A configuration as read: which files each manager has. A manager that is not in it is not there. */
export interface ConfigurationFiles {
  readonly managers: ReadonlyMap<ManagerName, Manager>;
  readonly files: ReadonlyMap<ManagerName, readonly ConfigFile[]>;
  /** Those that act on links; others' files are only checked for faults. Undefined: all. */
  readonly acting?: ReadonlySet<ManagerName>;
  /** Those that act too if another manager writes files for them, as netplan does for NetworkManager. */
  readonly actingIfWrittenFor?: ReadonlySet<ManagerName>;
  /** What can be written to keep them off the slaves. */
  readonly renderings?: Renderings;
  readonly context: JudgeContext;
}

export interface ManagerProblem extends Problem {
  readonly manager: ManagerName;
  /** The manager that wrote what is wrong, where no person did. */
  readonly writtenBy?: string;
}

export interface JudgedNetdev extends Netdev {
  readonly manager: ManagerName;
  /** What .link files say of its MAC; null: none matches, or nobody knows of any. */
  readonly macPolicy: PlacedValue | null;
}

export interface JudgedConfiguration {
  readonly guest: Guest;
  /** Of managers that act. */
  readonly decisions: readonly Decision[];
  /** Of managers that act, the MAC that udev would give each in its place. */
  readonly netdevs: readonly JudgedNetdev[];
  readonly problems: readonly ManagerProblem[];
  readonly unread: readonly (UnreadFile & { readonly manager: ManagerName })[];
  readonly facts: ReadonlyMap<ManagerName, Judgement['facts']>;
  /** Every file, lowered ones too. */
  readonly files: ReadonlyMap<ManagerName, readonly ConfigFile[]>;
  readonly renderings: Renderings;
}

const noRenderings: Renderings = new Map();

export function judgeConfiguration(configuration: ConfigurationFiles, guest: Guest): JudgedConfiguration {
  const { managers, acting, actingIfWrittenFor, context } = configuration;
  const files = lowerFiles(configuration, guest);
  const decisions: Decision[] = [];
  const netdevs: (Netdev & { readonly manager: ManagerName })[] = [];
  let macPolicyOf: Judgement['macPolicyOf'];
  const problems: ManagerProblem[] = [];
  const unread: JudgedConfiguration['unread'][number][] = [];
  const facts = new Map<ManagerName, Judgement['facts']>();
  const udevFiles = files.get('udev') ?? [];
  const mapDecision = newMapping();
  const written = { ...context, include: includeWritten(files, context) };
  let seen = notePossibleAltnames(applyUdevRules(udevFiles, guest, context), udevFiles);
  for (const [name, manager] of inOrder(managers)) {
    const ownFiles = files.get(name) ?? [];
    const judgement = manager.judge(ownFiles, seen, written);
    const isWrittenFor = ownFiles.some(({ source }) => source.origin !== undefined);
    const acts = acting === undefined || acting.has(name) || (isWrittenFor && actingIfWrittenFor?.has(name) === true);
    if (acts) decisions.push(...judgement.decisions.map(mapDecision));
    for (const netdev of acts ? (judgement.netdevs ?? []) : []) netdevs.push({ ...mapNetdev(netdev), manager: name });
    macPolicyOf ??= judgement.macPolicyOf;
    for (const problem of judgement.problems)
      problems.push({ ...problem, manager: name, place: toOrigin(problem.place), ...writerOf(problem.place) });
    for (const one of judgement.unread)
      if (one.file.source.origin === undefined || one.file.source.origin.carried === true)
        unread.push({ ...one, manager: name });
    facts.set(name, judgement.facts);
    if (acts && manager.renames === true) seen = notePossibleAltnames(applyNames(seen, judgement.decisions), udevFiles);
  }
  const there = inOrder(managers).flatMap(([name, one]) => (acting === undefined || acting.has(name) ? one : []));
  unread.push(...findMisfiled(there, context).filter(({ file }) => !unread.some((one) => one.file === file)));
  return {
    guest: seen,
    decisions,
    netdevs: netdevs.map((netdev) => Object.assign({ macPolicy: policyFor(netdev, macPolicyOf) }, netdev)),
    problems,
    unread,
    facts,
    files,
    renderings: configuration.renderings ?? noRenderings,
  };
}

/** A file that one manager names may be one that is written for another, or be given alone. */
function includeWritten(
  files: ReadonlyMap<ManagerName, readonly ConfigFile[]>,
  { include }: JudgeContext,
): JudgeContext['include'] {
  return (glob) => {
    const byPath = new Map(include(glob).map((file) => [file.path, file]));
    for (const file of [...files.values()].flat())
      if (hasWildcard(glob) ? fnmatch(glob, file.path, { pathname: true, period: true }) : glob === file.path)
        byPath.set(file.path, file);
    return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  };
}

function writerOf({ source: { origin } }: Problem['place']): Pick<ManagerProblem, 'writtenBy'> {
  return origin === undefined || origin.carried === true ? {} : { writtenBy: origin.manager };
}

function policyFor({ names, kind }: Netdev, macPolicyOf: Judgement['macPolicyOf']): PlacedValue | null {
  const policy = macPolicyOf?.(names[0] ?? '', kind) ?? null;
  return policy === null ? null : { ...policy, place: toOrigin(policy.place) };
}

/** As they describe themselves; one that no folder describes, as in a test, comes last. */
function inOrder(managers: ReadonlyMap<ManagerName, Manager>): readonly (readonly [ManagerName, Manager])[] {
  const place = (name: ManagerName) => described.findIndex((one) => one.name === name);
  return [...managers].sort(([a], [b]) => (place(a) >>> 0) - (place(b) >>> 0));
}

/** The files that each manager would find once those above it have written theirs. */
function lowerFiles(
  { managers, files: given, context }: ConfigurationFiles,
  guest: Guest,
): ReadonlyMap<ManagerName, readonly ConfigFile[]> {
  const files = new Map([...given].map(([name, list]) => [name, [...list]]));
  for (const [name, { lower, emptiesBefore }] of inOrder(managers)) {
    const ownFiles = files.get(name) ?? [];
    if (lower === undefined || ownFiles.length === 0) continue;
    const lowered = lower(ownFiles, guest, context);
    if (emptiesBefore !== undefined) dropEarlierOutput(files, emptiesBefore);
    const written = new Map<ManagerName, Map<string, ConfigFile>>();
    for (const file of lowered) {
      const owner = ownerOf(file, managers, name);
      if (owner === null) continue;
      written.set(owner, (written.get(owner) ?? new Map<string, ConfigFile>()).set(file.path, file));
    }
    for (const [owner, fresh] of written)
      files.set(owner, [...(files.get(owner) ?? []).filter(({ path }) => !fresh.has(path)), ...fresh.values()]);
  }
  return files;
}

/** What a manager wrote at the last boot. */
function dropEarlierOutput(files: Map<ManagerName, ConfigFile[]>, written: RegExp): void {
  for (const [name, list] of files)
    files.set(
      name,
      list.filter(({ path }) => !written.test(path)),
    );
}

function ownerOf(
  { path, source }: ConfigFile,
  managers: ReadonlyMap<ManagerName, Manager>,
  from: ManagerName,
): ManagerName | null {
  const others = [...managers.values()].filter(({ name }) => name !== from);
  const byPath = others.find(({ locations }) =>
    locations.some(({ path: place, pattern }) =>
      pattern === undefined ? path === place : isIn(path, place) && pattern.test(baseName(path)),
    ),
  );
  return (byPath ?? others.find(({ recognise }) => recognise(path, source.text)))?.name ?? null;
}

function isIn(path: string, directory: string): boolean {
  return path.slice(0, path.lastIndexOf('/')) === directory;
}

/** is_valid_ether_addr(): zeros and multicast are no NIC's. */
function isOfNic(mac: string): boolean {
  return !/^[0:]+$/.test(mac) && Number.parseInt(mac.slice(0, 2), 16) % 2 === 0;
}

/** MACs that a configuration matches by, in the order in which it names them. */
export function findMatchedMacs({ decisions }: JudgedConfiguration): readonly string[] {
  const macs = new Set<string>();
  const seen = new Set<Claim>();
  for (const { winners, losers, passed } of decisions)
    for (const claim of [...winners, ...losers.map((loser) => loser.claim), ...passed]) {
      if (seen.has(claim)) continue;
      seen.add(claim);
      for (const { on, value } of claim.keys)
        if (on === 'mac' || on === 'permanent-mac')
          for (const word of value
            .toLowerCase()
            .replaceAll('-', ':')
            .match(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g) ?? [])
            if (isOfNic(word)) macs.add(word);
    }
  return [...macs];
}
