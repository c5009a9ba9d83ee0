/**
 * The same file of many guests as one source, so that what was made of it (keptWith) is made once for all guests of an image.
 * Two generations: what was not asked for while as much else came is forgotten, so that memory does not grow with the guests.
 */
import type { Source } from './source.ts';

/** Characters of text in one generation: the configuration of a few images. What is parsed takes some twenty times as much. */
const mostText = 1 << 19;

/** By path, in every text that it has. */
type Generation = Map<string, Source[]>;

let young: Generation = new Map();
let old: Generation = new Map();
let size = 0;

/** The source of this path and text that was made before, or a new one. */
export function sharedSource(path: string, text: string): Source {
  const known = find(young, path, text);
  if (known !== undefined) return known;
  if (size > mostText) {
    old = young;
    young = new Map();
    size = 0;
  }
  const source = find(old, path, text) ?? { path, text };
  const sources = young.get(path);
  if (sources === undefined) young.set(path, [source]);
  else sources.push(source);
  size += path.length + text.length;
  return source;
}

function find(generation: Generation, path: string, text: string): Source | undefined {
  return generation.get(path)?.find((source) => source.text === text);
}
