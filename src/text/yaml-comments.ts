/** Where the comments of a YAML text are: the tree of its values does not have them. */
import { Lexer } from 'yaml';
import type { Span } from './source.ts';

/** With their `#`. The lexer's tokens are the text in pieces, with a control character before each scalar and document. */
export function findYamlComments(text: string): readonly Span[] {
  const comments: Span[] = [];
  let start = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    const isMark = /^[\u0002\u0018\u001f]$/.test(token);
    if (token.startsWith('#') && !isScalar) comments.push({ start, end: start + token.length });
    isScalar = token === '\u001f';
    if (!isMark) start += token.length;
  }
  return comments;
}
