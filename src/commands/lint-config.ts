/** Finds failoverctl.yaml and says what it means for a run: which rules, for which guests, without which files. */
import { findExclusion, splitPath } from '../lint/exclusions.ts';
import { placeFile } from '../lint/guest-files.ts';
import type { LinterConfig } from '../lint/linter-config.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';

export const configName = 'failoverctl.yaml';

/** More folders than any path has. */
const mostFolders = 256;

/** Null: there is none, or none is wanted. Throws a usage error that names each line that is wrong. */
export async function loadLinterConfig(
  { config, isolated }: { readonly config?: string; readonly isolated?: true },
  system: System,
): Promise<LinterConfig | null> {
  if (config !== undefined && isolated === true)
    throw new CommandError('--config and --isolated differ: give one of them', exitStatus.usage);
  if (isolated === true) return null;
  const found = config === undefined ? findNearest(system) : readConfig(config, system);
  if (found === null) return null;
  const { parseLinterConfig } = await import('../lint/linter-config.ts');
  const { documentedRules } = await import('./rule.ts');
  const { config: read, problems } = parseLinterConfig(found, documentedRules());
  if (problems.length > 0) throw new CommandError(problems.join('\n  '), exitStatus.usage);
  return read;
}

interface ConfigText {
  readonly path: string;
  readonly text: string;
}

function readConfig(path: string, system: System): ConfigText {
  const text = system.read(path);
  if (isFailure(text)) throw new CommandError(`--config: ${explainFailure(text)}`);
  return { path, text };
}

/** In the current folder, or the nearest above it. One that is there and cannot be read is told: without it other things are found. */
function findNearest(system: System): ConfigText | null {
  let above = '';
  for (let depth = 0; depth < mostFolders; depth += 1) {
    const path = `${above}${configName}`;
    const text = system.read(path);
    if (!isFailure(text)) return { path, text };
    if (text.errno !== 'ENOENT' && text.errno !== 'ENOTDIR')
      throw new CommandError(`${explainFailure(text)}; --isolated reads none`);
    const here = system.stat(above === '' ? '.' : above);
    const next = system.stat(`${above}..`);
    if (isFailure(here) || isFailure(next) || here.id === next.id) return null;
    above = `${above}../`;
  }
  return null;
}

/** The folder that the paths of the file are below, as one would name it from here: "" or "../../". */
export function folderOfConfig({ path }: LinterConfig): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The trees to lint where the command line names nothing. */
export function rootsOf(config: LinterConfig): readonly string[] {
  return config.roots.map((root) => (root.startsWith('/') ? root : `${folderOfConfig(config)}${root}`));
}

/** Which line leaves a file out. `root`: its path is that in a tree; null: in a snapshot; undefined: as it was named. */
export function exclusionOf(
  config: LinterConfig,
  system: System,
  root: string | null | undefined,
): ((path: string) => string | null) | null {
  if (config.exclude.length === 0) return null;
  const here = root === null ? [] : splitPath(workingDirectory(system));
  const from = (path: string) =>
    splitPath(path.startsWith('/') ? path : `${here.map((part) => `${part}/`).join('')}${path}`);
  const folder = from(folderOfConfig(config));
  const inProject = (path: string): string | null => {
    const parts = from(path);
    return folder.every((part, at) => parts[at] === part) ? parts.slice(folder.length).join('/') : null;
  };
  const known = new Map<string, string | null>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const place = typeof root === 'string' || root === null ? { root: '', place: path } : placeFile(path);
    const found = findExclusion(config.exclude, {
      inGuest: place.root === null ? null : `/${splitPath(place.place).join('/')}`,
      inProject: root === null ? null : inProject(root === undefined ? path : `${root}/${path}`),
    });
    known.set(path, found);
    return found;
  };
}

/** The real one, as `..` leads to the real parent: a shell's PWD may go through links. */
function workingDirectory(system: System): string {
  const real = system.readlink('/proc/self/cwd');
  if (!isFailure(real)) return real;
  const named = system.env('PWD');
  const here = system.stat('.');
  const there = named === undefined ? here : system.stat(named);
  if (named?.startsWith('/') === true && !isFailure(here) && !isFailure(there) && here.id === there.id) return named;
  throw new CommandError(`exclude: cannot tell the current folder (${explainFailure(real)})`);
}
