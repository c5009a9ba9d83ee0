/**
 * YAML 1.1 as a plain tree with places, as PyYAML and libyaml read it: merge keys and aliases resolved, the last of two
 * equal keys wins. Never throws; what is wrong is a fault with its place. yaml-plain.ts reads plain files, the `yaml`
 * package all others; this is the shape that managers need.
 */
import { madeOnce } from './kept-with.ts';
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import type { Place, Source } from './source.ts';
import { readPlainYaml } from './yaml-plain.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts';
import { measureYamlDepth } from './yaml-depth.ts';
import { findBadTab } from './yaml-tabs.ts';

export type { YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSequence } from './yaml-node.ts';

export interface YamlFault {
  readonly place: Place;
  readonly message: string;
}

/** Aliases can make a small file huge ("billion laughs"); no configuration copies so much. */
const mostCopies = 5000;
const deepest = 100;
const tooDeep = `it cannot be read: it nests deeper than ${deepest} levels, or expands without end`;

/** `merge`: is `<<` a merge key, as for PyYAML, or a key like others, as for netplan? */
export function parseYamlTree(source: Source, { merge }: { readonly merge: boolean } = { merge: true }): YamlTree {
  return (merge ? parseMerging : parseLiterally)(source);
}

interface YamlTree {
  readonly root: YamlNode | null;
  readonly faults: readonly YamlFault[];
}

const parseMerging = madeOnce((source: Source) => parseYaml(source, true));
const parseLiterally = madeOnce((source: Source) => parseYaml(source, false));

function parseYaml(source: Source, merge: boolean): YamlTree {
  const plain = readPlainYaml(source, resolveScalar);
  return plain === null ? parseAnyYaml(source, merge) : { root: plain, faults: [] };
}

const resolved = new Map<string, YamlScalar['value']>();
const mostResolved = 4096;

/** What `yaml` takes a plain scalar for. */
function resolveScalar(text: string): YamlScalar['value'] {
  const known = resolved.get(text);
  if (known !== undefined) return known;
  // In a list: at the start of a line, `...` ends a document.
  const { root } = parseAnyYaml({ path: '', text: `- ${text}` }, false);
  const [item] = root?.kind === 'sequence' ? root.items : [];
  const value = item?.kind === 'scalar' ? item.value : null;
  if (resolved.size > mostResolved) resolved.clear();
  resolved.set(text, value);
  return value;
}

/** By the `yaml` package, whatever it is. */
export function parseAnyYaml(source: Source, merge: boolean): YamlTree {
  const whole: Place = { source, span: { start: 0, end: source.text.length } };
  if (measureYamlDepth(source.text) > deepest) return { root: null, faults: [{ place: whole, message: tooDeep }] };
  try {
    const document = parseDocument(source.text, { version: '1.1', uniqueKeys: false, merge, logLevel: 'silent' });
    const faults = document.errors.map(({ message, pos }): YamlFault => ({
      place: { source, span: { start: pos[0], end: Math.max(pos[0], pos[1]) } },
      message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
    }));
    const tab = faults.length > 0 ? null : findBadTab(source.text);
    if (tab !== null)
      return {
        root: null,
        faults: [{ place: { source, span: tab }, message: 'a tab; expected blanks, or no tab here' }],
      };
    const build = { source, document, merge, faults, aliases: 0, copies: 0 };
    return { root: document.contents === null ? null : convert(build, document.contents, whole, 0), faults };
  } catch (error) {
    return {
      root: null,
      faults: [
        { place: whole, message: error instanceof RangeError ? tooDeep : `it cannot be read: ${String(error)}` },
      ],
    };
  }
}

interface Build {
  readonly source: Source;
  readonly document: Document.Parsed;
  readonly merge: boolean;
  readonly faults: YamlFault[];
  /** How many aliases deep the conversion is, and how many nodes it has copied for them. */
  aliases: number;
  copies: number;
}

function convert(build: Build, node: unknown, around: Place, depth: number): YamlNode {
  if (build.aliases > 0) build.copies += 1;
  if (build.copies > mostCopies || depth > deepest) throw new RangeError();
  const place = placeOf(build, node) ?? around;
  if (isAlias(node)) {
    const target = node.resolve(build.document);
    if (target === undefined) {
      build.faults.push({ place, message: `'*${node.source}' has no anchor; expected '&${node.source}' before it` });
      return { kind: 'scalar', value: null, text: '', place };
    }
    build.aliases += 1;
    const copy = convert(build, target, place, depth + 1);
    build.aliases -= 1;
    return copy;
  }
  if (isMap(node))
    return { kind: 'map', entries: node.items.flatMap((pair) => convertPair(build, pair, place, depth)), place };
  if (isSeq(node))
    return { kind: 'sequence', items: node.items.map((item) => convert(build, item, place, depth + 1)), place };
  const value: unknown = isScalar(node) ? node.value : null;
  const simple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  const written =
    isScalar(node) && typeof node.source === 'string' ? node.source : simple === null ? '' : String(simple);
  return { kind: 'scalar', value: isFalseNumber(simple, written) ? written : simple, text: written, place };
}

/** The package takes `e1000` and `00:11:22` for numbers of YAML 1.1; PyYAML wants a digit, or one that is not 0, in front. */
function isFalseNumber(value: unknown, written: string): boolean {
  if (typeof value !== 'number') return false;
  return Number.isNaN(value) ? !/^\.nan$/i.test(written) : /^[-+]?0\d*:/.test(written);
}

function convertPair(
  build: Build,
  { key, value }: { readonly key: unknown; readonly value: unknown },
  around: Place,
  depth: number,
): readonly YamlEntry[] {
  const name = convert(build, key, around, depth + 1);
  const content = convert(build, value, name.place, depth + 1);
  if (name.kind !== 'scalar') {
    const { source, span } = name.place;
    const written = source.text.slice(span.start, span.end).trim();
    // PyYAML makes dictionaries, which hold no such key: construct_mapping() in its constructor.py
    if (build.merge)
      build.faults.push({ place: name.place, message: `'${written}' as a key; expected a single value` });
    return [{ key: written, keyKind: name.kind, keyPlace: name.place, value: content }];
  }
  if (build.merge && name.text === '<<') {
    const merged = content.kind === 'sequence' ? content.items : [content];
    return merged.flatMap((map) => (map.kind === 'map' ? map.entries : []));
  }
  return [{ key: name.text, keyPlace: name.place, value: content }];
}

function placeOf({ source }: Build, node: unknown): Place | null {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
  return range === null || range === undefined ? null : { source, span: { start: range[0], end: range[1] } };
}

/** The value of a key; the last of several. */
export function entryOf(node: YamlNode | null | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.findLast((entry) => entry.key === key) : undefined;
}

export function valueOf(node: YamlNode | null | undefined, key: string): YamlNode | undefined {
  return entryOf(node, key)?.value;
}

/** A single value as it is written, `null` and all; null for anything else. */
export function scalarText(node: YamlNode | undefined): string | null {
  return node?.kind === 'scalar' ? node.text : null;
}

/** A tree without its places: objects, arrays and values; the last of two equal keys. */
export function plainValue(node: YamlNode | null): unknown {
  if (node === null || node.kind === 'scalar') return node?.value ?? null;
  if (node.kind === 'sequence') return node.items.map((item) => plainValue(item));
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
}
