/**
 * udev as far as it names and marks links: rules that set NAME=, properties, MAC or MTU, and .link files. It configures
 * no addresses, but what it names and marks decides what network managers match.
 */
import type { RulesFile } from './rule-model.ts';
import { type Guest, isUncertainProperty, type LinkFacts, type Phase } from '../../topology/guest.ts';
import type { Claim, ConfigFile, Decision, JudgeContext, Judgement, Manager, Problem } from '../claim.ts';
import { collectUnits, networkDirectories } from '../systemd/files.ts';
import { shareByFacts } from '../systemd/link-facts.ts';
import type { MatchSubject } from '../systemd/match-subject.ts';
import { claimLink, readLinkFiles, readMacPolicy } from './link-files.ts';
import { collectRules, lastAction, predictLinkAtSetup, rulesDirectories } from './predict.ts';
import { createRun, type RulesRun } from './run.ts';
import { claimsOf } from './rule-claims.ts';
import { misfiled } from './misfiled.ts';

export const udev: Manager = {
  name: 'udev',
  misfiled,
  locations: [
    ...rulesDirectories.map((path) => ({ path, pattern: /\.rules$/ })),
    ...networkDirectories.map((path) => ({ path, pattern: /\.link$/, dropIns: true })),
  ],
  recognise: (path) => /\.(?:rules|link)$|\.link\.d\/[^/]*\.conf$/.test(path),
  judge: judgeUdev,
  renames: true,
};

export function judgeUdev(files: readonly ConfigFile[], guest: Guest, context?: JudgeContext): Judgement {
  const version = guest.host.systemdVersion;
  const rules = collectRules(files, version, context);
  const run = createRun(rules.files, guest);
  const links = readLinkFiles(collectUnits(files, '.link'), version);
  const claimOnce = shareByFacts((atSetup: LinkFacts, link: LinkFacts) =>
    claimLink(links.files, subjectOf(atSetup), link, guest),
  );
  const decisions = guest.phases.flatMap((phase) => phase.links.map((link) => decide(run, claimOnce, phase, link)));
  const problems = [...rules.files.flatMap(problemsOf), ...links.problems];
  return {
    decisions,
    macPolicyOf: (name, kind) => readMacPolicy(links.files, name, kind, guest),
    problems,
    unread: [...rules.unread, ...links.unread],
    facts: {},
  };
}

const consequences = {
  line: 'ignores the whole line',
  token: 'ignores this part of the line',
  rest: 'reads no further in this file',
  nothing: 'warns, and uses it',
};

/** What udev only warns of in the distribution's own files is nothing that a user of them can mend. */
function problemsOf({ source, faults }: RulesFile): readonly Problem[] {
  const shipped = /^(?:\/usr)?\/lib\//.test(source.path);
  const told = faults.filter(({ ignores }) => !(shipped && ignores === 'nothing'));
  return told.map(({ span, message, ignores, consequence }) => ({
    kind: ignores === 'nothing' ? 'ignored' : 'syntax',
    place: { source, span },
    message,
    consequence: consequence ?? consequences[ignores],
  }));
}

type ClaimLink = (atSetup: LinkFacts, link: LinkFacts) => readonly Claim[];

function decide(run: RulesRun, claimOnce: ClaimLink, phase: Phase, link: LinkFacts): Decision {
  const first = run.outcomeOf(phase, link, 'add');
  const action = lastAction(link);
  const last = action === 'add' ? first : run.outcomeOf(phase, link, action);
  const { naming, byRule, lasting } = claimsOf(first, last);
  const winners = [...naming.winners];
  const losers = [...naming.losers];
  const passed: Claim[] = [];

  const [chosen, ...others] = claimOnce(predictLinkAtSetup(run, phase, link), link).filter(
    (claim) => claim.verdict !== 'no' || void passed.push(claim),
  );
  if (chosen !== undefined) {
    const rest = chosen.effects.filter(({ kind }) => kind !== 'rename');
    const overruled = byRule?.verdict === 'yes' && rest.length < chosen.effects.length;
    winners.push(overruled ? { ...chosen, effects: rest } : chosen);
    if (overruled) losers.push({ claim: chosen, why: `${byRule.file.source.path}:${byRule.line.line} sets NAME=` });
    const path = chosen.place.source.path;
    const why = chosen.verdict === 'yes' ? `${path} comes first` : `${path} comes first, if it matches`;
    for (const claim of others) losers.push({ claim, why });
  }
  return {
    manager: 'udev',
    phase,
    link,
    winners: winners.concat(lasting.winners),
    losers: losers.concat(lasting.losers),
    passed: passed.concat(lasting.passed),
  };
}

/** .link files see the kernel's name, and no altnames. */
function subjectOf(link: LinkFacts): MatchSubject {
  return {
    names: link.kernelName === undefined ? [] : [link.kernelName],
    allNamesKnown: link.kernelName !== undefined,
    mac: link.mac,
    permanentMac: link.permanentMac,
    path: link.idPath,
    driver: link.driver,
    type: link.type,
    kind: link.kind,
    properties: link.properties,
    isUncertain: (key) => isUncertainProperty(link, key),
  };
}
