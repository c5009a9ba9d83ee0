/** Findings chosen, completed, less those that comments suppress, and in a stable order: what every linter of ours shares. */
import { positionAt } from '../text/source.ts';
import { suppressionUnused } from './fo901-suppression-unused.ts';
import { suppressionWithoutReason } from './fo902-suppression-without-reason.ts';
import { suppress, type Suppression } from './suppression.ts';
import type { Finding } from './finding.ts';
import type { RuleFinding, RuleHeader, RuleIdentity } from './rule.ts';

export interface RuleChoice {
  /** Ids, names or beginnings of ids (FO1); empty: all. */
  readonly select: readonly string[];
  readonly ignore: readonly string[];
}

export const allRules: RuleChoice = { select: [], ignore: [] };

/** Findings less those that comments take back, with what is to be said of the comments, in a stable order. */
export function settleFindings(
  found: readonly Finding[],
  suppressions: readonly Suppression[],
  known: readonly RuleIdentity[],
  choice: RuleChoice,
): readonly Finding[] {
  const { findings, unused } = suppress(unique(found), suppressions);
  const meta = [
    ...(isChosen(suppressionUnused, choice)
      ? unused.filter((one) => isOfChosen(one, known, choice)).map((one) => tellUnused(one, known))
      : []),
    ...(isChosen(suppressionWithoutReason, choice)
      ? suppressions.filter(({ reason }) => reason === '').map((one) => tellReasonless(one))
      : []),
  ];
  return [...findings, ...unique(meta)].sort(compareFindings);
}

export function isChosen({ id, name }: RuleIdentity, { select, ignore }: RuleChoice): boolean {
  const names = (word: string) => word === name || id.startsWith(word);
  return (select.length === 0 || select.some(names)) && !ignore.some(names);
}

/** One that is for rules that were not run may well be of use. */
function isOfChosen({ rules: named }: Suppression, known: readonly RuleIdentity[], choice: RuleChoice): boolean {
  return named.some((word) => {
    const meant = known.filter(({ id, name }) => id === word || name === word);
    return meant.length === 0 || meant.some((rule) => isChosen(rule, choice));
  });
}

/** What a rule says, as a finding of that rule. */
export function completeFinding(
  rule: RuleHeader,
  { message, place, severity, related, link, phase, concerns, help, fix }: RuleFinding,
): Finding {
  return {
    rule: rule.id,
    name: rule.name,
    severity: severity ?? rule.severity,
    message,
    place,
    related: related ?? [],
    ...(link === undefined ? {} : { link }),
    ...(phase === undefined ? {} : { phase }),
    ...(concerns === undefined ? {} : { concerns }),
    ...(help === undefined ? {} : { help }),
    fix: fix ?? null,
  };
}

function tellUnused({ place, rules: named }: Suppression, known: readonly RuleIdentity[]): Finding {
  const areKnown = named.every((word) => known.some(({ id, name }) => id === word || name === word));
  const message = areKnown
    ? `nothing to ignore: no finding of ${named.join(', ')} here`
    : `'${named.join(',')}' is no rule: expected ids like FO101; see 'failoverctl rule'`;
  return completeFinding(suppressionUnused, { message, place, fix: removeLine(place, 'remove the comment') });
}

/** With its line, where it is alone on it: in XML something else may stand beside it. */
function removeLine(place: Suppression['place'], description: string): Finding['fix'] {
  const { text } = place.source;
  const start = text.lastIndexOf('\n', place.span.start - 1) + 1;
  const newline = text.indexOf('\n', place.span.end);
  const end = newline < 0 ? text.length : newline + 1;
  const rest = text.slice(start, place.span.start) + text.slice(place.span.end, end);
  const span = rest.trim() === '' ? { start, end } : place.span;
  return { description, safe: true, edits: [{ place: { source: place.source, span }, text: '' }] };
}

function tellReasonless({ place, rules: named }: Suppression): Finding {
  const what = named.length === 0 ? 'a rule and a reason' : `a reason after ${named.join(',')}`;
  return completeFinding(suppressionWithoutReason, {
    message: `expected ${what}: the comment takes nothing back`,
    place,
  });
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, place, message }) => {
    const key = `${rule}\0${place.source.path}\0${place.span.start}\0${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** By file, place, rule and words. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compare(a.place.source.path, b.place.source.path) ||
    a.place.span.start - b.place.span.start ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "PATH:LINE:COLUMN: severity: message [FO101]", for logs. */
export function describeFinding({ place, severity, message, rule }: Finding): string {
  const { line, column } = positionAt(place.source, place.span.start);
  return `${place.source.path}:${line}:${column}: ${severity}: ${message} [${rule}]`;
}
