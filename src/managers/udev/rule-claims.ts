/** What the lines of rules claim of a link: its name, properties, MAC and MTU. */
import { keptWith } from '../../text/kept-with.ts';
import type { RuleToken } from './rule-model.ts';
import type { Claim, Effect, MatchKey } from '../claim.ts';
import type { EventOutcome, LineOutcome } from './evaluate.ts';

interface Losing {
  readonly claim: Claim;
  readonly why: string;
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
const claimsBefore = keptWith<EventOutcome, Map<EventOutcome, RuleClaims>>();

export function claimsOf(first: EventOutcome, last: EventOutcome): RuleClaims {
  const byLast = claimsBefore.get(first) ?? new Map<EventOutcome, RuleClaims>();
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
