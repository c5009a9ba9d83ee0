/** What `lint` and `explain` look at: a system, an image, a guest that does not exist yet, or named files. */
import { dialects } from '../managers/ifupdown/dialect.ts';
import { unknownHost } from '../topology/guest.ts';
import { findManagers, type ManagerUses } from '../inventory/managers-in-use.ts';
import { readOwnPaths } from '../inventory/supplied.ts';
import { readSystemFiles } from '../judgement/read-system.ts';
import { probeMachine } from '../inventory/probe.ts';
import { findManager, managers } from '../managers/all.ts';
import { bootGlobs } from '../topology/boot-options.ts';
import { packetFilterGlobs } from '../lint/packet-filter.ts';
import { isWholeSystem } from '../inventory/whole-system.ts';
import { countLeftOut, coverView } from '../lint/cover-view.ts';
import { describeNested, joinCoverage, type Coverage } from '../lint/coverage.ts';
import type { LeftOut } from '../lint/configured-findings.ts';
import { findNestedRoots } from '../lint/nested-roots.ts';
import { describeDenial } from '../lint/problems.ts';
import { findForeign, sortStrangers, unpackNamed, unpackUserData } from '../lint/unjudged-files.ts';
import { createFileReader, type FileReader } from '../judgement/file-reader.ts';
import { placeFile, sortByGuest } from '../lint/guest-files.ts';
import { judgeForView, sortNamedFiles, type NamedFile } from '../lint/read-configuration.ts';
import type { LintView } from '../lint/rule.ts';
import { rootedSystem } from '../system/rooted.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { Probe } from '../managers/probe.ts';
import type { System } from '../system/system.ts';
import type { Assumption } from '../topology/guest-assumed.ts';
import { watchingSystem } from '../system/watching.ts';
import type { TargetFacts } from '../inventory/releases.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { chooseGuest } from './choose-guest.ts';
import { explainFailure } from './command.ts';
import type { NamedFiles } from './named-files.ts';

export interface Target {
  readonly view: LintView;
  readonly coverage: Coverage;
  /** The guest, where a run may have several. */
  readonly guest: string | null;
  /** Files that could not be read, or that no manager knows. */
  readonly troubles: readonly string[];
  /** Files that failoverctl.yaml leaves out, by its line. */
  readonly leftOut: readonly LeftOut[];
}

export interface TargetOptions {
  readonly assumption: Assumption | null;
  /** Judge for other versions than the tree's. */
  readonly target?: TargetFacts;
  /** The running system, and no tree. */
  readonly live: boolean;
  readonly command: string;
  /** What the tree is called: "this system", or the path of --root. */
  readonly name: string;
  /** What to assume where there is no guest. */
  readonly fallback?: Assumption;
  /** The line of failoverctl.yaml that leaves a file out, or null. */
  readonly exclusionOf?: (path: string) => string | null;
  /** Links that are asked for by name. */
  readonly asked?: readonly string[];
}

/** The whole configuration of a system or tree. */
export async function readSystemTarget(machine: System, options: TargetOptions): Promise<Target> {
  const watched = watchingSystem(machine);
  const { system } = watched;
  const reader = createFileReader(system);
  const probe = probeMachine(system);
  const { acting, uses, ours, failures, strangers, host: found } = findActing(system);
  const whole = isWholeSystem(probe);
  const read = await readSystemFiles(reader, acting, !whole);
  const unpacked = unpackUserData(read);
  const files = unpacked.files;
  const bootFiles = bootGlobs.flatMap((glob) => reader.include(glob));
  const filterFiles = packetFilterGlobs.flatMap((glob) => reader.include(glob));
  const known = options.live && found !== undefined ? found : readHostFacts(system, options.live);
  const host = { ...known, ...options.target };
  const { guestFor, assumed } = chooseGuest(system, host, options);
  const unknown = strangers.filter(({ inUse, manager }) => inUse && !readsInterfaces(manager));
  const isReadByAnother = strangers.some(({ inUse, manager }) => inUse && readsInterfaces(manager));
  const idle = [
    ...findIdle(probe, { uses, ours }, reader).filter(({ manager }) => manager !== 'ifupdown' || !isReadByAnother),
    ...unknown.map(({ title, evidence }) => ({
      manager: title,
      why: `configures links (${evidence}), which is not judged`,
      file: null,
      acts: true as const,
    })),
  ];
  const judged = judgeForView(files, guestFor, {
    complete: true,
    whole,
    idle,
    assumed: assumed !== null,
    bootFiles,
    filterFiles,
    fileAt: reader.readAt,
    command: options.command,
  });
  const view = { ...judged, problems: [...judged.problems, ...reader.denials.map(describeDenial)] };
  const all = [...failures, ...reader.failures, ...watched.failures];
  const unjudged = unknown.map(
    ({ title, evidence }) => `${title} configures links here (${evidence}): that is not judged`,
  );
  const troubles = [...new Set([...all.map((failure) => explainFailure(failure)), ...unjudged])];
  const skipped = [
    ...idle.flatMap(({ manager, why, file }) =>
      file === null || acting.has(manager) ? [] : [{ path: file.path, why: `${manager}: ${why}` }],
    ),
    ...reader.images.map((path) => ({ path, why: 'a disk image' })),
    ...findForeign(reader),
    ...unpacked.unread.map(({ path, why }) => ({ path, why })),
  ];
  const { coverage, leftOut } = coverView(view, files, options, { assumed, skipped, passedOver: 0 });
  const nested = coverage.judged.length > 0 || options.live ? [] : findNestedRoots(machine);
  const hint = nested.length === 0 ? {} : { hint: describeNested(options.name, nested) };
  return { view, coverage: { ...coverage, ...hint }, guest: null, troubles, leftOut };
}

