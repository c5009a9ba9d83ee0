/**
 * Files of shell assignments (/etc/sysconfig): as NetworkManager's ifcfg-rh reads them, line by line and without a shell
 * (src/core/settings/plugins/ifcfg-rh/shvar.c, 1.42.4; 1.52.1 alike). Nothing is run. src/text/shell-script.ts is the shell's view.
 */
import type { Place, Source } from './source.ts';

export interface Assignment {
  readonly key: string;
  /** What stands behind the equals sign, to the end of the line. */
  readonly raw: string;
  /** KEY=VALUE. */
  readonly place: Place;
  readonly keyPlace: Place;
  /** Without blanks at its ends; the whole assignment where it is empty. */
  readonly valuePlace: Place;
}

export interface AssignmentLines {
  /** In their order; of equal keys the last counts. */
  readonly assignments: readonly Assignment[];
  /** Lines that are neither an assignment, a comment nor blank. */
  readonly strange: readonly Place[];
}

/** `KEY=` at the beginning of a line, blanks before it allowed; no `export`, no blanks around the equals sign. */
export function parseAssignmentLines(source: Source): AssignmentLines {
  const assignments: Assignment[] = [];
  const strange: Place[] = [];
  let start = 0;
  for (const line of source.text.split('\n')) {
    const [, indent = '', key] = /^([ \t\v\f\r]*)([A-Za-z_][A-Za-z0-9_]*)=/.exec(line) ?? [];
    const at = (from: number, to: number): Place => ({ source, span: { start: start + from, end: start + to } });
    const end = line.trimEnd().length;
    if (key !== undefined) {
      const from = indent.length + key.length + 1;
      const raw = line.slice(from);
      const first = line.length - raw.trimStart().length;
      const place = at(indent.length, Math.max(end, from));
      const valuePlace = raw.trim() === '' ? place : at(first, end);
      assignments.push({ key, raw, place, keyPlace: at(indent.length, from - 1), valuePlace });
    } else if (!/^[ \t\v\f\r]*(?:#|$)/.test(line)) strange.push(at(line.length - line.trimStart().length, end));
    start += line.length + 1;
  }
  return { assignments, strange };
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '?': '?',
  '"': '"',
  '\\': '\\',
  "'": "'",
};

/** Where a part of a value ends, and what it stands for; null: it is badly quoted. */
type Part = { readonly text: string; readonly next: number } | null;

/**
 * svUnescape(): bash's quoting without expansion. Null: it cannot be taken without a shell (a second word, an expansion in
 * double quotes, an open quote), and the key counts as empty. An unquoted `$X` is taken as it stands.
 */
export function unquoteAssignment(raw: string): string | null {
  let text = '';
  for (let at = 0; at < raw.length;) {
    const character = raw[at] ?? '';
    // one semicolon and a comment may follow; a comment needs a blank or a semicolon before it
    if (/[\s;]/.test(character)) return /^\s*;?\s*(?:#.*)?$/.test(raw.slice(at)) ? upToNul(text) : null;
    const part = readPart(raw, at, character);
    if (part === null) return null;
    text += part.text;
    at = part.next;
  }
  return upToNul(text);
}

function readPart(raw: string, at: number, character: string): Part {
  if (character === '\\') return at + 1 < raw.length ? { text: raw[at + 1] ?? '', next: at + 2 } : null;
  if (character === "'") {
    const end = raw.indexOf("'", at + 1);
    return end < 0 ? null : { text: raw.slice(at + 1, end), next: end + 1 };
  }
  if (character === '"') return readDouble(raw, at + 1);
  if (character === '$' && raw[at + 1] === "'") return readAnsi(raw, at + 2);
  return '|&()<>'.includes(character) ? null : { text: character, next: at + 1 };
}

function readDouble(raw: string, start: number): Part {
  // as svEscape() of old wrote a value: the backslash before ' and ~ is its own
  const isOld = raw.startsWith('"') && /^"(?:[^"\\`$]|\\[\\"`$'~])*"$/.test(raw);
  let text = '';
  for (let at = start; at < raw.length; at += 1) {
    const character = raw[at] ?? '';
    if (character === '"') return { text, next: at + 1 };
    if (character === '`' || character === '$') return null;
    if (character !== '\\') {
      text += character;
      continue;
    }
    at += 1;
    const escaped = raw[at];
    if (escaped === undefined) return null;
    const isDropped = '$`"\\'.includes(escaped) || (isOld && "'~".includes(escaped));
    text += isDropped ? escaped : `\\${escaped}`;
  }
  return null;
}

function readAnsi(raw: string, start: number): Part {
  let text = '';
  for (let at = start; at < raw.length;) {
    const character = raw[at] ?? '';
    if (character === "'") return { text, next: at + 1 };
    if (character !== '\\') {
      text += character;
      at += 1;
      continue;
    }
    if (at + 1 >= raw.length) return null;
    const [whole = '', octal, kind, hex] =
      /^\\(?:([0-7]{1,3})|(x)([0-9a-f]{1,2})|(?:u|U)([0-9a-f]{1,8}))/i.exec(raw.slice(at)) ?? [];
    const plain = escapes[raw[at + 1] ?? ''];
    if (octal !== undefined) text += String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    else if (kind !== undefined) text += String.fromCharCode(Number.parseInt(hex ?? '0', 16));
    else text += plain ?? `\\${raw[at + 1] ?? ''}`;
    at += whole === '' ? 2 : whole.length;
  }
  return null;
}

/** What follows a NUL is lost to C. */
function upToNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
