/**
 * The [Match] section of .network and .link files: what it says, and whether it matches a link
 * (src/shared/net-condition.c; equal in 247 to 262 but for Version= and MachineTag=).
 *
 * Keys are joined by "and". A list matches if one of its patterns does; lines of the same key add up, an empty one
 * resets. `!` at the start of a line turns every word of that line into an exception, and undocumented, a later word that
 * begins with `!` is one too where the line is not negated.
 */
import { fnmatch } from '../../text/fnmatch.ts';
import type { IniAssignment } from '../../text/ini.ts';
import type { Place, Source } from '../../text/source.ts';
import type { HostFacts } from '../../topology/guest.ts';
import type { MatchKey, Problem, Verdict } from '../claim.ts';
import { conditionKeys, testCondition } from './conditions.ts';
import { isInterfaceName, parseHardwareAddress } from './link-words.ts';
import { splitWords, type Word, type WordOptions } from './words.ts';
import { allOf, anyOf, known, not } from '../verdict.ts';

/** What a link answers; undefined: not known, null: it has none. */
export interface MatchSubject {
  /** The name, then altnames; the list ends early if altnames are not known. */
  readonly names: readonly string[];
  readonly allNamesKnown: boolean;
  /** Where they are not: may one of the others match this pattern? Undefined: any may. */
  readonly mayBeCalled?: ((pattern: string) => boolean) | undefined;
  readonly mac: string | undefined;
  readonly permanentMac: string | undefined;
  readonly path: string | null | undefined;
  readonly driver: string | null | undefined;
  readonly type: string | null | undefined;
  readonly kind: string | null | undefined;
  readonly properties: ReadonlyMap<string, string> | undefined;
  /** Is a property not known although `properties` are? */
  readonly isUncertain: (property: string) => boolean;
}

/** What a bridge or bond answers to [Match] before it has a MAC of its own. */
export function subjectOfNetdev(name: string, kind: 'bridge' | 'bond'): MatchSubject {
  return {
    names: [name],
    allNamesKnown: false,
    mac: undefined,
    permanentMac: undefined,
    path: null,
    driver: kind === 'bridge' ? 'bridge' : 'bonding',
    type: kind === 'bridge' ? 'bridge' : 'bond',
    kind,
    properties: undefined,
    isUncertain: () => true,
  };
}

type ListTest = 'names' | 'globs' | 'addresses' | 'properties';

interface ListKey {
  readonly on: MatchKey['on'];
  readonly test: ListTest;
  /** What the link's value is called in a sentence. */
  readonly what: string;
  readonly valueOf: (subject: MatchSubject) => string | null | undefined;
}

const listKeys: Readonly<Record<string, ListKey>> = {
  Name: { on: 'name', test: 'names', what: 'name', valueOf: ({ names }) => names[0] },
  OriginalName: { on: 'name', test: 'names', what: 'name', valueOf: ({ names }) => names[0] },
  MACAddress: { on: 'mac', test: 'addresses', what: 'MAC', valueOf: ({ mac }) => mac },
  PermanentMACAddress: {
    on: 'permanent-mac',
    test: 'addresses',
    what: 'permanent MAC',
    valueOf: ({ permanentMac }) => permanentMac,
  },
  Path: { on: 'path', test: 'globs', what: 'ID_PATH', valueOf: ({ path }) => path },
  Driver: { on: 'driver', test: 'globs', what: 'driver', valueOf: ({ driver }) => driver },
  Type: { on: 'type', test: 'globs', what: 'type', valueOf: ({ type }) => type },
  Kind: { on: 'kind', test: 'globs', what: 'kind', valueOf: ({ kind }) => kind },
  Property: { on: 'property', test: 'properties', what: 'udev property', valueOf: () => null },
  // Of Wi-Fi, which no link of a virtual machine's failover group is.
  WLANInterfaceType: { on: 'other', test: 'globs', what: 'Wi-Fi mode', valueOf: () => null },
  SSID: { on: 'other', test: 'globs', what: 'SSID', valueOf: () => null },
  BSSID: { on: 'other', test: 'addresses', what: 'BSSID', valueOf: () => null },
};

