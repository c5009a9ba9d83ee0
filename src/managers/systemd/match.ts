/**
 * The [Match] section of .network and .link files: what it says, and whether it matches a link
 * (src/shared/net-condition.c; equal in 247 to 262 but for Version= and MachineTag=).
 *
 * Keys are joined by "and". A list matches if one of its patterns does; lines of the same key add up, an empty one
 * resets. `!` at the start of a line turns every word of that line into an exception, and undocumented, a later word that
 * begins with `!` is one too where the line is not negated.
 */
import { fnmatch } from '../../text/fnmatch.ts';
import type { HostFacts } from '../../topology/guest.ts';
import type { MatchKey, Verdict } from '../claim.ts';
import { testCondition } from './conditions.ts';
import { allOf, anyOf, known, not } from '../verdict.ts';
import { listKeys, type MatchSection, type Pattern, type Term } from './match-section.ts';
import type { MatchSubject } from './match-subject.ts';

export interface MatchOutcome {
  readonly verdict: Verdict;
  readonly keys: readonly MatchKey[];
  readonly reason: string;
}

export function matchLink(section: MatchSection, subject: MatchSubject, host: HostFacts): MatchOutcome {
  const keys: MatchKey[] = [];
  const reasons: { verdict: Verdict; text: string }[] = [];
  for (const term of section.terms) {
    const verdict = testTerm(term, subject, host, section.terms);
    for (const { assignment, place } of term.lines)
      keys.push({ on: listKeys[term.key]?.on ?? 'host', value: assignment.value, verdict, place });
    const values = term.lines.map(({ assignment }) => assignment.value).join(' ');
    reasons.push({ verdict, text: describeTerm(term, values, verdict, subject) });
  }
  const verdict = allOf(keys.map((key) => key.verdict));
  const telling = reasons.filter((reason) => reason.verdict === verdict);
  return { verdict, keys, reason: telling.map(({ text }) => text).join('; ') };
}

function describeTerm({ key, uncertainSince }: Term, values: string, verdict: Verdict, subject: MatchSubject): string {
  const list = listKeys[key];
  if (verdict === 'maybe' && uncertainSince !== null)
    return `${key}=${values}: systemd before ${uncertainSince} ignores this line`;
  if (verdict === 'yes') return `${key}=${values} matches`;
  if (verdict === 'maybe') return `${key}=${values} turns on what is not known`;
  const value = list?.valueOf(subject);
  if (list === undefined || list.test === 'properties') return `${key}=${values} does not hold`;
  if (typeof value !== 'string') return `${key}=${values}: this link has no ${list.what}`;
  return `${key}=${values}: this link's ${list.what} is ${value}`;
}

function testTerm(term: Term, subject: MatchSubject, host: HostFacts, all: readonly Term[]): Verdict {
  const verdict = testPatterns(term, subject, host);
  if (term.uncertainSince === null) return verdict;
  // Ignored, it excludes nobody; and a file in which nothing else is valid takes nobody.
  const isAlone = all.every(({ uncertainSince }) => uncertainSince !== null);
  return verdict === 'no' || isAlone ? 'maybe' : verdict;
}

function testPatterns({ key, patterns }: Term, subject: MatchSubject, host: HostFacts): Verdict {
  const list = listKeys[key];
  if (list === undefined) {
    const [condition = { text: '', negated: false }] = patterns;
    const verdict = testCondition(key, condition.text, host);
    // A condition that cannot be tested fails, negated or not.
    if (verdict === 'error') return 'no';
    return condition.negated ? not(verdict) : verdict;
  }
  switch (list.test) {
    case 'names':
      return testNames(patterns, subject);
    case 'properties':
      return allOf(patterns.map((pattern) => testProperty(pattern, subject)));
    case 'addresses': {
      const address = list.valueOf(subject);
      // a real NIC has one, of a failover pair the same as its peers: it is not all zeros, whatever it is
      const isNone =
        key === 'PermanentMACAddress' && subject.kind === null && patterns.every(({ text }) => isZero(text));
      if (address === undefined) return isNone ? 'no' : 'maybe';
      const matches = address !== null && patterns.some(({ text }) => text === address);
      return matches && key === 'PermanentMACAddress' && isZero(address) ? matchesZero(host) : known(matches);
    }
    case 'globs':
      return testGlobs(patterns, list.valueOf(subject));
  }
}

function isZero(address: string): boolean {
  return /^[0:]+$/.test(address);
}

/** A link that has no permanent MAC answers zeros. They matched until 257, and no longer in 262. */
function matchesZero({ systemdVersion }: HostFacts): Verdict {
  if (systemdVersion === undefined) return 'maybe';
  return systemdVersion <= 257 ? 'yes' : systemdVersion >= 262 ? 'no' : 'maybe';
}

/** The name, then each altname: one that passes is enough, so `Name=!x` takes x by its altname. */
function testNames(patterns: readonly Pattern[], { names, allNamesKnown, mayBeCalled }: MatchSubject): Verdict {
  const verdicts = names.map((name) => testGlobs(patterns, name));
  const wanted = patterns.filter(({ negated }) => !negated);
  const hasNone = mayBeCalled !== undefined && wanted.length > 0 && !wanted.some(({ text }) => mayBeCalled(text));
  return anyOf(allNamesKnown || hasNone ? verdicts : [...verdicts, 'maybe']);
}

function testGlobs(patterns: readonly Pattern[], value: string | null | undefined): Verdict {
  const positive = patterns.some(({ negated }) => !negated);
  if (value === undefined) return 'maybe';
  if (value === null) return known(!positive);
  const hits = patterns.filter(({ text }) => fnmatch(text, value));
  if (hits.some(({ negated }) => negated)) return 'no';
  return known(!positive || hits.length > 0);
}

function testProperty({ text, negated }: Pattern, { properties, isUncertain }: MatchSubject): Verdict {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals);
  if (properties === undefined || isUncertain(key)) return 'maybe';
  const value = properties.get(key);
  // A property of empty value is none for sd-device.
  const holds = value !== undefined && value !== '' && fnmatch(text.slice(equals + 1), value);
  return known(holds !== negated);
}
