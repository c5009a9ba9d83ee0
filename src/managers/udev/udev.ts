/**
 * udev as far as it names and marks links: rules that set NAME=, properties, MAC or MTU, and .link files. It configures
 * no addresses, but what it names and marks decides what network managers match.
 */
import type { RulesFile, RuleToken } from './rule-model.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import type {
  Claim,
  ConfigFile,
  Decision,
  Effect,
  JudgeContext,
  Judgement,
  Manager,
  MatchKey,
  Problem,
} from '../claim.ts';
import { collectUnits, networkDirectories } from '../systemd/files.ts';
import { shareByFacts } from '../systemd/link-facts.ts';
import type { MatchSubject } from '../systemd/match.ts';
import { isUncertainProperty } from '../../topology/guest.ts';
import type { EventOutcome, LineOutcome } from './evaluate.ts';
import { claimLink, readLinkFiles, readMacPolicy } from './link-files.ts';
import { collectRules, lastAction, predictLinkAtSetup, rulesDirectories } from './predict.ts';
import { createRun, type RulesRun } from './run.ts';

export const udev: Manager = {
  name: 'udev',
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

interface Losing {
  readonly claim: Claim;
  readonly why: string;
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

/** What rules alone do to a link in its first and its last event; `byRule` is the line that names it. */
interface RuleClaims {
  readonly naming: { readonly winners: readonly Claim[]; readonly losers: readonly Losing[] };
  readonly byRule: LineOutcome | undefined;
  readonly lasting: {
    readonly winners: readonly Claim[];
    readonly losers: readonly Losing[];
    readonly passed: readonly Claim[];
  };
}

/** Links that no rule tells apart share their outcomes, and so their claims. */
const claimsBefore = new WeakMap<EventOutcome, WeakMap<EventOutcome, RuleClaims>>();

function claimsOf(first: EventOutcome, last: EventOutcome): RuleClaims {
  const byLast = claimsBefore.get(first) ?? new WeakMap<EventOutcome, RuleClaims>();
  const claims = byLast.get(last) ?? makeClaims(first, last);
  byLast.set(last, claims);
  claimsBefore.set(first, byLast);
  return claims;
}

function makeClaims(first: EventOutcome, last: EventOutcome): RuleClaims {
  const winners: Claim[] = [];
  const losers: Losing[] = [];
  const passed: Claim[] = [];

  // Names are given at `add`; the last rule that gives one wins, and any rule over the .link file.
  const named = first.lines.filter((outcome) => outcome.verdict !== 'no' && effectsOf(outcome, ['rename']).length > 0);
  const certain = named.findLastIndex(({ verdict }) => verdict === 'yes');
  const naming = { winners: [] as Claim[], losers: [] as Losing[] };
  named.forEach((outcome, index) => {
    const claim = claimOf(outcome, effectsOf(outcome, ['rename']));
    const later = named[certain];
    if (index >= certain || later === undefined) naming.winners.push(claim);
    else naming.losers.push({ claim, why: `${later.file.source.path}:${later.line.line} sets NAME= after it` });
  });
  const byRule = named[certain] ?? named.at(-1);

  // Properties, MAC and MTU: what is set at the last event stays.
  const lasting = new Set(last.lines.filter(({ verdict }) => verdict !== 'no').map(({ line }) => line));
  for (const outcome of last.lines) {
    const effects = effectsOf(outcome, ['property', 'mac', 'mtu']);
    if (effects.length === 0) continue;
    if (outcome.verdict === 'no') passed.push(claimOf(outcome, effects));
    else winners.push(claimOf(outcome, effects));
  }
  if (last !== first)
    for (const outcome of first.lines) {
      const effects = effectsOf(outcome, ['property']);
      if (outcome.verdict === 'no' || effects.length === 0 || lasting.has(outcome.line)) continue;
      losers.push({
        claim: claimOf(outcome, effects),
        why: 'set at "add" only, and lost at the "move" that the rename sends',
      });
    }
  for (const outcome of first.lines)
    if (outcome.verdict === 'no' && outcome.line.tokens.some(isNaming)) passed.push(claimOf(outcome, []));
  return { naming, byRule, lasting: { winners, losers, passed } };
}

function isNaming({ key, operator }: RuleToken): boolean {
  return key === 'NAME' && (operator === '=' || operator === ':=' || operator === '+=');
}

/** What a line would do to the link, of these kinds. A line that failed has set nothing, and tells what it would set. */
function effectsOf(
  { file, line, verdict, assignments }: LineOutcome,
  kinds: readonly Effect['kind'][],
): readonly Effect[] {
  const values = verdict === 'no' ? line.tokens.map((token) => ({ token, value: token.value })) : assignments;
  return values.flatMap(({ token, value }): Effect[] => {
    const kind = effectKindOf(token);
    if (kind === null || !kinds.includes(kind)) return [];
    const text = value ?? token.value;
    // Meant for a device node (55-dm.rules: mapper/control): the kernel gives no netdev such a name, dev_valid_name().
    if (kind === 'rename' && text.includes('/')) return [];
    const detail = kind === 'property' ? `${token.attribute}=${text}` : text;
    return [{ kind, detail, place: { source: file.source, span: token.span } }];
  });
}

function effectKindOf(token: RuleToken): Effect['kind'] | null {
  if (token.operator === '==' || token.operator === '!=') return null;
  if (isNaming(token)) return 'rename';
  if (token.key === 'ENV') return 'property';
  if (token.key !== 'ATTR') return null;
  return token.attribute === 'address' ? 'mac' : token.attribute === 'mtu' ? 'mtu' : null;
}

function claimOf(outcome: LineOutcome, effects: readonly Effect[]): Claim {
  const { file, line, verdict, comparisons } = outcome;
  const keys = comparisons.map(({ token, verdict: own }): MatchKey => ({
    on: subjectOfToken(token),
    value: token.operator === '!=' ? `!${token.value}` : token.value,
    verdict: own,
    place: { source: file.source, span: token.span },
  }));
  const telling = comparisons.filter(({ verdict: own }) => own === verdict).map(({ token }) => describeToken(token));
  const phrase = verdict === 'yes' ? 'holds' : verdict === 'no' ? 'does not hold' : 'turns on what is not known';
  const reason = telling.length === 0 ? 'nothing is compared' : `${telling.join(', ')} ${phrase}`;
  return { manager: 'udev', place: { source: file.source, span: line.span }, verdict, reason, keys, effects };
}

function describeToken({ key, attribute, operator, value }: RuleToken): string {
  return `${key}${attribute === null ? '' : `{${attribute}}`}${operator}"${value}"`;
}

const subjects: Readonly<Record<string, MatchKey['on']>> = {
  KERNEL: 'name',
  NAME: 'name',
  DRIVERS: 'parent-driver',
  KERNELS: 'path',
  DEVPATH: 'path',
  CONST: 'host',
  'ATTR{address}': 'mac',
  'ATTRS{address}': 'mac',
  'ATTR{type}': 'type',
  'ENV{ID_NET_DRIVER}': 'driver',
  'ENV{ID_PATH}': 'path',
  'ENV{INTERFACE}': 'name',
};

export function subjectOfToken({ key, attribute, value }: RuleToken): MatchKey['on'] {
  const named = subjects[key] ?? subjects[`${key}{${attribute}}`];
  if (named !== undefined) return named;
  if ((key === 'TEST' && /^master(?:\/|$)/.test(value)) || attribute?.startsWith('master/') === true) return 'master';
  return key === 'ENV' ? 'property' : 'other';
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
