/** What `explain` prints for people: the answer first, a line a phase; then, where it is asked for, each manager's reasons. */
import { configuresLinks } from '../managers/all.ts';
import { positionAt, type Place } from '../text/source.ts';
import { printable } from '../report/table.ts';
import { answersOf, type Answer } from '../lint/answers.ts';
import type { Claim, Decision } from '../managers/claim.ts';

/** What one manager does to one link, in the phases in which it is the same. */
export interface Explanation {
  readonly decision: Decision;
  readonly phases: readonly string[];
  readonly titles: readonly string[];
  /** Where a run looks at several guests. */
  readonly guest?: string;
}

/** A block a link: in which phases who configures it, by what. */
export function renderAnswers(explained: readonly Explanation[]): string {
  const links = new Map<string, Map<string, string[]>>();
  for (const { decision, titles, guest } of explained) {
    const name = headingOf(decision, guest);
    const phases = links.get(name) ?? new Map<string, string[]>();
    links.set(name, phases);
    for (const title of titles) {
      const answers = phases.get(title) ?? [];
      phases.set(title, answers);
      answers.push(...answersOf(decision).map(printAnswer));
    }
  }
  return [...links].map(([name, phases]) => `${name}\n${renderPhases(phases)}`).join('\n');
}

function renderPhases(phases: ReadonlyMap<string, readonly string[]>): string {
  const same = new Map<string, string[]>();
  for (const [title, answers] of phases) {
    const answer = (answers.length === 0 ? ['nobody configures it'] : answers).map((line) => `    ${line}\n`).join('');
    same.set(answer, [...(same.get(answer) ?? []), title]);
  }
  return [...same].map(([answer, titles]) => `  ${titles.join('; ')}:\n${answer}`).join('');
}

function printAnswer({ manager, does, place, reason }: Answer): string {
  return `${manager} ${printable(does)}: ${place === null ? '' : `${where(place)}, `}${printable(reason)}`;
}

function headingOf({ link }: Decision, guest: string | undefined): string {
  return `${guest === undefined ? '' : `${printable(guest)}: `}${printable(link.name)} (${link.role})`;
}

/** `all`: with what does not match, and what udev's own rules set. */
export function renderDetails(explained: readonly Explanation[], all: boolean): string {
  const lines: string[] = [];
  let heading = '';
  for (const { decision, titles, guest } of explained) {
    const { manager, winners, losers, passed } = decision;
    const title = `${headingOf(decision, guest)}, ${titles.join('; ')}`;
    if (title !== heading) lines.push(`${heading === '' ? '' : '\n'}${title}\n`);
    heading = title;
    if (winners.length === 0)
      lines.push(`  ${manager}: ${configuresLinks(manager) ? 'leaves it alone' : 'does nothing to it'}\n`);
    for (const claim of winners.filter((one) => all || !isRoutine(one))) {
      const sure = claim.verdict === 'yes' ? '' : 'maybe ';
      lines.push(`  ${manager}: ${sure}${describeEffects(claim)}\n      ${describeClaim(claim)}\n`);
    }
    for (const { claim, why } of losers)
      lines.push(`      loses: ${describeClaim(claim)}\n             ${printable(why)}\n`);
    if (all) for (const claim of passed) lines.push(`      does not match: ${describeClaim(claim)}\n`);
  }
  return lines.join('');
}

/** Properties that the distribution's own rules set on every link. */
function isRoutine({ manager, place, effects }: Claim): boolean {
  const shipped = /^\/(?:usr\/lib|lib)\//.test(place.source.path);
  return manager === 'udev' && shipped && effects.every(({ kind }) => kind === 'property');
}

function describeEffects({ effects }: Claim): string {
  const words = effects.map(({ kind, detail }) => (detail === undefined ? kind : `${kind} ${printable(detail)}`));
  return words.length === 0 ? 'takes it, and changes nothing' : words.join(', ');
}

function describeClaim({ place, reason, loweredTo }: Claim): string {
  const lowered = loweredTo === undefined ? '' : ` (as ${printable(loweredTo)})`;
  return `${where(place)}${lowered}: ${printable(reason)}`;
}

function where({ source, span }: Place): string {
  return `${printable(source.path)}:${positionAt(source, span.start).line}`;
}
