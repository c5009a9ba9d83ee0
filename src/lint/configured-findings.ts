/** Findings as failoverctl.yaml wants them: rules that are off are counted, others get the severity that it says. */
import { isBeginning, type LinterConfig, type RuleSetting } from './linter-config.ts';
import type { Finding } from '../findings/finding.ts';

/** What a line of failoverctl.yaml kept out of the report: files, or findings of a rule. */
export type LeftOut =
  | { readonly by: string; readonly files: number }
  | { readonly by: string; readonly rule: string; readonly findings: number };

export function configureFindings(
  findings: readonly Finding[],
  { rules }: Pick<LinterConfig, 'rules'>,
): { readonly findings: readonly Finding[]; readonly leftOut: readonly LeftOut[] } {
  const counts = new Map<string, { by: string; rule: string; findings: number }>();
  const kept = findings.flatMap((finding): Finding[] => {
    const found = settingFor(finding, rules);
    if (found === null || found.setting === 'on') return [finding];
    if (found.setting !== 'off') return [{ ...finding, severity: found.setting }];
    const key = `${found.by}\0${finding.rule}`;
    const count = counts.get(key) ?? { by: found.by, rule: finding.rule, findings: 0 };
    count.findings += 1;
    counts.set(key, count);
    return [];
  });
  return { findings: kept, leftOut: [...counts.values()] };
}

/** A name says more than an id's beginning, and a long beginning more than a short one. */
function settingFor({ rule, name }: Finding, rules: readonly RuleSetting[]): RuleSetting | null {
  let best: RuleSetting | null = null;
  let length = -1;
  for (const one of rules) {
    const precision = one.word === name ? rule.length : isBeginning(one.word, rule) ? one.word.length : -1;
    if (precision < length || precision < 0) continue;
    best = one;
    length = precision;
  }
  return best;
}

/** The same line of the file counts once in a run. */
export function joinLeftOut(parts: readonly LeftOut[]): readonly LeftOut[] {
  const joined = new Map<string, LeftOut>();
  for (const one of parts) {
    const key = 'rule' in one ? `${one.by}\0${one.rule}` : one.by;
    const before = joined.get(key);
    if (before === undefined) joined.set(key, one);
    else if ('rule' in one && 'rule' in before) joined.set(key, { ...one, findings: one.findings + before.findings });
    else if ('files' in one && 'files' in before) joined.set(key, { ...one, files: one.files + before.files });
  }
  return [...joined.values()];
}
