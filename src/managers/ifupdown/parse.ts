/**
 * One file of interfaces(5) as ifupdown reads it line by line (read_interfaces_defn in config.c): a list of directives in
 * their order, with places. What only other files can tell (`inherits`, what `source` finds) is left to configuration.ts.
 *
 * ifupdown stops at a file's first fault. The parser goes on, so that every fault can be shown, and the reader stops.
 */
import { placeOf, restOf, splitLines, type Line, type Word } from './lines.ts';
import { dialects, type Dialect } from './dialect.ts';
import { commandAliases, families } from './method.ts';
import type { Place, Source } from '../../text/source.ts';

export interface InterfacesFile {
  readonly source: Source;
  readonly lines: readonly Line[];
  readonly directives: readonly Directive[];
}

export type Directive =
  | IfaceLine
  | {
      readonly kind: 'option';
      readonly line: Line;
      readonly name: string;
      readonly value: string;
      readonly place: Place;
    }
  | { readonly kind: 'mapping'; readonly line: Line; readonly patterns: readonly Word[] }
  | { readonly kind: 'script' | 'map'; readonly line: Line; readonly value: string }
  | { readonly kind: 'source' | 'source-directory'; readonly line: Line; readonly value: string; readonly place: Place }
  /** `auto` is the class auto. Without words, inside a stanza, it is about that stanza. */
  | { readonly kind: 'class'; readonly line: Line; readonly name: string; readonly words: readonly Word[] }
  | { readonly kind: ListName; readonly line: Line; readonly words: readonly Word[] }
  | Fault;

export type ListName = 'no-auto-down' | 'no-scripts' | 'rename';

export interface IfaceLine {
  readonly kind: 'iface';
  readonly line: Line;
  readonly name: Word;
  /** Null: taken from what it inherits. */
  readonly family: string | null;
  readonly method: string | null;
  readonly inherits: Word | null;
  /** A word too many, which ifupdown reports and ignores. */
  readonly extra: Word | null;
}

/** `fatal`: ifupdown reads no further in this file. */
export interface Fault {
  readonly kind: 'fault';
  readonly fatal: boolean;
  readonly place: Place;
  readonly message: string;
  readonly consequence: string;
}

/** Which stanza a line without a keyword belongs to. */
type Open = 'none' | 'iface' | 'mapping';

/** The faults are those of the dialect. */
export function parseInterfaces(source: Source, dialect: Dialect = dialects.classic): InterfacesFile {
  const lines = splitLines(source);
  const directives: Directive[] = [];
  let open: Open = 'none';
  let script = false;
  for (const line of lines) {
    const keyword = line.words[0];
    if (keyword === undefined) continue;
    const words = line.words.slice(1);
    const reader = keywordReaders.find(({ matches }) => matches(keyword.value));
    if (reader !== undefined) {
      const directive = reader.read(line, keyword.value, words, open);
      directives.push(
        dialect.bareStanzas && directive.kind === 'fault' ? relax(directive, line, words) : refuse(directive, dialect),
      );
      open = reader.opens(words, open);
      script = false;
    } else if (open === 'iface') directives.push(readOption(line, keyword));
    else if (open === 'mapping') {
      const directive = readMappingOption(line, keyword, script);
      script ||= directive.kind === 'script';
      directives.push(directive);
    } else {
      const stray = misplaced(line, keyword);
      directives.push(dialect.bareStanzas ? relax(stray, line, []) : stray);
    }
  }
  return { source, lines, directives };
}

interface KeywordReader {
  readonly matches: (keyword: string) => boolean;
  readonly read: (line: Line, keyword: string, words: readonly Word[], open: Open) => Directive;
  /** What is open after the line. */
  readonly opens: (words: readonly Word[], open: Open) => Open;
}

/** A bare keyword inside an iface stanza is about that stanza and leaves it open; anything else closes it. */
const stayIfBare = (words: readonly Word[], open: Open): Open =>
  words.length === 0 && open === 'iface' ? 'iface' : 'none';
const close = (): Open => 'none';
const is = (word: string) => (keyword: string) => keyword === word;

/** In the order in which ifupdown compares, since `source-dir…` and `allow-…` are prefixes. */
const keywordReaders: readonly KeywordReader[] = [
  {
    matches: is('mapping'),
    read: (line, _, patterns) => ({ kind: 'mapping', line, patterns }),
    opens: () => 'mapping',
  },
  { matches: is('source'), read: (line) => readSource('source', line), opens: close },
  {
    matches: (keyword) => keyword.startsWith('source-dir'),
    read: (line) => readSource('source-directory', line),
    opens: close,
  },
  { matches: is('iface'), read: readIface, opens: () => 'iface' },
  {
    matches: is('auto'),
    read: (line, _, words, open) => readNames(line, words, open, { kind: 'class', line, name: 'auto', words }),
    opens: stayIfBare,
  },
  {
    matches: (keyword) => keyword.startsWith('allow-') && keyword.length > 6,
    read: (line, keyword, words, open) =>
      readNames(line, words, open, { kind: 'class', line, name: keyword.slice(6), words }),
    opens: stayIfBare,
  },
  {
    matches: is('rename'),
    read: (line, _, words, open) => readNames(line, words, open, { kind: 'rename', line, words }),
    opens: close,
  },
  ...(['no-auto-down', 'no-scripts'] as const).map((kind): KeywordReader => ({
    matches: is(kind),
    read: (line, _, words, open) => readNames(line, words, open, { kind, line, words }),
    opens: stayIfBare,
  })),
];

