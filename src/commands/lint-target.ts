/** What `lint` and `explain` look at: a system, an image, a guest that does not exist yet, or named files. */
import { unknownHost } from '../topology/guest.ts';
import { findManagers, type ManagerUses } from '../inventory/managers-in-use.ts';
import { readManifest } from '../inventory/manifest.ts';
import { createFileReader } from '../judgement/file-reader.ts';
import { readSystemFiles } from '../judgement/read-system.ts';
import { managers as described } from '../managers/all.ts';
import { judgeForView, sortNamedFiles, type NamedFile } from '../lint/read-configuration.ts';
import type { LintView } from '../lint/rule.ts';
import type { ConfigFile, ManagerName } from '../managers/claim.ts';
import { isFailure, type System } from '../system/system.ts';
import { watchingSystem } from '../system/watching.ts';
import { assumeGuest, parseAssumption, type Assumption } from '../topology/guest-assumed.ts';
import { readGuest } from '../topology/guest-live.ts';
import type { Guest } from '../topology/guest.ts';
import { parseTarget, releaseNames, type TargetFacts } from '../inventory/releases.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { bootGlobs } from '../topology/boot-options.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';

export const assumeOption = [
  '--assume <guest>',
  "lint for a guest that does not exist yet: 'triple', 'pair' (Hyper-V), or a number of triples",
] as const;

export function readAssumption(text: string | undefined): Assumption | null {
  if (text === undefined) return null;
  const assumption = parseAssumption(text);
  if (assumption !== null) return assumption;
  throw new CommandError(`--assume: '${text}': expected triple, pair or a number from 1 to 16`, exitStatus.usage);
}

export const targetOption = [
  '--target <release>',
  `judge for another release than the tree's: ${releaseNames.join(', ')}, or versions like systemd=262,netplan=1.1`,
] as const;

export const diffTargetsOption = ['--diff-targets <a,b>', 'only what changes between two releases'] as const;

/** Throws a usage error for a release that there is none of. */
export function readTarget(option: string, text: string): TargetFacts {
  const target = parseTarget(text);
  if (!('problem' in target)) return target;
  throw new CommandError(`${option}: ${target.problem}`, exitStatus.usage);
}

export interface Target {
  readonly view: LintView;
  /** How many files were read. */
  readonly fileCount: number;
  /** Files that could not be read, or that no manager knows. */
  readonly troubles: readonly string[];
}

export interface TargetOptions {
  readonly assumption: Assumption | null;
  /** Judge for other versions than the tree's. */
  readonly target?: TargetFacts;
  /** The running system, and no tree. */
  readonly live: boolean;
  readonly command: string;
  readonly note: (text: string) => void;
}

/** The whole configuration of a system or tree. */
export async function readSystemTarget(machine: System, options: TargetOptions): Promise<Target> {
  const watched = watchingSystem(machine);
  const { system } = watched;
  const reader = createFileReader(system);
  const managers = findThere(system);
  const acting = findActing(managers);
  const files = await readSystemFiles(reader, acting);
  const { guestFor, assumed } = chooseGuest(system, options, true);
  const view = judgeForView(files, guestFor, {
    complete: true,
    assumed,
    bootFiles: bootGlobs.flatMap((glob) => reader.include(glob)),
    fileAt: reader.readAt,
    command: options.command,
  });
  return {
    view,
    fileCount: [...files.files.values()].flat().length,
    troubles: [
      ...new Set([...reader.failures, ...watched.failures].map((failure) => explainFailure(failure))),
      ...managers.strangers
        .filter(({ inUse }) => inUse)
        .map(({ title, evidence }) => `${title} configures links here (${evidence}): that is not judged`),
    ],
  };
}

/** Files that were named, wherever they are. */
export async function readFilesTarget(
  system: System,
  named: readonly NamedFile[],
  options: TargetOptions,
): Promise<Target> {
  const { files, bootFiles, unknown } = await sortNamedFiles(named);
  const { guestFor, assumed } = chooseGuest(system, options, false);
  const view = judgeForView(files, guestFor, {
    complete: false,
    assumed,
    bootFiles,
    fileAt: () => null,
    command: options.command,
  });
  const troubles = unknown.map(({ source }) => `'${source.path}': not known as a file of any manager; say by --as`);
  return { view, fileCount: named.length, troubles };
}

function chooseGuest(
  system: System,
  { assumption, live, note, target = {} }: TargetOptions,
  complete: boolean,
): { readonly guestFor: (macs: readonly string[]) => Guest; readonly assumed: boolean } {
  const host = { ...(complete ? readHostFacts(system, live) : unknownHost), ...target };
  if (assumption === null) {
    const guest = readGuest(system, host);
    if (isFailure(guest)) throw new CommandError(`cannot read links: ${explainFailure(guest)}`);
    if (guest !== null) return { guestFor: () => guest, assumed: false };
    note('no failover NIC here: linting for a guest with one net_failover triple (see --assume)');
  }
  const wanted = assumption ?? { kind: 'net_failover', groups: 1 };
  return { guestFor: (macs) => assumeGuest(wanted, host, macs), assumed: true };
}

function findThere(system: System): ManagerUses {
  const manifest = readManifest(system);
  const ours =
    manifest !== null && typeof manifest === 'object' && !isFailure(manifest)
      ? manifest.files.map(({ path }) => path)
      : [];
  return findManagers(system, new Set(ours));
}

/** Those that are in use, and those that are not looked for: udev always names and marks links, cloud-init writes for others. */
function findActing({ uses }: ManagerUses): ReadonlySet<ManagerName> {
  const always = described.filter(({ detection }) => detection === undefined).map(({ name }) => name);
  return new Set([...always, ...uses.filter(({ inUse }) => inUse).map(({ manager }) => manager)]);
}

/** Reads a file or all files below a directory. */
export function readNamedFiles(system: System, path: string): readonly ConfigFile[] {
  const status = system.stat(path);
  if (isFailure(status)) throw new CommandError(explainFailure(status));
  if (status.kind === 'directory') {
    const names = system.list(path);
    if (isFailure(names)) throw new CommandError(explainFailure(names));
    return [...names]
      .sort()
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) => {
        const below = `${path.replace(/\/+$/, '')}/${name}`;
        const kind = system.stat(below);
        return isFailure(kind) || (kind.kind !== 'file' && kind.kind !== 'directory')
          ? []
          : readNamedFiles(system, below);
      });
  }
  const text = system.read(path);
  if (isFailure(text)) throw new CommandError(explainFailure(text));
  // the mode and owner of a copy say nothing of the file that will be installed
  const inPlace = placeOf(path) === path;
  const { mode, uid } = inPlace ? status : { mode: undefined, uid: undefined };
  return [{ source: { path, text }, path: placeOf(path), mode, uid, linkTarget: undefined }];
}

/** Where a daemon would find a file that is kept elsewhere: images/web/etc/netplan/x.yaml is /etc/netplan/x.yaml. */
function placeOf(path: string): string {
  if (path.startsWith('/etc/') || path.startsWith('/run/') || path.startsWith('/usr/lib/')) return path;
  return /(?:^|\/)((?:etc|run|usr\/lib|var\/lib\/cloud)\/.+)$/.exec(path)?.[1]?.replace(/^/, '/') ?? path;
}
