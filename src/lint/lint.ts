/** Runs the rules over a judged configuration: findings in a stable order, less those that comments take back. */
import { allRules, completeFinding, isChosen, settleFindings, type RuleChoice } from '../findings/settle.ts';
import { findSuppressions } from '../findings/suppression.ts';
import { rules } from './rules/all.ts';
import type { Finding } from '../findings/finding.ts';
import { noteRewritten } from './rewritten-files.ts';
import { hideSecrets } from './hide-secrets.ts';
import type { LintView } from './rule.ts';

export function lintConfiguration(view: LintView, choice: RuleChoice = allRules): readonly Finding[] {
  const chosen = rules.filter((rule) => isChosen(rule, choice));
  const found = chosen.flatMap((rule) =>
    rule.check(view).map((finding) => noteRewritten(completeFinding(rule, finding))),
  );
  const files = [...new Set([...[...view.files.values()].flat(), ...view.bootFiles])];
  const suppressions = files
    .filter(({ source }) => source.origin === undefined)
    .flatMap((file) => findSuppressions(file));
  return settleFindings(found, suppressions, rules, choice).map((finding) => hideSecrets(finding));
}
