/**
 * GLib's key files (glib/gkeyfile.c), which NetworkManager's configuration and profiles are: groups, keys, `#` comments on
 * lines of their own, no continuation. Never throws; a line that GLib refuses is a fault, and reading goes on.
 */
import { madeOnce } from './kept-with.ts';
import type { Place, Source, Span } from './source.ts';

export interface KeyFileEntry {
  readonly group: string;
  readonly key: string;
  /** As it is written, blanks at both ends off. */
  readonly value: string;
  /** As GLib has it: only the blanks before it are off. */
  readonly raw: string;
  readonly keyPlace: Place;
  readonly valuePlace: Place;
}

export interface KeyFileGroup {
  readonly name: string;
  /** The header. */
  readonly place: Place;
  readonly entries: readonly KeyFileEntry[];
}

export interface KeyFile {
  readonly source: Source;
  /** A group that is written twice is one; in the order of their first headers. */
  readonly groups: readonly KeyFileGroup[];
  readonly faults: readonly { readonly place: Place; readonly message: string }[];
}

export const parseKeyFile: (source: Source) => KeyFile = madeOnce(readKeyFile);

function readKeyFile(source: Source): KeyFile {
  const groups = new Map<string, { name: string; place: Place; entries: KeyFileEntry[] }>();
  const faults: { place: Place; message: string }[] = [];
  let current: { name: string; entries: KeyFileEntry[] } | null = null;
  let start = 0;
  for (const line of source.text.split('\n')) {
    const end = start + line.length;
    const text = line.replace(/^[ \t\v\f\r]+/, '');
    const indent = line.length - text.length;
    const at = (from: number, to: number): Place => placeIn(source, { start: start + from, end: start + to });
    const whole = at(indent, line.trimEnd().length);
    if (text.trim() === '' || text.startsWith('#')) {
      // nothing
    } else if (text.startsWith('[')) {
      const name = /^\[([^[\]]+)\][ \t\r]*$/.exec(text)?.[1];
      if (name === undefined) faults.push({ place: whole, message: `'${text.trim()}' is no group; expected [NAME]` });
      else {
        const known = groups.get(name) ?? { name, place: whole, entries: [] };
        groups.set(name, known);
        current = known;
      }
    } else {
      const equals = text.indexOf('=');
      const key = text.slice(0, Math.max(equals, 0)).trimEnd();
      if (equals < 1 || key === '') {
        faults.push({ place: whole, message: `'${text.trim()}' is neither a group nor a key; expected KEY=VALUE` });
      } else if (current === null) {
        faults.push({ place: whole, message: `'${key}' stands before the first group; expected [NAME] above it` });
      } else {
        const value = text.slice(equals + 1).trim();
        const from = line.length - text.slice(equals + 1).trimStart().length;
        current.entries.push({
          group: current.name,
          key,
          value,
          raw: text
            .slice(equals + 1)
            .trimStart()
            .replace(/\r$/, ''),
          keyPlace: at(indent, indent + key.length),
          valuePlace: value === '' ? whole : at(from, from + value.length),
        });
      }
    }
    start = end + 1;
  }
  return { source, groups: [...groups.values()], faults };
}

function placeIn(source: Source, span: Span): Place {
  return { source, span };
}

/** The last of several: GLib's later key replaces an earlier one. */
export function keyFileEntry(file: KeyFile, group: string, key: string): KeyFileEntry | undefined {
  return file.groups.find(({ name }) => name === group)?.entries.findLast((entry) => entry.key === key);
}

/** A list's words, separated by `;` or `,`; a backslash takes the separator into the word. */
export function keyFileWords(value: string): readonly string[] {
  const words = value.replaceAll(
    /\\([;,\\ ])/g,
    (_, character: string) => escapeMark + character.charCodeAt(0) + escapeMark,
  );
  const restore = new RegExp(`${escapeMark}(\\d+)${escapeMark}`, 'g');
  return words
    .split(/[;,]/)
    .map((word) => word.trim().replaceAll(restore, (_, code: string) => String.fromCharCode(Number(code))))
    .filter((word) => word !== '');
}

const escapeMark = '\u0001';

/** _nm_utils_ascii_str_to_bool(): null if it is neither. */
export function keyFileBoolean(value: string): boolean | null {
  if (/^(?:true|yes|on|1)$/i.test(value)) return true;
  return /^(?:false|no|off|0)$/i.test(value) ? false : null;
}

/** g_key_file_get_string(): escapes undone; null if one is unknown. */
export function keyFileString(raw: string): string | null {
  return unescape(raw, '');
}

/** g_key_file_get_string_list(): separated by `;` alone, blanks kept; null if an escape is unknown. */
export function keyFileList(raw: string): readonly string[] | null {
  // The end of the text matches once more, emptily.
  const words = [...raw.matchAll(/((?:[^;\\]|\\[^]?)*)(?:;|$)/g)].slice(0, -1);
  const list = words.map(([, word = '']) => unescape(word, ';')).filter((word) => word !== null);
  return list.length === words.length ? list : null;
}

const escapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

function unescape(text: string, separator: string): string | null {
  let isGood = true;
  const plain = text.replaceAll(/\\([^]?)/g, (_, character: string) => {
    const meant = character !== '' && character === separator ? separator : escapes[character];
    isGood &&= meant !== undefined;
    return meant ?? '';
  });
  return isGood ? plain : null;
}

/** g_key_file_get_boolean(): null for anything but these, `yes` and `no` among it. */
export function keyFileTruth(raw: string): boolean | null {
  const word = raw.trimEnd();
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : null;
}
