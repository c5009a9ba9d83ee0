/**
 * All files of an ifupdown configuration, read as `read_interfaces` does (config.c): from the top file through `source` in
 * the order of the lines, into classes, stanzas, mappings and lists. A fault in the top file voids everything; one in a
 * sourced file cuts that file short.
 */
import { baseName } from '../../text/base-name.ts';
import { expandWords } from '../../text/word-expansion.ts';
import { type Dialect, dialects } from './dialect.ts';
import { type Directive, type Fault, type IfaceLine, type ListName, parseInterfaces } from './parse.ts';
import { type Line, placeOf } from './lines.ts';
import type { ConfigFile, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import { addOption, type Configuration, type Entry, type Option, type SourcedGlob } from './stanza.ts';

/** Files that a glob finds. */
export type FindFiles = (glob: string) => readonly ConfigFile[];

/** What a directory_filter of ifupdown lets through. */
export const plainName = /^[A-Za-z0-9_-]+$/;

/** ifupdown recurses without a limit; a chain as deep as this is a loop through other spellings of one path. */
const deepest = 64;

interface Draft {
  readonly dialect: Dialect;
  readonly find: FindFiles;
  readonly classes: Map<string, Entry[]>;
  readonly stanzas: { name: Entry; place: Place; family: string; method: string; options: Option[] }[];
  readonly mappings: { place: Place; patterns: readonly Entry[]; script: string | null; maps: string[] }[];
  readonly lists: Record<ListName, Entry[]>;
  readonly problems: Problem[];
  readonly seen: Set<string>;
  readonly sourced: SourcedGlob[];
  loopback: boolean;
  /** A fault in any file ends busybox's reading. */
  failed: boolean;
}

/** `tops`: the top file; or several that nothing puts in an order, each read as if one file sourced it. */
export function readConfiguration(
  tops: readonly ConfigFile[],
  find: FindFiles,
  dialect: Dialect = dialects.classic,
): Configuration {
  const draft: Draft = {
    dialect,
    find,
    classes: new Map(),
    stanzas: [],
    mappings: [],
    lists: { 'no-auto-down': [], 'no-scripts': [], rename: [] },
    problems: [],
    seen: new Set(),
    sourced: [],
    loopback: false,
    failed: false,
  };
  const [top] = tops;
  const start = top === undefined ? undefined : { source: top.source, span: { start: 0, end: 0 } };
  if (start !== undefined) draft.classes.set('auto', [{ value: 'lo', place: start }]);
  let broken = false;
  for (const file of tops) {
    const whole = readFile(draft, file, tops.length === 1 ? 'top' : 'alone', 0);
    broken ||= (!whole || draft.failed) && tops.length === 1;
  }
  // "lo is brought up even if nobody says so" (read_interfaces).
  if (!draft.loopback && start !== undefined) {
    draft.stanzas.unshift({
      name: { value: 'lo', place: start },
      place: start,
      family: 'inet',
      method: 'loopback',
      options: [],
    });
  }
  const { classes, stanzas, mappings, lists, problems, sourced, seen } = draft;
  return { classes, stanzas, mappings, lists, problems, sourced, broken, read: [...seen] };
}

const consequences = {
  top: 'ifup, ifdown and ifquery refuse the whole configuration, and no interface is brought up',
  alone:
    'as the top file, ifupdown would refuse the whole configuration; sourced from another, the rest of the file is not read',
  sourced: 'the rest of this file is not read',
} as const;

/** False: a fault ended it. */
function readFile(draft: Draft, file: ConfigFile, as: keyof typeof consequences, depth: number): boolean {
  if (draft.seen.has(file.path) || depth > deepest) return true;
  draft.seen.add(file.path);
  let whole = true;
  let stanza: Draft['stanzas'][number] | null = null;
  let mapping: Draft['mappings'][number] | null = null;
  const fail = (fault: Pick<Fault, 'place' | 'message'>): void => {
    draft.problems.push({
      kind: 'syntax',
      ...pick(fault),
      consequence: consequences[draft.dialect.name === 'busybox' ? 'top' : as],
    });
    whole = false;
    draft.failed ||= draft.dialect.name === 'busybox';
  };
  for (const directive of parseInterfaces(file.source, draft.dialect).directives) {
    if (directive.kind === 'fault') {
      if (directive.fatal) fail(directive);
      else draft.problems.push({ kind: 'ignored', ...pick(directive), consequence: directive.consequence });
      continue;
    }
    if (!whole) continue;
    switch (directive.kind) {
      case 'iface': {
        const outcome = addStanza(draft, directive);
        if ('message' in outcome) fail(outcome);
        else stanza = outcome;
        mapping = null;
        break;
      }
      case 'option':
        if (stanza !== null)
          addOption(stanza.options, directive.name, { value: directive.value, place: directive.place });
        break;
      case 'mapping':
        mapping = { place: placeOf(directive.line), patterns: directive.patterns, script: null, maps: [] };
        draft.mappings.push(mapping);
        stanza = null;
        break;
      case 'script':
        if (mapping !== null) mapping.script = directive.value;
        break;
      case 'map':
        mapping?.maps.push(directive.value);
        break;
      case 'source':
      case 'source-directory':
        followSource(draft, file, directive, depth);
        break;
      default: {
        const list = directive.kind === 'class' ? classNamed(draft, directive.name) : draft.lists[directive.kind];
        const words =
          directive.words.length === 0 && stanza !== null ? [bareEntry(stanza.name, directive.line)] : directive.words;
        const [second] = draft.dialect.manyNames ? [] : words.slice(1);
        if (second !== undefined) {
          const message = `"${second.value}" after the first name; expected one name a line`;
          const consequence = 'ifupdown-ng brings up the first one only';
          draft.problems.push({ kind: 'ignored', place: second.place, message, consequence });
        }
        for (const { value, place } of draft.dialect.manyNames ? words : words.slice(0, 1)) {
          if (directive.kind !== 'class' || !list.some((entry) => entry.value === value)) list.push({ value, place });
        }
      }
    }
  }
  return whole;
}

function pick({ place, message }: { readonly place: Place; readonly message: string }) {
  return { place, message };
}

function bareEntry(name: Entry, line: Line): Entry {
  return { value: name.value, place: placeOf(line) };
}

function classNamed(draft: Draft, name: string): Entry[] {
  const known = draft.classes.get(name);
  if (known !== undefined) return known;
  const entries: Entry[] = [];
  draft.classes.set(name, entries);
  return entries;
}

type NewStanza = Draft['stanzas'][number];

function addStanza(draft: Draft, line: IfaceLine): NewStanza | Pick<Fault, 'place' | 'message'> {
  const { name, inherits } = line;
  const parent =
    inherits === null
      ? null
      : draft.stanzas.find(
          (other) => other.name.value === inherits.value && (line.family === null || other.family === line.family),
        );
  if (parent === undefined) {
    const of = line.family === null ? '' : ` of family ${line.family}`;
    const message = `inherits "${inherits?.value ?? ''}", but no stanza of that name${of} stands before this one`;
    return { place: inherits?.place ?? name.place, message };
  }
  if (line.extra !== null) {
    draft.problems.push({
      kind: line.extra.value.startsWith('#') ? 'trailing-comment' : 'ignored',
      place: line.extra.place,
      message: `"${line.extra.value}" after the method; expected the end of the line, or inherits NAME`,
      consequence: 'ifupdown ignores the rest of the line',
    });
  }
  const family = line.family ?? parent?.family ?? '';
  const method = line.method ?? parent?.method ?? '';
  const stanza = { name, place: placeOf(line.line), family, method, options: [...(parent?.options ?? [])] };
  draft.stanzas.push(stanza);
  // Only what the line itself says counts, not what it inherits (no_loopback in config.c).
  draft.loopback ||= (line.family === 'inet' || line.family === 'inet6') && line.method === 'loopback';
  return stanza;
}

type SourceLine = Extract<Directive, { readonly kind: 'source' | 'source-directory' }>;

function followSource(draft: Draft, file: ConfigFile, directive: SourceLine, depth: number): void {
  const directory = file.path.includes('/') ? file.path.slice(0, file.path.lastIndexOf('/')) : '.';
  const { value, place } = directive;
  const ignored = (message: string): void => {
    draft.problems.push({
      kind: 'ignored',
      place,
      message,
      consequence: 'ifupdown reads on as if the line were not there',
    });
  };
  if (directive.kind === 'source-directory' && draft.dialect.sourceDirectory === null)
    return ignored('source-directory is an error to ifupdown2; expected source and a glob');
  if (value === '') ignored(`${directive.kind} names nothing; expected a path`);
  // The directory is put before the whole value, so only its first word is relative to the file.
  const expansion = expandWords(value.startsWith('/') ? value : `${directory}/${value}`);
  if (expansion.outcome === 'fails') return ignored(`"${value}" cannot be expanded: ${expansion.why}`);
  if (expansion.outcome === 'unknown') {
    draft.problems.push({
      kind: 'unreadable',
      place,
      message: `"${value}" cannot be followed: ${expansion.why}`,
      consequence: 'what ifup reads there is not judged',
    });
    return;
  }
  for (const [index, word] of expansion.words.entries()) {
    if (index > 0 && !word.startsWith('/')) {
      ignored(`"${word}" is looked for in the directory that ifup is started in; expected an absolute path`);
      continue;
    }
    const isDirectory = directive.kind === 'source-directory';
    const plainNames = isDirectory && draft.dialect.sourceDirectory === 'plain names';
    const glob = isDirectory ? `${word.replace(/\/+$/, '')}/*` : word;
    draft.sourced.push({ glob, plainNames });
    for (const found of draft.find(glob)) {
      if (plainNames && !plainName.test(baseName(found.path))) continue;
      if (isDirectory && draft.dialect.sourceDirectory === 'regular files' && found.linkTarget !== undefined) continue;
      readFile(draft, found, 'sourced', depth + 1);
    }
  }
}