/** Files and folders that were named, wherever they are: a target for each guest that they are of. */
export async function readFilesTargets(
  system: System,
  { files: named, skipped, troubles }: NamedFiles,
  options: TargetOptions,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  const unpacked = unpackNamed(named);
  const all = sortByGuest(unpacked.files);
  // one that is left out whole is not judged at all
  const guests = all.filter(({ files }) => !files.every(isLeftOut));
  for (const { name, files: own } of guests) {
    const { files, bootFiles, filterFiles, unknown } = await sortNamedFiles(own);
    const at = systemOfGuest(system, own);
    const host = { ...(at === system ? unknownHost : readHostFacts(at, false)), ...options.target };
    const { guestFor, assumed } = chooseGuest(at, host, options);
    const view = judgeForView(files, guestFor, {
      complete: false,
      whole: false,
      idle: [],
      assumed: assumed !== null,
      bootFiles,
      filterFiles,
      fileAt: () => null,
      command: options.command,
    });
    const strangers = sortStrangers(unknown, own);
    const { coverage, leftOut } = coverView(view, files, { ...options, name }, { assumed, ...strangers });
    // a guest that has nothing else is not judged, whatever the others are
    const isRoot = own.some(({ file }) => placeFile(file.source.path).root !== null);
    const isUnjudged = isRoot && coverage.judged.length === 0 && strangers.skipped.length > 0;
    const unjudged = isUnjudged ? strangers.skipped.map(({ path, why }) => `'${path}': ${why}`) : [];
    targets.push({
      view,
      coverage,
      guest: guests.length > 1 ? name : null,
      troubles: [...strangers.troubles, ...unjudged],
      leftOut,
    });
  }
  const rest = { judged: [], assumed: [], skipped: [...skipped, ...unpacked.skipped], passedOver: 0 };
  const allTroubles = [...troubles, ...unpacked.troubles];
  const excluded = countLeftOut(
    all.filter(({ files }) => files.every(isLeftOut)).flatMap(({ files }) => files.flatMap(pathsOf)),
    options.exclusionOf,
  );
  const [first, ...others] = targets;
  if (first === undefined)
    return [
      { view: emptyView(system, options), coverage: rest, guest: null, troubles: allTroubles, leftOut: excluded },
    ];
  const coverage = joinCoverage([first.coverage, rest]);
  const leftOut = [...first.leftOut, ...excluded];
  return [{ ...first, coverage, leftOut, troubles: [...allTroubles, ...first.troubles] }, ...others];
}

function pathsOf({ file, carrier }: NamedFile): readonly string[] {
  return carrier === undefined ? [file.source.path] : [];
}

function isLeftOut({ carrier, leftOut }: NamedFile): boolean {
  return (carrier?.named.leftOut ?? leftOut) === true;
}

function emptyView(system: System, options: TargetOptions): LintView {
  const { guestFor } = chooseGuest(system, unknownHost, options);
  const files = { managers: new Map(), files: new Map(), context: { include: () => [] } };
  const rest = {
    complete: false,
    whole: false,
    idle: [],
    assumed: true,
    bootFiles: [],
    filterFiles: [],
    fileAt: () => null,
  };
  return judgeForView(files, guestFor, { ...rest, command: options.command });
}

/** A guest that is a folder of this system has its own links, or none; a file that is in no guest is for this one. */
function systemOfGuest(system: System, [first]: readonly NamedFile[]): System {
  const { file } = first?.carrier?.named ?? first ?? { file: null };
  const root = file === null ? null : placeFile(file.source.path).root;
  return root === null || root === '' ? system : rootedSystem(system, root);
}

/** Those that are in use, and those that are not looked for: udev always names and marks links, cloud-init writes for others. */
function findActing(
  system: System,
): Acting & Pick<ManagerUses, 'failures' | 'strangers' | 'host'> & { readonly acting: ReadonlySet<ManagerName> } {
  const own = readOwnPaths(system);
  const found = findManagers(system, own);
  const { uses, strangers } = found;
  const acting = new Set<ManagerName>(
    managers.filter(({ detection }) => detection === undefined).map(({ name }) => name),
  );
  // one that writes for others may have files that it does not read
  for (const { manager, inUse, present } of uses)
    if (inUse || (present && findManager(manager)?.role === 'writes')) acting.add(manager);
  // another program's ifup reads the same files, by its own dialect
  if (strangers.some(({ inUse, manager }) => inUse && readsInterfaces(manager))) acting.add('ifupdown');
  return { ...found, acting, ours: own };
}

function readsInterfaces(stranger: string): boolean {
  return Object.hasOwn(dialects, stranger);
}

interface Acting {
  readonly uses: ManagerUses['uses'];
  /** Paths that an installation of ours added. */
  readonly ours: ReadonlySet<string>;
}

/** Managers that will not act, also such as are judged because no other is there, with a file of theirs if there is one outside of what the distribution ships. */
function findIdle(probe: Probe, { uses, ours }: Acting, reader: FileReader): LintView['idle'] {
  return uses.flatMap(({ manager, inUse, asleep, evidence }) => {
    if (inUse && asleep !== true) return [];
    const path = findManager(manager)?.detection?.firstFile(probe, ours) ?? null;
    const isShipped = path === null || /^\/usr\/(?:local\/)?lib\//.test(path);
    return [{ manager, why: evidence, file: isShipped ? null : reader.readAt(path) }];
  });
}