function readSource(kind: 'source' | 'source-directory', line: Line): Directive {
  return { kind, line, ...restOf(line) };
}

/** Without words, outside a stanza, these lines say nothing. */
function readNames(line: Line, words: readonly Word[], open: Open, directive: Directive): Directive {
  if (words.length > 0 || (open === 'iface' && directive.kind !== 'rename')) return directive;
  return {
    kind: 'fault',
    fatal: false,
    place: placeOf(line),
    message: `"${line.text}" names no interface; expected names after it`,
    consequence: 'ifupdown reads on as if the line were not there',
  };
}

/** iface NAME FAMILY METHOD [inherits NAME] | iface NAME [FAMILY] inherits NAME. */
function readIface(line: Line, _: string, words: readonly Word[]): Directive {
  const [name, second] = words;
  if (name === undefined) return fault(line, 'iface names no interface; expected iface NAME FAMILY METHOD');
  const methods = second === undefined ? undefined : families.get(second.value);
  if (second === undefined || (methods === undefined && second.value !== 'inherits')) {
    const found = second === undefined ? 'no address family' : `unknown address family "${second.value}"`;
    return fault(line, `${found}; expected ${[...families.keys()].join(', ')} or inherits`, second);
  }
  if (methods === undefined) return inherit(line, name, null, null, words[2], null);
  const third = words[2];
  const family = second.value;
  if (third?.value === 'inherits') return inherit(line, name, family, null, words[3], null);
  if (third === undefined || !methods.has(third.value)) {
    const found = third === undefined ? 'no method' : `unknown method "${third.value}"`;
    return fault(line, `${found} of ${family}; expected ${[...methods.keys()].join(', ')} or inherits`, third);
  }
  const fourth = words[3];
  if (fourth?.value === 'inherits') return inherit(line, name, family, third.value, words[4], null);
  return { kind: 'iface', line, name, family, method: third.value, inherits: null, extra: fourth ?? null };
}

function inherit(
  line: Line,
  name: Word,
  family: string | null,
  method: string | null,
  inherits: Word | undefined,
  extra: Word | null,
): Directive {
  if (inherits === undefined) return fault(line, 'inherits names no stanza; expected the name of an earlier iface');
  return { kind: 'iface', line, name, family, method, inherits, extra };
}

function readOption(line: Line, keyword: Word): Directive {
  const { value, place } = restOf(line);
  if (value === '') return fault(line, `option "${keyword.value}" has no value; expected one after it`);
  return { kind: 'option', line, name: commandAliases.get(keyword.value) ?? keyword.value, value, place };
}

function readMappingOption(line: Line, keyword: Word, seenScript: boolean): Directive {
  if (keyword.value === 'script' && seenScript) return fault(line, 'a second script in one mapping; expected one');
  if (keyword.value !== 'script' && keyword.value !== 'map') {
    return fault(line, `"${keyword.value}" in a mapping; expected script or map`, keyword);
  }
  return { kind: keyword.value, line, value: restOf(line).value };
}

function misplaced(line: Line, keyword: Word): Fault {
  const comment = keyword.value === '' ? ' (a continuation line after a lone backslash begins with blanks)' : '';
  return fault(
    line,
    `"${keyword.value}" belongs to no stanza${comment}; expected auto, allow-CLASS, iface, mapping, source, source-directory, no-auto-down, no-scripts or rename`,
    keyword,
  );
}

/** busybox ends at words that the others know or pass over, and with it the reading of everything. */
function refuse(directive: Directive, { classes, lists, globs }: Dialect): Directive {
  const { kind } = directive;
  const isRefused =
    (kind === 'class' && directive.name !== 'auto' && classes === 'fatal') ||
    ((kind === 'no-scripts' || kind === 'rename' || kind === 'no-auto-down') && lists === 'fatal') ||
    (kind === 'iface' && directive.inherits !== null && lists === 'fatal') ||
    (kind === 'source' && /[*?[]/.test(directive.value) && !globs);
  if (!isRefused) return directive;
  const what =
    kind === 'source'
      ? 'a pattern in source'
      : kind === 'iface'
        ? 'inherits'
        : `"${directive.line.words[0]?.value ?? ''}"`;
  return fault(
    directive.line,
    `${what} is not known to busybox; expected auto, iface, mapping, source or source-directory`,
  );
}

function relax(directive: Fault, line: Line, [name]: readonly Word[]): Directive {
  const bare = line.words[0]?.value === 'iface' && name !== undefined;
  if (bare) return { kind: 'iface', line, name, family: 'inet', method: 'static', inherits: null, extra: null };
  return { ...directive, fatal: false, consequence: 'the line is ignored' };
}

function fault(line: Line, message: string, word?: Word): Fault {
  // Which of the two it is, only the reader of the whole configuration knows; it fills in the consequence.
  return { kind: 'fault', fatal: true, place: word?.place ?? placeOf(line), message, consequence: '' };
}
