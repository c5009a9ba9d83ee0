/** A libvirt domain's text in, findings out: the rules, without what XML comments suppress. */
import { completeFinding, isChosen, settleFindings, type RuleChoice } from '../findings/settle.ts';
import { suppressionUnused } from '../findings/fo901-suppression-unused.ts';
import { suppressionWithoutReason } from '../findings/fo902-suppression-without-reason.ts';
import type { Source } from '../text/source.ts';
import { isHostDevice, readDomain, teamedPairs } from './domain.ts';
import { domainRules } from './rules/all.ts';
import { domainNotWellFormed, findFaults } from './rules/fo500-domain-not-well-formed.ts';
import { findXmlSuppressions } from './suppressions.ts';
import type { DomainRule, HostView } from './rules/rule.ts';
import type { Finding } from '../findings/finding.ts';

/** Those that a domain's findings, and its comments, may name. */
export const lintRules: readonly Pick<DomainRule, 'id' | 'name' | 'severity' | 'what' | 'why'>[] = [
  ...domainRules,
  suppressionUnused,
  suppressionWithoutReason,
];

/** A string says that there is no domain to look at: the text is well-formed and is something else. */
export function lintDomain(source: Source, host: HostView, choice: RuleChoice): readonly Finding[] | string {
  const { document, domain } = readDomain(source);
  if (document.faults.length > 0) {
    const faults = isChosen(domainNotWellFormed, choice)
      ? findFaults(document).map((finding) => completeFinding(domainNotWellFormed, finding))
      : [];
    return settleFindings(faults, [], lintRules, choice);
  }
  if (domain === null) return `'${source.path}': <${document.root?.name ?? ''}> holds no <domain>`;
  const found = domainRules
    .filter((rule) => isChosen(rule, choice))
    .flatMap((rule) => rule.check(domain, host).map((finding) => completeFinding(rule, finding)));
  return settleFindings(found, findXmlSuppressions(document), lintRules, choice);
}

/** What was looked at, where a domain has no failover pair, so that no finding is no praise; null: it has one, or cannot be read. */
export function describeUnpaired(source: Source): string | null {
  const { document, domain } = readDomain(source);
  if (document.faults.length > 0 || domain === null || teamedPairs(domain).length > 0) return null;
  const { devices, name } = domain;
  const hosted = devices.filter(isHostDevice).length;
  const teamed = devices.filter(({ teaming }) => teaming.length > 0).length;
  const found = [`${devices.length} network devices`, `${hosted} of the host's`, `${teamed} with <teaming>`].join(', ');
  const whose = name === undefined ? 'the domain' : `domain '${name}'`;
  return `'${source.path}': ${whose} has no failover pair (${found}): there was nothing to judge but these`;
}
