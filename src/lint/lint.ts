/** Runs the rules over a judged configuration: findings in a stable order, less those that comments take back. */
import { allRules, completeFinding, isChosen, settleFindings, type RuleChoice } from '../findings/settle.ts';
import { findSuppressions } from '../findings/suppression.ts';
import { rules } from './rules/all.ts';
import type { Finding } from '../findings/finding.ts';
import { noteRewritten } from './rewritten-files.ts';
import { hideSecrets } from './hide-secrets.ts';
import type { LintView } from './rule.ts';
import type { Source } from '../text/source.ts';

export function lintConfiguration(view: LintView, choice: RuleChoice = allRules): readonly Finding[] {
  const chosen = rules.filter((rule) => isChosen(rule, choice));
  const found = chosen.flatMap((rule) =>
    rule.check(view).map((finding) => noteRewritten(completeFinding(rule, finding))),
  );
  const files = [...[...view.files.values()].flat(), ...view.bootFiles, ...view.filterFiles];
  const suppressions = uniqueByPath(files.flatMap(({ source }) => writtenSource(source) ?? [])).flatMap((source) =>
    findSuppressions({ source }),
  );
  const settled = settleFindings(found, suppressions, rules, choice);
  return settled.map((finding) => hideSecrets(withoutCarrierFix(finding)));
}

/** As somebody wrote it; null: it was made from another. */
function writtenSource(source: Source): Source | null {
  if (source.origin === undefined) return source;
  return source.origin.carried === true ? source.origin.placeOf({ start: 0, end: 0 }).source : null;
}

function uniqueByPath(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [source.path, source])).values()];
}

/** What a file carries is indented, escaped or encoded there: an edit of it would not fit. */
function withoutCarrierFix(finding: Finding): Finding {
  const isCarried = finding.fix?.edits.some(({ place }) => place.source.carries !== undefined) === true;
  return isCarried ? { ...finding, fix: null } : finding;
}
