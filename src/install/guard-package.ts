/**
 * What the package failoverctl-guard holds: the guards for any guest, as `install --guard-only` writes them for an image, of every
 * manager and initramfs at once, where a package puts files. And what is left for an installation where that package is.
 */
import { digestOf, readState } from '../inventory/file-state.ts';
import { printManifest, type Manifest } from '../inventory/manifest.ts';
import { guardListPath } from '../inventory/supplied.ts';
import type { Renderings } from '../managers/all.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import { listGuardPath } from '../managers/networkmanager/list-guard.ts';
import { placeFile } from '../managers/placement.ts';
import { renderUdev } from '../managers/udev/render.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { initramfsHooks } from './initramfs.ts';
import type { Wanted } from './plan.ts';

/** The command that the files name. */
export const guardCommand = 'failoverctl generate guard';

/** Files, and the list of them by which an installation knows the package's. */
export function renderGuardPackage(renderings: Renderings): readonly GeneratedFile[] {
  const config = { masters: null, command: guardCommand };
  const guards = [...renderings.values()].flatMap(({ guard }) => guard(config));
  const files = [...renderUdev(config), ...initramfsHooks(config), ...guards]
    // beside a list of exceptions it would turn that list round, which a package cannot look for
    .filter(({ path }) => path !== listGuardPath)
    .map((file) => placeFile(file, 'vendor'));
  const unique = files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
  const list = unique.map((file) => ({
    path: file.path,
    wrote: [digestOfFile(file)],
    before: { kind: 'absent' as const },
  }));
  const text = printManifest({ command: guardCommand, files: list, directories: [] });
  return [...unique, { path: guardListPath, mode: 0o644, text }];
}

/** Paths of the package that this version would fill otherwise. */
export function findOtherwise(supplied: Manifest, renderings: Renderings): readonly string[] {
  const now = new Map(renderGuardPackage(renderings).map((file) => [file.path, digestOfFile(file)]));
  const listed = new Set(supplied.files.map(({ path }) => path));
  const changed = supplied.files.filter(({ path, wrote }) => !wrote.includes(now.get(path) ?? ''));
  // a package for a distribution without ifupdown leaves out what is in /etc
  const missing = [...now.keys()].filter(
    (path) => path.startsWith('/usr/') && path !== guardListPath && !listed.has(path),
  );
  return [...changed.map(({ path }) => path), ...missing];
}

function digestOfFile({ text, mode }: GeneratedFile): string {
  return digestOf({ kind: 'file', text, mode, uid: 0, gid: 0 });
}

export interface Division {
  /** What an installation writes itself. */
  readonly files: readonly Wanted[];
  /** Paths of what the package has already, as the installation would call them. */
  readonly supplied: readonly string[];
}

/**
 * Leaves out what the package has. All that both have is as it should be, or all of ours is written: rules name their scripts, so they
 * go together. A file in /etc then hides the package's of the same name. What has one place only is whose it was first.
 */
export function leaveOutSupplied(
  system: System,
  wanted: readonly Wanted[],
  supplied: Manifest | null,
  installed: Manifest | null,
): Division | Failure {
  if (supplied === null) return { files: wanted, supplied: [] };
  const listed = new Set(supplied.files.map(({ path }) => path));
  const shared: string[] = [];
  let isSame = true;
  for (const file of wanted) {
    if (!('text' in file)) continue;
    const there = placeFile(file, 'vendor');
    if (!listed.has(there.path)) continue;
    shared.push(file.path);
    const state = readState(system, there.path);
    if (isFailure(state)) return state;
    isSame &&=
      state.kind === 'file' && withoutCommand(state.text) === withoutCommand(there.text) && state.mode === there.mode;
  }
  const isOurs = (path: string) => listed.has(path) && installed?.files.some((file) => file.path === path) === true;
  const out = new Set(shared.filter((path) => (isSame || listed.has(path)) && !isOurs(path)));
  return { files: wanted.filter(({ path }) => !out.has(path)), supplied: [...out] };
}

function withoutCommand(text: string): string {
  return text.replace(/^# From: .*$/m, '# From:');
}
