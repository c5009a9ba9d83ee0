/**
 * interfaces(5) as NetworkManager's plugin ifupdown reads it (nms-ifupdown-interface-parser.c, the same from 1.42 to 1.58), which
 * is not as ifupdown does: a comment can be continued, a line of more than 253 characters is left out, `source-directory` takes
 * every name, and a fault ends nothing. Names and patterns stay as they are written.
 */
import { expandWords } from '../../text/word-expansion.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place, Source } from '../../text/source.ts';

export interface Block {
  /** iface, mapping, auto, allow-hotplug … */
  readonly type: string;
  /** Of a mapping: all its names, with single blanks between them. */
  readonly name: string;
  readonly place: Place;
  /** In the order of the lines; of one key, the first counts. */
  readonly options: readonly BlockOption[];
}

export interface BlockOption {
  /** With `-` for `_`; the family of an iface line, whose value is the method. */
  readonly key: string;
  readonly value: string;
  readonly place: Place;
}

export interface Interfaces {
  readonly blocks: readonly Block[];
  /** `source` lines that depend on NetworkManager's environment. */
  readonly unfollowed: readonly Place[];
}

/** Files that a path or a glob(3) finds. */
type FindFiles = (glob: string) => readonly ConfigFile[];

export const interfacesPath = '/etc/network/interfaces';

interface Draft {
  readonly find: FindFiles;
  readonly blocks: (Block & { readonly options: BlockOption[] })[];
  readonly unfollowed: Place[];
  readonly seen: Set<string>;
}

export function readInterfaces(find: FindFiles): Interfaces {
  const draft: Draft = { find, blocks: [], unfollowed: [], seen: new Set() };
  for (const file of find(interfacesPath)) readFile(draft, file);
  return draft;
}

function readFile(draft: Draft, file: ConfigFile): void {
  if (draft.seen.has(file.path)) return;
  draft.seen.add(file.path);
  let isOpen = false;
  for (const { words, place } of splitLines(file.source)) {
    const [word = '', ...rest] = words;
    const [name = '', family = '', ...method] = rest;
    const add = (type: string, of: string, options: BlockOption[] = []) =>
      draft.blocks.push({ type, name: of, place, options });
    if (word === '' || word.startsWith('#')) continue;
    if (rest.length === 0) isOpen = false;
    else if (word === 'iface') {
      if (method.length === 0) continue; // what follows belongs to the block before
      add(word, name, [{ key: family, value: method.join(' '), place }]);
      isOpen = true;
    } else if (word === 'source' || word === 'source-directory') {
      for (const path of rest) followSource(draft, file, { path, place, isDirectory: word === 'source-directory' });
      isOpen = true;
    } else if (word === 'mapping') {
      add(word, rest.join(' '));
      isOpen = true;
    } else if (word === 'auto' || word.startsWith('allow-')) {
      for (const one of rest) add(word === 'allow-auto' ? 'auto' : word, one);
      isOpen = true;
    } else if (isOpen)
      draft.blocks.at(-1)?.options.push({ key: word.replaceAll('_', '-'), value: rest.join(' '), place });
  }
}

function followSource(
  draft: Draft,
  file: ConfigFile,
  { path, place, isDirectory }: { readonly path: string; readonly place: Place; readonly isDirectory: boolean },
): void {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  const expansion = expandWords(path.startsWith('/') ? path : `${folder}/${path}`);
  if (expansion.outcome === 'unknown') draft.unfollowed.push(place);
  if (expansion.outcome !== 'words') return;
  for (const word of expansion.words) {
    const globs = isDirectory ? ['*', '.*'].map((names) => `${word.replace(/\/+$/, '')}/${names}`) : [word];
    for (const found of globs.flatMap(draft.find)) readFile(draft, found);
  }
}

interface Line {
  readonly words: readonly string[];
  readonly place: Place;
}

/** The most that a line may have: it is read into 255 bytes, with its newline and a NUL. */
const longest = 253;

/** Lines as they are once joined at a trailing backslash, which one at the very end of the file loses with itself. */
function splitLines(source: Source): readonly Line[] {
  const lines: Line[] = [];
  let joined = '';
  let start = 0;
  for (let at = 0; at < source.text.length;) {
    const newline = source.text.indexOf('\n', at);
    const end = newline < 0 ? source.text.length : newline;
    joined += source.text.slice(at, end);
    at = end + 1;
    if (joined.endsWith('\\')) {
      joined = joined.slice(0, -1);
      continue;
    }
    const span = trimSpan(source.text, start, end);
    if (joined.length <= longest)
      lines.push({ words: joined.split(/[ \t]+/).filter((word) => word !== ''), place: { source, span } });
    joined = '';
    start = at;
  }
  return lines;
}

function trimSpan(text: string, start: number, end: number): Place['span'] {
  const line = text.slice(start, end);
  const from = start + line.length - line.trimStart().length;
  return { start: from, end: Math.max(from, start + line.trimEnd().length) };
}
