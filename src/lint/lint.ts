/** Runs the rules over a judged configuration: findings in a stable order, less those that comments take back. */
import { positionAt } from '../text/source.ts';
import type { Finding } from './finding.ts';
import type { LintView, Rule, RuleFinding } from './rule.ts';
import { rules } from './rules/all.ts';
import { suppressionUnused } from './rules/fo901-suppression-unused.ts';
import { suppressionWithoutReason } from './rules/fo902-suppression-without-reason.ts';
import { findSuppressions, suppress, type Suppression } from './suppression.ts';

export interface RuleChoice {
  /** Ids, names or beginnings of ids (FO1); empty: all. */
  readonly select: readonly string[];
  readonly ignore: readonly string[];
}

export const allRules: RuleChoice = { select: [], ignore: [] };

export function lintConfiguration(view: LintView, choice: RuleChoice = allRules): readonly Finding[] {
  const chosen = rules.filter((rule) => isChosen(rule, choice));
  const found = chosen.flatMap((rule) => rule.check(view).map((finding) => complete(rule, finding)));
  const files = [...new Set([...[...view.files.values()].flat(), ...view.bootFiles])];
  const suppressions = files
    .filter(({ source }) => source.origin === undefined)
    .flatMap((file) => findSuppressions(file));
  const { findings, unused } = suppress(unique(found), suppressions);
  const meta = [
    ...(isChosen(suppressionUnused, choice)
      ? unused.filter((one) => isOfChosen(one, chosen)).map((one) => tellUnused(one))
      : []),
    ...(isChosen(suppressionWithoutReason, choice)
      ? suppressions.filter(({ reason }) => reason === '').map((one) => tellReasonless(one))
      : []),
  ];
  return [...findings, ...unique(meta)].sort(compareFindings);
}

export function isChosen({ id, name }: Pick<Rule, 'id' | 'name'>, { select, ignore }: RuleChoice): boolean {
  const names = (word: string) => word === name || id.startsWith(word);
  return (select.length === 0 || select.some(names)) && !ignore.some(names);
}

/** One that is for rules that were not run may well be of use. */
function isOfChosen({ rules: named }: Suppression, chosen: readonly Rule[]): boolean {
  return named.some(
    (word) =>
      chosen.some(({ id, name }) => id === word || name === word) ||
      !rules.some(({ id, name }) => id === word || name === word),
  );
}

function complete(rule: Rule, { message, place, severity, related, link, phase, help, fix }: RuleFinding): Finding {
  return {
    rule: rule.id,
    name: rule.name,
    severity: severity ?? rule.severity,
    message,
    place,
    related: related ?? [],
    ...(link === undefined ? {} : { link }),
    ...(phase === undefined ? {} : { phase }),
    ...(help === undefined ? {} : { help }),
    fix: fix ?? null,
  };
}

function tellUnused({ place, rules: named }: Suppression): Finding {
  const known = named.every((word) => rules.some(({ id, name }) => id === word || name === word));
  const message = known
    ? `nothing to ignore: no finding of ${named.join(', ')} here`
    : `'${named.join(',')}' is no rule: expected ids like FO101; see 'failoverctl rule'`;
  return complete(suppressionUnused, { message, place, fix: removeLine(place, 'remove the comment') });
}

function removeLine(place: Suppression['place'], description: string): Finding['fix'] {
  const { text } = place.source;
  const start = text.lastIndexOf('\n', place.span.start - 1) + 1;
  const end = text.indexOf('\n', place.span.end);
  const span = { start, end: end < 0 ? text.length : end + 1 };
  return { description, safe: true, edits: [{ place: { source: place.source, span }, text: '' }] };
}

function tellReasonless({ place, rules: named }: Suppression): Finding {
  const what = named.length === 0 ? 'a rule and a reason' : `a reason after ${named.join(',')}`;
  return complete(suppressionWithoutReason, { message: `expected ${what}: the comment takes nothing back`, place });
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, place, message }) => {
    const key = `${rule}\0${place.source.path}\0${place.span.start}\0${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function compareFindings(a: Finding, b: Finding): number {
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
