/** How a rule's comparison takes a fact that is known, missing or not known. */
import type { RuleToken } from './rule-model.ts';
import { fnmatch } from '../../text/fnmatch.ts';
import { known } from '../verdict.ts';
import type { Verdict } from '../claim.ts';
import type { DeviceFacts, Fact } from './device-facts.ts';

/** A value that is missing compares as "". Alternatives are separated by bars, and are globs if one of them is. */
export function compareFact(token: RuleToken, fact: Fact): Verdict {
  if (fact === undefined) {
    // "*" takes anything.
    return token.value === '*' ? known(token.operator === '==') : 'maybe';
  }
  const value = token.ignoresCase ? (fact ?? '').toLowerCase() : (fact ?? '');
  const matches = token.isGlob
    ? token.alternatives.some((pattern) => fnmatch(pattern, value))
    : token.alternatives.includes(value);
  return known(matches === (token.operator === '=='));
}

/** An attribute that is missing fails, whatever the operator (token_match_attr()). */
export function compareAttribute(token: RuleToken, values: readonly Fact[]): Verdict {
  const verdicts = values.map((value) => (value === null ? 'no' : compareFact(token, value)));
  const [first = 'maybe'] = verdicts;
  return verdicts.every((verdict) => verdict === first) ? first : 'maybe';
}

export function compareDevicePath(token: RuleToken, { parentDriver, kernelName }: DeviceFacts): Verdict {
  const isVirtual = parentDriver === null;
  if (isVirtual && kernelName !== undefined) return compareFact(token, `/devices/virtual/net/${kernelName}`);
  if (parentDriver !== undefined && !isVirtual && token.value.includes('/virtual/'))
    return known(token.operator === '!=');
  return 'maybe';
}
