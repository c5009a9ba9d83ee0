/** What lint finds in a tree with our files in place: install says it, since nothing of it will be mended by itself. */
import { lintConfiguration } from '../lint/lint.ts';
import { renderConcise } from '../report/concise.ts';
import type { System } from '../system/system.ts';
import { readSystemTarget } from './lint-target.ts';

interface Circumstances {
  /** The tree is the running system. */
  readonly live: boolean;
  /** The master's configuration is left to cloud-init, and it has been said. */
  readonly isLeft: boolean;
}

/** Lines for people, or nothing where lint is clean. */
export async function describeLeft(tree: System, { live, isLeft }: Circumstances): Promise<string> {
  const how = { assumption: null, live, command: 'failoverctl lint', name: 'this system' } as const;
  const { view } = await readSystemTarget(tree, how);
  const left = lintConfiguration(view, { select: [], ignore: isLeft ? ['FO112'] : [] }).filter(
    ({ severity }) => severity !== 'info',
  );
  if (left.length === 0) return '';
  const howMany = left.length === 1 ? 'a problem is' : `${left.length} problems are`;
  return `${howMany} left that install does not change ('failoverctl lint' says more):\n${renderConcise(left)}`;
}
