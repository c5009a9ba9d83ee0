/**
 * A file of assignments as a shell that sources it would take it (RHEL's network-scripts), as far as that can be known
 * without running it: several assignments on a line, quotes over lines, continuations. What needs a shell is said to be unknown.
 */
import type { Place, Source } from './source.ts';

export interface ShellAssignment {
  readonly key: string;
  /** Null: only a shell knows it. */
  readonly value: string | null;
  readonly place: Place;
  readonly keyPlace: Place;
  readonly valuePlace: Place;
}

export interface ShellAssignments {
  readonly assignments: readonly ShellAssignment[];
  /** Commands: each may set anything. */
  readonly commands: readonly Place[];
}

export function parseShellAssignments(source: Source): ShellAssignments {
  const { text } = source;
  const assignments: ShellAssignment[] = [];
  const commands: Place[] = [];
  for (let at = 0; at < text.length;) {
    at = skip(text, at, /[\s;]*(?:#[^\n]*)?/y);
    if (at >= text.length || /[\s;#]/.test(text[at] ?? '')) continue;
    const start = at;
    const found: ShellAssignment[] = [];
    at = skip(text, at, /(?:export|declare|typeset|local|readonly)[ \t]+(?=[A-Za-z_])/y);
    for (;;) {
      const name = matchAt(text, at, /[A-Za-z_][A-Za-z0-9_]*=/y);
      if (name === null) break;
      const word = readWord(text, at + name.length);
      const at1 = at + name.length;
      found.push({
        key: name.slice(0, -1),
        value: word.value,
        place: { source, span: { start: at, end: word.end } },
        keyPlace: { source, span: { start: at, end: at1 - 1 } },
        valuePlace: { source, span: { start: word.end > at1 ? at1 : at, end: word.end } },
      });
      at = skip(text, word.end, /(?:[ \t\r]|\\\n)*/y);
    }
    if (at >= text.length || /^(?:\n|;(?!;)|#)/.test(text.slice(at, at + 2))) {
      // `export KEY` alone changes no value
      if (found.length === 0) commands.push({ source, span: { start, end: Math.max(at, start + 1) } });
      assignments.push(...found);
      at = Math.max(at, start + 1);
      continue;
    }
    // a command: what stands before it is set for it alone
    const end = lineEnd(text, at);
    if (found.length > 0 || !/^export[ \t]+[A-Za-z_ \t0-9]*$/.test(text.slice(start, end)))
      commands.push({ source, span: { start, end } });
    at = end;
  }
  return { assignments, commands };
}

function matchAt(text: string, at: number, pattern: RegExp): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function skip(text: string, at: number, pattern: RegExp): number {
  return at + (matchAt(text, at, pattern)?.length ?? 0);
}

function lineEnd(text: string, from: number): number {
  let end = text.indexOf('\n', from);
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf('\n', end + 1);
  return end < 0 ? text.length : end;
}

interface Word {
  readonly value: string | null;
  readonly end: number;
}

function readWord(text: string, start: number): Word {
  let value: string | null = '';
  const add = (more: string | null) => {
    value = value === null || more === null ? null : value + more;
  };
  let at = start;
  while (at < text.length) {
    const rest = text[at] ?? '';
    if (/[\s;]/.test(rest)) break;
    if (rest === "'") {
      const end = text.indexOf("'", at + 1);
      add(end < 0 ? null : text.slice(at + 1, end));
      at = end < 0 ? text.length : end + 1;
    } else if (rest === '"') {
      const quoted = matchAt(text, at, /"(?:[^"\\]|\\[^])*"/y);
      const inner = quoted?.slice(1, -1) ?? null;
      add(
        inner === null || /(?:^|[^\\])(?:\\\\)*[$`]/.test(inner)
          ? null
          : inner.replace(/\\\n/g, '').replace(/\\([$`"\\])/g, '$1'),
      );
      at = quoted === null ? text.length : at + quoted.length;
    } else if (rest === '\\') {
      add(text[at + 1] === '\n' ? '' : (text[at + 1] ?? ''));
      at += 2;
    } else if (/[$`|&()<>*?[~{]/.test(rest)) {
      // expansions, globs (not done in assignments, but braces and tildes are none of ours to know), redirections
      add(/[*?[{]/.test(rest) ? rest : null);
      const group = matchAt(text, at, /\$\([^)\n]*\)|\$\{[^}\n]*\}|`[^`\n]*`/y);
      at += group?.length ?? 1;
    } else {
      add(rest);
      at += 1;
    }
  }
  return { value, end: Math.min(at, text.length) };
}
