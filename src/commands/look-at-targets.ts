/** What `explain` and `map` look at: a system, a tree or named files, with what no output may show taken out. */
import { describeCoverage, joinCoverage, type Coverage } from '../lint/coverage.ts';
import { clearedSystem } from '../secrets/cleared-system.ts';
import type { System } from '../system/system.ts';
import { CommandError } from './command.ts';
import { openGuest, type GuestOptions, type OpenedGuest } from './guest.ts';
import { readFilesTargets, readSystemTarget, type Target, type TargetOptions } from './lint-target.ts';
import { readNamedFiles } from './named-files.ts';

export interface LookedAt {
  readonly targets: readonly Target[];
  readonly coverage: Coverage;
  /** Something could not be read, which is told. */
  readonly hasTroubles: boolean;
}

/** A guest, and what it is called. */
export interface NamedTree extends OpenedGuest {
  readonly name: string;
}

export function openNamed(system: System, place: GuestOptions): NamedTree {
  return { ...openGuest(system, place), name: place.root ?? place.snapshot ?? 'this system' };
}

/** Throws where nothing was judged. */
export async function lookAtTargets(
  system: System,
  { tree: files, live, name }: NamedTree,
  paths: readonly string[],
  options: Omit<TargetOptions, 'live' | 'name'>,
): Promise<LookedAt> {
  const tree = clearedSystem(files);
  const how = { ...options, live, name };
  const targets =
    paths.length === 0
      ? [await readSystemTarget(tree, how)]
      : await readFilesTargets(tree, readNamedFiles(tree, paths), how);
  const troubles = targets.flatMap((target) => target.troubles);
  const coverage = joinCoverage(targets.map((target) => target.coverage));
  const why =
    coverage.judged.length > 0
      ? undefined
      : (troubles.pop() ?? `${paths.join(', ') || name}: ${describeCoverage(coverage)}`);
  for (const trouble of troubles) system.err(`${options.command}: ${trouble}\n`);
  if (why !== undefined) throw new CommandError(why);
  return { targets, coverage, hasTroubles: troubles.length > 0 };
}
