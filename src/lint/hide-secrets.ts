/**
 * Findings without secrets: what frames show and what messages quote of a file is what a snapshot would hold of it. Edits keep
 * the file's own text, since they are applied to it.
 */
import { keptWith } from '../text/kept-with.ts';
import type { Finding, Fix } from '../findings/finding.ts';
import { clearSecrets } from '../secrets/clear.ts';
import type { Place, Source } from '../text/source.ts';

export function hideSecrets(finding: Finding): Finding {
  const { place, related, fix } = finding;
  const sources = [place, ...related.map((other) => other.place), ...(fix?.edits.map((edit) => edit.place) ?? [])].map(
    ({ source }) => source,
  );
  const telling = [...new Set(sources.flatMap((source) => [source, fileOf(source)]))].filter(
    (source) => clearOf(source) !== source,
  );
  if (telling.length === 0) return finding;
  const say = (text: string): string =>
    telling.reduce((said, source) => hideQuoted(said, source, place.span.start), text);
  return {
    ...finding,
    message: say(finding.message),
    ...(finding.help === undefined ? {} : { help: say(finding.help) }),
    place: cleared(place),
    related: related.map((other) => ({ place: cleared(other.place), label: say(other.label) })),
    fix: fix === null ? null : hideInFix(fix, say),
  };
}

function hideInFix(fix: Fix, say: (text: string) => string): Fix {
  const isTelling = fix.edits.some(({ text }) => say(`'${text}'`) !== `'${text}'`);
  return { ...fix, description: say(fix.description), ...(isTelling ? { holdsSecret: true } : {}) };
}

/** A text that was lowered from a file: the secret is written there. */
function fileOf(source: Source): Source {
  return source.origin?.placeOf({ start: 0, end: 0 }).source ?? source;
}

const known = keptWith<Source, Source>();

/** The same places, since a placeholder is as long as what it stands for. */
function clearOf(source: Source): Source {
  if (source.builtIn !== undefined) return source;
  const found = known.get(source);
  if (found !== undefined) return found;
  const text = source.carries === undefined ? clearSecrets(source.path, source.text).text : showCarried(source);
  const clear = text === source.text ? source : { ...source, text };
  known.set(source, clear);
  return clear;
}

/** Of a file that carries others: what of theirs stands there as it is, and keys, and nothing else. */
function showCarried({ text, carries = [] }: Source): string {
  const shown = text.replaceAll(
    /([\w.-]+"?[ \t]*:(?:[ \t]+|(?=["'|[{])))|[^\s{}[\],"']/g,
    (part: string, key?: string) => (key === undefined ? 'x' : part),
  );
  const letters = shown.split('');
  for (const { path, text: inner, offsets } of carries) {
    // where it is to be written: the place of what is encoded
    for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + path.length))
      letters.splice(at, path.length, ...path.split(''));
    if (offsets === null) continue;
    const clear = clearSecrets(path, inner).text;
    for (let at = 0; at < clear.length; at += 1) {
      const [from = 0, to = 0] = [offsets[at], offsets[at + 1]];
      if (clear[at] !== inner[at]) continue;
      const end = Math.min(to, from + longestEscape);
      for (let index = from; index < end; index += 1) letters[index] = text[index] ?? '';
    }
  }
  return letters.join('');
}

/** `\u0041`. */
const longestEscape = 6;

function cleared({ source, span }: Place): Place {
  return { source: clearOf(source), span };
}

/**
 * What a message quotes is hidden where the file has it in hidden places alone. The parts of the file that are hidden are looked
 * for too, since a quote may join lines or hold more. Outside of quotes they are looked for where a quote may end in them.
 * Most quote what stands at `near`: looking there first spares a file of 10,000 findings a search of all of it for each.
 */
function hideQuoted(said: string, source: Source, near: number): string {
  const clear = clearOf(source).text;
  const parts = hiddenParts(source);
  const hide = (text: string, some: readonly string[]) =>
    some.reduce((all, part) => all.replaceAll(part, 'x'.repeat(part.length)), text);
  const quoted = said.replaceAll(/(?<=['"])[^'"\n]{3,}(?=['"])/g, (part) => {
    const at = clear.startsWith(part, near) || clear.includes(part) ? -1 : source.text.indexOf(part);
    return at < 0 ? hide(part, parts) : clear.slice(at, at + part.length);
  });
  return hide(
    quoted,
    parts.filter((part) => /['"]/.test(part)),
  );
}

const hidden = new WeakMap<Source, readonly string[]>();

/** What is overwritten on each line, the longest first. */
function hiddenParts(source: Source): readonly string[] {
  const before = hidden.get(source);
  if (before !== undefined) return before;
  const clear = clearOf(source).text;
  // a word is looked for once, and what holds a word that is nowhere is nowhere: a file has many lines and fewer words
  const found = new Map<string, boolean>();
  const isShown = (part: string): boolean => {
    const answer = found.get(part);
    if (answer !== undefined) return answer;
    const shown = clear.includes(part);
    found.set(part, shown);
    return shown;
  };
  const parts = new Set<string>();
  let start = 0;
  for (const line of clear.split('\n')) {
    const written = source.text.slice(start, start + line.length);
    const from = firstDifference(line, written);
    if (from >= 0) {
      const rest = written.slice(from).trimEnd();
      const words = rest.split(/[\s\\"']+/).filter((word) => word.length >= leastLength);
      const gone = words.filter((word) => !isShown(word));
      for (const word of gone) parts.add(word);
      if (rest.length >= leastLength && (gone.length > 0 || !isShown(rest))) parts.add(rest);
    }
    start += line.length + 1;
  }
  const sorted = [...parts].sort((a, b) => b.length - a.length);
  hidden.set(source, sorted);
  return sorted;
}

function firstDifference(one: string, other: string): number {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return at;
  return -1;
}

/** Shorter ones stand in ordinary words. */
const leastLength = 4;
