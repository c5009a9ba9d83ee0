/** What parsers and daemons' own readings find, as findings. */
import type { Problem } from '../managers/claim.ts';
import type { RuleFinding } from '../findings/rule.ts';
import type { LintView } from './rule.ts';

export function findProblems({ problems }: LintView, kinds: readonly Problem['kind'][]): readonly RuleFinding[] {
  return problems
    .filter(({ kind, place }) => kinds.includes(kind) && isOurs(place.source.path))
    .map(({ kind, manager, message, consequence, place, fatal, writtenBy }) => {
      // whoever asked for it can spell no key better that another program writes
      const isWritten = kind === 'unknown-key' && writtenBy !== undefined;
      return {
        message: isWritten ? `${message}, which ${writtenBy} writes for this` : message,
        place,
        help: `${manager}: ${consequence}`,
        severity: fatal === true ? 'error' : isWritten ? 'info' : undefined,
      };
    });
}

/** The distribution's own files are its own affair. */
function isOurs(path: string): boolean {
  return !/^\/(?:usr\/lib|lib)\//.test(path);
}
