/**
 * fnmatch(3) as glibc does it in the C locale, which is the locale of every daemon that is asked here: byte by byte, with
 * `*`, `?`, brackets with ranges and classes, and backslash. It is not the globbing of shells and npm packages: there is no
 * `{a,b}`, `**` is `*`, and `!` means nothing outside of brackets.
 *
 * Linear in pattern times text: only the last `*` is ever tried again, so no pattern of a user's can hang the linter.
 */

/** fnmatch(3)'s flags; all off is what systemd uses. */
export interface FnmatchFlags {
  /** FNM_PATHNAME: `*`, `?` and brackets do not match a slash. */
  readonly pathname?: boolean;
  /** FNM_PERIOD: a leading period has to be written; with `pathname` also after each slash. */
  readonly period?: boolean;
  /** FNM_NOESCAPE: a backslash is itself. */
  readonly noEscape?: boolean;
}

/** Does `text` match `pattern`? */
export function fnmatch(pattern: string, text: string, flags: FnmatchFlags = {}): boolean {
  const glob = toBytes(pattern);
  const subject = toBytes(text);
  let at = 0; // in glob
  let place = 0; // in subject
  let star = -1; // where glob goes on after the last `*`
  let starPlace = 0; // up to where that `*` has eaten
  for (;;) {
    if (at >= glob.length && place >= subject.length) return true;
    if (glob[at] === '*' && !isHiddenPeriod(subject, place, flags)) {
      star = at + 1;
      starPlace = place;
      at = star;
      continue;
    }
    const next = at < glob.length && place < subject.length ? matchOne(glob, at, subject, place, flags) : 0;
    if (next > 0) {
      at = next;
      place += 1;
      continue;
    }
    const eaten = subject[starPlace];
    if (star < 0 || eaten === undefined || (eaten === '/' && flags.pathname === true)) return false;
    starPlace += 1;
    at = star;
    place = starPlace;
  }
}

/** Is there anything in the pattern that fnmatch treats specially? */
export function hasWildcard(pattern: string): boolean {
  return /[*?[\\]/.test(pattern);
}

/** Matches one byte; gives where the pattern goes on, or 0. */
function matchOne(glob: string, at: number, subject: string, place: number, flags: FnmatchFlags): number {
  const wanted = glob[at] ?? '';
  const byte = subject[place] ?? '';
  switch (wanted) {
    case '*':
      return 0; // before a hidden period
    case '?':
      return mayBeWild(subject, place, flags) ? at + 1 : 0;
    case '[': {
      const bracket = readBracket(glob, at, byte, flags);
      if (bracket === 'literal') return byte === '[' ? at + 1 : 0;
      return bracket > 0 && mayBeWild(subject, place, flags) ? bracket : 0;
    }
    case '\\':
      if (flags.noEscape === true) break;
      // A backslash at the end matches nothing.
      return at + 1 < glob.length && glob[at + 1] === byte ? at + 2 : 0;
  }
  return wanted === byte ? at + 1 : 0;
}

function mayBeWild(subject: string, place: number, flags: FnmatchFlags): boolean {
  return !(flags.pathname === true && subject[place] === '/') && !isHiddenPeriod(subject, place, flags);
}

function isHiddenPeriod(subject: string, place: number, flags: FnmatchFlags): boolean {
  if (flags.period !== true || subject[place] !== '.') return false;
  return place === 0 || (flags.pathname === true && subject[place - 1] === '/');
}

/**
 * Reads a bracket expression at `at`. Gives where the pattern goes on if `byte` is in it, 0 if not, and 'literal' for a
 * `[` that is never closed, which stands for itself.
 */
function readBracket(glob: string, at: number, byte: string, flags: FnmatchFlags): number | 'literal' {
  let index = at + 1;
  const negated = glob[index] === '!' || glob[index] === '^';
  if (negated) index += 1;
  const first = index;
  let found = false;
  let broken = false;

  /** One member of the set, or an end of a range; null where the pattern ends. */
  const takeMember = (): string | null => {
    let member = glob[index];
    if (member === '\\' && flags.noEscape !== true) member = glob[(index += 1)];
    index += 1;
    if (member === '[' && (glob[index] === '.' || glob[index] === '=')) {
      // [.x.] and [=x=]: in the C locale a collating element is one byte.
      const kind = glob[index] ?? '';
      const close = glob.indexOf(`${kind}]`, index + 1);
      if (close < 0) {
        if (kind === '=') return member;
        broken = true; // [. that is not closed spoils the pattern, where [= stands for itself
        index = glob.length;
        return member;
      }
      member = glob.slice(index + 1, close);
      if (member.length !== 1) broken ||= !found;
      index = close + 2;
    }
    return member ?? null;
  };

  for (;;) {
    if (index >= glob.length) return broken ? 0 : 'literal';
    if (glob[index] === ']' && index > first) break;
    const named = /^\[:([a-z]*):\]/.exec(glob.slice(index, index + 16));
    if (named !== null) {
      const members = classes[named[1] ?? ''];
      if (members === undefined)
        broken ||= !found; // what follows a hit is only skipped
      else if (members.test(byte)) found = true;
      index += named[0].length;
      continue;
    }
    const low = takeMember();
    if (low === null) return 'literal';
    if (glob[index] !== '-' || glob[index + 1] === ']' || index + 1 >= glob.length) {
      if (low === byte) found = true;
      continue;
    }
    index += 1;
    const high = takeMember();
    if (high === null) return 'literal';
    if (low <= byte && byte <= high) found = true;
  }
  return !broken && found !== negated ? index + 1 : 0;
}

/** The C locale's classes. */
const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** A text as the bytes it has in UTF-8, one code unit each; a lone surrogate U+DC80…U+DCFF is the byte it stands for. */
function toBytes(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text;
  let bytes = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes += character;
    else if (point >= 0xdc80 && point <= 0xdcff) bytes += String.fromCharCode(point - 0xdc00);
    else {
      const following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
      const lead = [0, 0xc0, 0xe0, 0xf0][following] ?? 0;
      bytes += String.fromCharCode(lead | (point >> (6 * following)));
      for (let rest = following - 1; rest >= 0; rest -= 1)
        bytes += String.fromCharCode(0x80 | ((point >> (6 * rest)) & 0x3f));
    }
  }
  return bytes;
}
