/**
 * Which keys exist in which section of systemd's network files. What a daemon does not know it ignores with a line in
 * the journal that nobody reads; here it becomes a problem.
 */
import { assignmentsOf, findTrailingComment, type IniDocument, type IniFault } from '../../text/ini.ts';
import type { Span } from '../../text/source.ts';
import type { Problem, Verdict } from '../claim.ts';
import { parseType } from './values/type-expression.ts';
import type { ValueType } from './values/value-type.ts';

/**
 * Section to its keys, separated by blanks: `KEY:TYPE!251@250`. The type of its values is a name of
 * values/type-expression.ts, and `TYPE>257:OTHER` is another since that version; `?` stands for `:bool` and `~` for
 * `:bool~`; without one any value is good. `^` at the end of a type: for another value the daemon gives up on the file. `!`: accepted without effect, `!251` since then. `@250`: known since that
 * version; without it since 247 or before. No key was ever taken out up to 262.
 */
export type SectionTable = Readonly<Record<string, string>>;

/** The oldest version that the tables tell apart: Debian 11's. */
const oldestVersion = 247;

/** Those whose daemons were asked about every key: Debian 11's to unstable's. Between them a type may be the one before or the one after. */
const askedVersions = [247, 252, 257, 262];

export interface KeyFacts {
  readonly since: number;
  /** From when on which type holds, the first from the beginning. Empty: every value is good. */
  readonly types: readonly TypeSince[];
  /** From which version on it has no effect any more. */
  readonly deadSince: number | null;
}

interface TypeSince {
  readonly since: number;
  readonly expression: string;
  /** For a value of no such type the daemon gives up on the whole file, and does not only ignore the line. */
  readonly rejects: boolean;
}

export type KeyTable = ReadonlyMap<string, ReadonlyMap<string, KeyFacts>>;

export function readKeyTable(table: SectionTable): KeyTable {
  return new Map(
    Object.entries(table).map(([section, keys]) => [
      section,
      new Map(
        keys
          .split(' ')
          .filter((word) => word !== '')
          .map(readKeyFacts),
      ),
    ]),
  );
}

function readKeyFacts(word: string): [string, KeyFacts] {
  const [, key = word, mark = '', type = '', dead, since = ''] =
    /^([\w-]+)(?:([?~])|:([^!@]+(?:@\)[^!@]*)?))?(?:!(\d*))?(?:@(\d+))?$/.exec(word) ?? [];
  const [first = '', ...later] = (mark === '?' ? 'bool' : mark === '~' ? 'bool~' : type).split('>');
  const types = later.map((text) => {
    const colon = text.indexOf(':');
    return typeSince(Number(text.slice(0, colon)), text.slice(colon + 1));
  });
  return [
    key,
    {
      since: since === '' ? oldestVersion : Number(since),
      types: first === '' ? [] : [typeSince(0, first), ...types],
      deadSince: dead === undefined ? null : Number(dead === '' ? oldestVersion : dead),
    },
  ];
}

function typeSince(since: number, text: string): TypeSince {
  const rejects = text.endsWith('^');
  return { since, expression: rejects ? text.slice(0, -1) : text, rejects };
}

/** The types that may hold in a version: one, or two where it lies between versions that were asked. */
function candidatesOf({ types, since }: KeyFacts, version: number | undefined): readonly TypeSince[] {
  const versions =
    version === undefined
      ? askedVersions.filter((asked) => asked >= since)
      : [askedVersions.findLast((asked) => asked <= version), askedVersions.find((asked) => asked >= version)];
  const found = versions.map((asked) =>
    asked === undefined ? undefined : types.findLast((type) => type.since <= asked),
  );
  return [...new Set(found.filter((type) => type !== undefined))];
}

/** As types of values. Undefined version: all. */
function typesOf(facts: KeyFacts, version: number | undefined): readonly ValueType[] {
  return [...new Set(candidatesOf(facts, version).map(({ expression }) => expression))].map(parseType);
}

/** Does the daemon give up on the whole file for this value? `maybe`: some of the versions that it may be. */
export function rejectsFile(facts: KeyFacts, value: string, version: number | undefined): Verdict {
  const candidates = candidatesOf(facts, version);
  const rejecting = candidates.filter(({ expression, rejects }) => rejects && !parseType(expression).accepts(value));
  if (rejecting.length === 0) return 'no';
  return rejecting.length < candidates.length ? 'maybe' : 'yes';
}

/** The first value of a document for which the daemon gives up on the file; null: there is none. */
export function findRejection(document: IniDocument, table: KeyTable, version: number | undefined): IniFault | null {
  for (const { section, key, value, valueSpan, line } of assignmentsOf(document)) {
    const facts = section === null ? null : findKey(table, section.name, key, version);
    if (facts !== null && rejectsFile(facts, value, version) === 'yes')
      return { span: valueSpan, message: `'${value}' is no value for ${key}=`, rejects: true, line };
  }
  return null;
}

/** What the daemon expects in place of a value that it refuses; null: it may take it. */
export function expectedInstead(facts: KeyFacts, value: string, version: number | undefined): string | null {
  const types = typesOf(facts, version);
  const [last] = types.slice(-1);
  return last === undefined || types.some(({ accepts }) => accepts(value)) ? null : last.expected;
}

