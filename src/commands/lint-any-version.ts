/**
 * Findings of targets, and where a daemon's version is not known, also what the oldest and the newest that were asked would do
 * wrong: what turns on a version is told, whichever the guest has. Faults of files are told for a version that is known.
 */
import type { Finding } from '../findings/finding.ts';
import { compareFindings, type RuleChoice } from '../findings/settle.ts';
import { parseTarget, type TargetFacts } from '../inventory/releases.ts';
import { joinFindings } from '../lint/changed-findings.ts';
import { lintConfiguration } from '../lint/lint.ts';
import { findManager } from '../managers/all.ts';
import type { Target } from './lint-target.ts';

const bounds = ['debian12', 'debian-sid'];

export async function lintAnyVersion<Targets extends readonly Target[]>(
  read: (target: TargetFacts) => Promise<Targets>,
  choice: RuleChoice,
  target: TargetFacts = {},
): Promise<{ readonly targets: Targets; readonly findings: readonly Finding[] }> {
  const targets = await read(target);
  const findings = lintTargets(targets, choice);
  const unknown = findUnknown(targets);
  if (unknown.size === 0) return { targets, findings };
  const known = new Set(findings.map(placeOf));
  const more: { readonly name: string; readonly findings: readonly Finding[] }[] = [];
  for (const name of bounds) {
    const facts = Object.entries(parseTarget(name)).filter(([fact]) => unknown.has(fact));
    const found = lintTargets(await read({ ...target, ...Object.fromEntries(facts) }), choice);
    more.push({ name, findings: found.filter((one) => !/^FO[09]/.test(one.rule) && !known.has(placeOf(one))) });
  }
  return { targets, findings: [...findings, ...joinFindings(more)].sort(compareFindings) };
}

/** One mistake is told once, though it may take other links in another version. */
function placeOf({ rule, place }: Finding): string {
  return `${rule}\0${place.source.path}\0${place.span.start}`;
}

function lintTargets(targets: readonly Target[], choice: RuleChoice): readonly Finding[] {
  return targets.flatMap(({ view, guest }) => nameGuest(lintConfiguration(view, choice), guest));
}

export function nameGuest(findings: readonly Finding[], guest: string | null): readonly Finding[] {
  return guest === null ? findings : findings.map((finding) => Object.assign({}, finding, { guest }));
}

function findUnknown(targets: readonly Target[]): ReadonlySet<string> {
  const managers = targets.flatMap(({ coverage }) => coverage.judged.flatMap(({ managers: judged }) => judged));
  // one that has a version is there: without files of its own it would become cloud-init's choice
  const unknown = managers.filter(({ version, files, generated }) => version === null && files + generated > 0);
  return new Set(unknown.flatMap(({ manager }) => findManager(manager)?.versionFact ?? []));
}