interface Pattern {
  readonly text: string;
  readonly negated: boolean;
}

/** A key of [Match] with all lines that are in force. */
interface Term {
  readonly key: string;
  patterns: Pattern[];
  /** Each line with the source it stands in. */
  lines: { readonly assignment: IniAssignment; readonly place: Place }[];
  /** The version that first knows the key, where the guest's may be older: then the line is ignored. */
  readonly uncertainSince: number | null;
}

export interface MatchSection {
  readonly terms: readonly Term[];
  readonly problems: readonly Problem[];
  /** Nothing valid in it: since 245 the daemon ignores the file. */
  readonly empty: boolean;
}

/** An assignment of [Match] in the order in which the daemon reads them, drop-ins last. */
export interface MatchLine {
  readonly source: Source;
  readonly assignment: IniAssignment;
  /** The version that first knows the key, where the guest's is not known and may be older. */
  readonly uncertainSince: number | null;
}

export function readMatchSection(lines: readonly MatchLine[]): MatchSection {
  const terms = new Map<string, Term>();
  const problems: Problem[] = [];
  for (const { source, assignment, uncertainSince } of lines) {
    const { key, value } = assignment;
    const isCondition = key in conditionKeys;
    if (value === '' || isCondition) terms.delete(key); // a condition replaces the one before
    if (value === '' || (!isCondition && listKeys[key] === undefined)) continue;
    const term: Term = terms.get(key) ?? { key, patterns: [], lines: [], uncertainSince };
    const before = term.patterns.length;
    if (isCondition) term.patterns.push({ text: value.replace(/^!/, ''), negated: value.startsWith('!') });
    else readPatterns(source, assignment, term.patterns, problems);
    if (term.patterns.length === before) continue;
    term.lines.push({ assignment, place: { source, span: assignment.valueSpan } });
    terms.set(key, term);
  }
  return { terms: [...terms.values()], problems, empty: terms.size === 0 };
}

const wordOptions: Readonly<Record<ListTest, WordOptions>> = {
  names: {},
  addresses: {},
  globs: { unquote: true, retainEscape: true },
  properties: { unquote: true, unescape: true },
};

function readPatterns(source: Source, assignment: IniAssignment, patterns: Pattern[], problems: Problem[]): void {
  const test = listKeys[assignment.key]?.test ?? 'globs';
  const negated = test !== 'addresses' && assignment.value.startsWith('!');
  const { words, broken } = splitWords(assignment, wordOptions[test], negated ? 1 : 0);
  for (const word of words) {
    const fault = faultOf(word, assignment.key, test);
    if (fault !== null)
      problems.push({
        kind: 'bad-value',
        place: { source, span: word.span },
        message: `'${word.text}' in ${assignment.key}= is ${fault}`,
        consequence: 'ignores the word',
      });
    else if (test === 'addresses') patterns.push({ text: parseHardwareAddress(word.text) ?? '', negated: false });
    else if (negated) patterns.push({ text: word.text, negated: true });
    else if (word.text.startsWith('!')) patterns.push({ text: word.text.slice(1), negated: true });
    else patterns.push({ text: word.text, negated: false });
  }
  if (broken)
    problems.push({
      kind: 'bad-value',
      place: { source, span: assignment.valueSpan },
      message: `'${assignment.value}' cannot be split into words: expected quotes to be closed and backslashes to escape`,
      consequence: 'ignores the rest of the line',
    });
}

function faultOf({ text }: Word, key: string, test: ListTest): string | null {
  switch (test) {
    case 'addresses':
      return parseHardwareAddress(text) === null ? 'no hardware address: expected 52:54:00:00:12:53' : null;
    case 'properties':
      return /^[A-Za-z_][A-Za-z0-9_]*=/.test(text) ? null : 'no property: expected KEY=VALUE';
    case 'names':
      return isInterfaceName(text, key === 'Name' ? 127 : 15) ? null : 'no possible interface name';
    case 'globs':
      return null;
  }
}

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
      if (address === undefined) return 'maybe';
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
