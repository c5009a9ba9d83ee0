/** Lines of a [Match] section, read into terms. */
import type { IniAssignment } from '../../text/ini.ts';
import type { Place, Source } from '../../text/source.ts';
import type { MatchKey, Problem } from '../claim.ts';
import { conditionKeys } from './conditions.ts';
import { isInterfaceName, parseHardwareAddress } from './link-words.ts';
import { splitWords, type Word, type WordOptions } from './words.ts';
import type { MatchSubject } from './match-subject.ts';

type ListTest = 'names' | 'globs' | 'addresses' | 'properties';

interface ListKey {
  readonly on: MatchKey['on'];
  readonly test: ListTest;
  /** What the link's value is called in a sentence. */
  readonly what: string;
  readonly valueOf: (subject: MatchSubject) => string | null | undefined;
}

export const listKeys: Readonly<Record<string, ListKey>> = {
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

export interface Pattern {
  readonly text: string;
  readonly negated: boolean;
}

/** A key of [Match] with all lines that are in force. */
export interface Term {
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
