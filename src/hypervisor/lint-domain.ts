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

/** A domain without a failover pair, with what it has instead: that nothing is found in it is no praise. */
export interface UnpairedDomain {
  readonly file: string;
  readonly domain: string | null;
  /** All <interface> and <hostdev>; those that are passed through; those with <teaming>. */
  readonly networkDevices: number;
  readonly hostDevices: number;
  readonly teamedDevices: number;
}

/** Null: it has a pair, or cannot be read. */
export function findUnpaired(source: Source): UnpairedDomain | null {
  const { document, domain } = readDomain(source);
  if (document.faults.length > 0 || domain === null || teamedPairs(domain).length > 0) return null;
  const { devices, name } = domain;
  return {
    file: source.path,
    domain: name ?? null,
    networkDevices: devices.length,
    hostDevices: devices.filter(isHostDevice).length,
    teamedDevices: devices.filter(({ teaming }) => teaming.length > 0).length,
  };
}

export function describeUnpaired(unpaired: UnpairedDomain): string {
  const { file, domain, networkDevices, hostDevices, teamedDevices } = unpaired;
  const devices = `${networkDevices} network device${networkDevices === 1 ? '' : 's'}`;
  const found = [devices, `${hostDevices} of the host's`, `${teamedDevices} with <teaming>`].join(', ');
  const whose = domain === null ? 'the domain' : `domain '${domain}'`;
  return `'${file}': ${whose} has no failover pair (${found}): there was nothing to judge but these`;
}
