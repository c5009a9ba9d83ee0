/**
 * What `source` and `source-directory` name, as wordexp(3) with WRDE_NOCMD would expand it: words, quotes and escapes. The
 * globs stay in the words, for the caller to look up. `~` and `$` depend on ifup's environment, which nobody knows.
 */

export type Expansion =
  | { readonly outcome: 'words'; readonly words: readonly string[] }
  /** wordexp fails, and ifupdown says nothing. */
  | { readonly outcome: 'fails'; readonly why: string }
  | { readonly outcome: 'unknown'; readonly why: string };

export function expandWords(text: string): Expansion {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "'") {
      if (character === "'") quote = null;
      else word = (word ?? '') + escapeGlob(character);
    } else if (character === '\\') {
      at += 1;
      if (at >= text.length) return { outcome: 'fails', why: 'it ends in a backslash' };
      const plain = quote === null || '$`"\\\n'.includes(text.charAt(at));
      word = (word ?? '') + (plain ? '' : '\\\\') + escapeGlob(text.charAt(at));
    } else if (character === '`' || text.startsWith('$(', at)) {
      return { outcome: 'fails', why: 'it asks for a command, which ifupdown forbids' };
    } else if (character === '$') return { outcome: 'unknown', why: 'it holds a variable of the environment of ifup' };
    else if (quote === '"') {
      if (character === '"') quote = null;
      else word = (word ?? '') + escapeGlob(character);
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (' \t\n'.includes(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if ('|&;<>(){}'.includes(character)) return { outcome: 'fails', why: `"${character}" is not allowed in it` };
    else if (character === '~' && word === null) {
      return { outcome: 'unknown', why: 'it depends on the home directory of the user of ifup' };
    } else word = (word ?? '') + character;
  }
  if (quote !== null) return { outcome: 'fails', why: 'a quote is not closed' };
  if (word !== null) words.push(word);
  return { outcome: 'words', words };
}

/** A quoted character is no glob. */
function escapeGlob(character: string): string {
  return '*?[]\\'.includes(character) ? `\\${character}` : character;
}