/** Is a section known to this version? Undefined: to any. */
export function knowsSection(table: KeyTable, section: string, version: number | undefined): boolean {
  const keys = table.get(section);
  if (keys === undefined) return false;
  return version === undefined || keys.size === 0 || [...keys.values()].some(({ since }) => since <= version);
}

/** What is known of a key, or null where this version does not know it in this section. */
export function findKey(table: KeyTable, section: string, key: string, version: number | undefined): KeyFacts | null {
  const facts = table.get(section)?.get(key);
  return facts === undefined || (version !== undefined && facts.since > version) ? null : facts;
}

/** Does this version pass over the key, whatever its value? */
export function isDead({ deadSince }: KeyFacts, version: number | undefined): boolean {
  return deadSince !== null && version !== undefined && version >= deadSince;
}

/** What is wrong in a file, as its daemon would log it: faults of syntax, unknown sections and keys, values that it refuses. */
export function checkKeys(document: IniDocument, table: KeyTable, version: number | undefined): readonly Problem[] {
  const { source } = document;
  const problems: Problem[] = [];
  const add = (kind: Problem['kind'], span: Span, message: string, consequence: string) =>
    void problems.push({ kind, place: { source, span }, message, consequence });

  for (const { span, message, rejects } of document.faults)
    add('syntax', span, message, rejects ? 'rejects the whole file' : 'ignores the line');
  /** After a header that cannot be read nobody knows where the keys belong. */
  let lost = false;
  for (const piece of document.pieces) {
    if (piece.kind === 'broken' || piece.kind === 'section')
      lost =
        piece.kind === 'broken' ? lost || /^\s*\[/.test(source.text.slice(piece.span.start, piece.span.end)) : false;
    if (lost) continue;
    if (piece.kind === 'section' && !knowsSection(table, piece.name, version) && !piece.name.startsWith('X-'))
      add('wrong-section', piece.headerSpan, describeUnknownSection(table, piece.name), 'ignores the section');
    if (piece.kind !== 'assignment') continue;
    if (piece.section === null) {
      add('wrong-section', piece.keySpan, `'${piece.key}=' stands before any section`, 'ignores the line');
      continue;
    }
    const section = piece.section.name;
    if (!knowsSection(table, section, version) || piece.key.startsWith('X-')) continue;
    const facts = findKey(table, section, piece.key, version);
    if (facts === null) {
      const [kind, message] = describeUnknownKey(table, section, piece.key);
      add(kind, piece.keySpan, message, 'ignores the line');
      continue;
    }
    if (isDead(facts, version))
      add(
        'ignored',
        piece.keySpan,
        `'${piece.key}=' has no effect since systemd ${facts.deadSince}`,
        'ignores the line',
      );
    const comment = findTrailingComment(piece);
    if (comment !== null && piece.key !== 'Description')
      add(
        'trailing-comment',
        comment,
        `'${source.text.slice(comment.start, comment.end)}' is no comment but part of the value: expected it on a line of its own`,
        `takes '${piece.value}' for the value of ${piece.key}=`,
      );
    const expected = isDead(facts, version) ? null : expectedInstead(facts, piece.value, version);
    if (expected !== null)
      add(
        'bad-value',
        piece.valueSpan,
        `'${piece.value}' is no value for ${piece.key}=: expected ${expected}`,
        consequences[rejectsFile(facts, piece.value, version)],
      );
  }
  return problems;
}

/** Of a value that is refused, by whether it takes the file with it. */
const consequences: Readonly<Record<Verdict, string>> = {
  no: 'ignores the line',
  maybe: 'ignores the line, or in older versions rejects the whole file',
  yes: 'rejects the whole file',
};

function describeUnknownSection(table: KeyTable, section: string): string {
  const newer = table.get(section);
  if (newer !== undefined)
    return `section [${section}] is known to systemd ${Math.min(...[...newer.values()].map(({ since }) => since))} and later only`;
  const like = [...table.keys()].find((name) => isNear(name.toLowerCase(), section.toLowerCase()));
  return `unknown section [${section}]${like === undefined ? '' : `: expected [${like}]`}`;
}

function describeUnknownKey(table: KeyTable, section: string, key: string): ['unknown-key' | 'wrong-section', string] {
  const newer = table.get(section)?.get(key);
  if (newer !== undefined)
    return ['unknown-key', `'${key}=' in [${section}] is known to systemd ${newer.since} and later only`];
  const homes = [...table].filter(([, keys]) => keys.has(key)).map(([name]) => name);
  if (homes.length > 0) {
    const some = homes.slice(0, 3).map((name) => `[${name}]`);
    return ['wrong-section', `'${key}=' is no key of [${section}]: expected it in ${some.join(' or ')}`];
  }
  const like = [...(table.get(section)?.keys() ?? [])].find((name) => isNear(name.toLowerCase(), key.toLowerCase()));
  return ['unknown-key', `unknown key '${key}=' in [${section}]${like === undefined ? '' : `: expected '${like}='`}`];
}

/** Equal but for one letter too many, missing, wrong or swapped with its neighbour. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const rest = a.slice(at);
  const other = b.slice(at);
  if (rest.slice(1) === other || rest === other.slice(1) || rest.slice(1) === other.slice(1)) return true;
  return rest.slice(2) === other.slice(2) && rest[0] === other[1] && rest[1] === other[0];
}
