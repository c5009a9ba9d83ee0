/** What changes between two configurations: about who claims what, and which findings come and go. */
import { answersOf, slotOf, type Answer } from './answers.ts';
import { positionAt } from '../text/source.ts';
import type { Finding } from '../findings/finding.ts';
import type { LintView } from './rule.ts';

/** A configuration before or after. */
export interface Side {
  readonly guests: readonly {
    /** From the folder that is compared; null: the only one. */
    readonly guest: string | null;
    readonly view: LintView;
  }[];
  readonly findings: readonly Finding[];
  /** A path as the other side would name it. */
  readonly relative: (path: string) => string;
}

/** What is not the same, in phases in which the same changes. */
export interface ChangedLink {
  readonly guest: string | null;
  /** The link's name after, or before where it is gone. */
  readonly link: string;
  readonly role: string;
  readonly phases: readonly string[];
  readonly titles: readonly string[];
  /** Empty: nobody configures it. */
  readonly before: readonly Answer[];
  readonly after: readonly Answer[];
}

interface Cell {
  readonly guest: string | null;
  readonly link: string;
  readonly role: string;
  readonly phase: string;
  readonly title: string;
  readonly answers: Answer[];
}

/** A line that only moved changes nothing. */
export function changedClaims(before: Side, after: Side): readonly ChangedLink[] {
  const old = cellsOf(before);
  const fresh = cellsOf(after);
  const changed = new Map<string, ChangedLink & { phases: string[]; titles: string[] }>();
  for (const key of new Set([...fresh.keys(), ...old.keys()])) {
    const cell = fresh.get(key) ?? old.get(key);
    const [was, is] = [old.get(key)?.answers ?? [], fresh.get(key)?.answers ?? []];
    const [wasKey, isKey] = [keysOf(was, before), keysOf(is, after)];
    if (cell === undefined || wasKey === isKey) continue;
    const { guest, link, role, phase, title } = cell;
    const same = [guest ?? '', link, wasKey, isKey].join('\0');
    const known = changed.get(same) ?? { guest, link, role, phases: [], titles: [], before: was, after: is };
    changed.set(same, known);
    known.phases.push(phase);
    known.titles.push(title);
  }
  return [...changed.values()];
}

function cellsOf({ guests, relative }: Side): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { guest, view } of guests)
    for (const decision of view.decisions) {
      const { link, phase } = decision;
      const place = guest === null ? null : relative(guest);
      const key = [place ?? '', phase.name, slotOf(link)].join('\0');
      const { name, role } = link;
      const known = cells.get(key) ?? {
        guest: place,
        link: name,
        role,
        phase: phase.name,
        title: phase.title,
        answers: [],
      };
      cells.set(key, known);
      known.answers.push(...answersOf(decision));
    }
  return cells;
}

function keysOf(answers: readonly Answer[], { relative }: Side): string {
  return answers
    .map(({ manager, does, place, reason }) =>
      [manager, does, place === null ? '' : relative(place.source.path), reason].join('\0'),
    )
    .sort()
    .join('\n');
}

/** A finding is the same where its rule, file, line's text and what it is about are, wherever the line is. */
export function changedFindingsBetween(
  before: Side,
  after: Side,
): { readonly gone: readonly Finding[]; readonly come: readonly Finding[] } {
  return { gone: without(before, after), come: without(after, before) };
}

function without(side: Side, other: Side): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const finding of other.findings) {
    const key = identityOf(finding, other);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return side.findings.filter((finding) => {
    const key = identityOf(finding, side);
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    return left <= 0;
  });
}

function identityOf({ rule, place, phase = '', severity }: Finding, { relative }: Side): string {
  const { source, span } = place;
  const { line } = positionAt(source, span.start);
  const text = source.builtIn ?? (source.text.split('\n', line)[line - 1] ?? '').trim();
  return [rule, severity, relative(source.path), text, phase].join('\0');
}
