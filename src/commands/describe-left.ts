/** What lint finds in a tree with our files in place: install says it, since nothing of it will be mended by itself. */
import { renderConcise } from '../report/concise.ts';
import { printable } from '../report/table.ts';
import type { System } from '../system/system.ts';
import { CommandError } from './command.ts';
import { lintAnyVersion } from './lint-any-version.ts';
import { readSystemTarget, type Target } from './lint-target.ts';
import type { TargetFacts } from '../inventory/releases.ts';

interface Circumstances {
  /** The tree is the running system. */
  readonly live: boolean;
  /** The master's configuration is left to cloud-init, and it has been said. */
  readonly isLeft: boolean;
}

/** Lines for people, or nothing where lint is clean. */
export async function describeLeft(tree: System, { live, isLeft }: Circumstances): Promise<string> {
  const choice = { select: [], ignore: isLeft ? ['FO112'] : [] };
  const { findings } = await lintAnyVersion(async (target) => [await look(tree, live, target)], choice);
  const left = findings.filter(({ severity }) => severity !== 'info');
  if (left.length === 0) return '';
  const howMany = left.length === 1 ? 'a problem is' : `${left.length} problems are`;
  const lines = left.map(
    (one) => renderConcise([one]) + (one.help === undefined ? '' : `  to do: ${printable(one.help)}\n`),
  );
  return `${howMany} left that install does not change ('failoverctl lint' says more):\n${lines.join('')}`;
}

/** What cannot be read any more is no fault of what has just been written. */
async function look(tree: System, live: boolean, target: TargetFacts): Promise<Target> {
  try {
    return await readSystemTarget(tree, {
      assumption: null,
      live,
      target,
      command: 'failoverctl lint',
      name: 'this system',
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`all files are done, but what is left to mend cannot be told: ${error.message}`);
  }
}
