/** What parsers and daemons' own readings find, as findings. */
import type { FileDenial } from '../judgement/file-reader.ts';
import type { ManagerProblem } from '../judgement/judge.ts';
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

/** What a daemon cannot open for want of rights. */
export function describeDenial({ manager, file, path, message, isDirectory }: FileDenial): ManagerProblem {
  return {
    kind: 'permissions',
    manager,
    place: { source: file.source, span: { start: 0, end: 0 } },
    message: `'${path}': ${message}`,
    consequence: isDirectory
      ? 'it finds none of the files in there, and the next match takes the link'
      : 'it cannot open the file, and a drop-in that it cannot open takes the whole unit with it',
    fatal: true,
  };
}
