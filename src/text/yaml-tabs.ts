/**
 * Tabs that libyaml refuses, and the `yaml` package does not: at the start of a line where a token may begin
 * (yaml_parser_scan_to_next_token()), even if nothing follows.
 */
import { Lexer } from 'yaml';
import type { Span } from './source.ts';

/** The first such tab, outside of scalars and of brackets; null if there is none, as in most files. */
export function findBadTab(text: string): Span | null {
  if (!/^ *\t/m.test(text)) return null;
  let at = 0;
  let depth = 0;
  let isLineStart = true;
  /** How far in the last plain scalar's line begins: blank lines below it that reach further are its own. */
  let plain: number | null = null;
  for (const token of new Lexer().lex(text)) {
    if (/^[\u0002\u0018\u001f]$/.test(token)) continue;
    const isBlank = /^[ \t]+$/.test(token);
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (isLineStart && isBlank && token.includes('\t') && depth === 0) {
      const column = token.indexOf('\t');
      if (plain === null || column <= plain) return { start: at + column, end: at + column + 1 };
    }
    if (!isBlank && !/^\r?\n$/.test(token)) plain = /^[\w./]/.test(token) ? indentOf(text, at) : null;
    at += token.length;
    isLineStart = token.endsWith('\n') || (isLineStart && isBlank);
  }
  return null;
}

/** The column at which a line's first key or value begins. */
function indentOf(text: string, at: number): number {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^ *(?:[-?] +)*/.exec(line)?.[0].length ?? 0;
}
