/** What nobody of us needs in a ruleset of nftables: lines that bind no link. */
import { findComments } from './key-value-places.ts';
import type { Found } from './found.ts';

export function findInRuleset(text: string): readonly Found[] {
  const used = new Set([...text.matchAll(/\$(\w+)/g)].map(([, name]) => name));
  const lines = [...text.matchAll(/^[ \t]*(?!#)(\S.*)$/gm)].flatMap(({ 0: whole, 1: line = '', index }) => {
    const start = index + whole.length - line.length;
    if (!isNeeded(line, used)) return [{ start, end: start + line.length, what: 'a line of the ruleset' }];
    return [...line.matchAll(/\bcomment[ \t]+"([^"]+)"|#(.+)/g)].map((found) => {
      const told = found[1] ?? found[2] ?? '';
      const end = start + found.index + found[0].length - (found[1] === undefined ? 0 : 1);
      return { start: end - told.length, end, what: 'a comment' };
    });
  });
  return [...lines, ...findComments(text, 0, /^[ \t]*#(.*)$/gm)];
}

function isNeeded(line: string, used: ReadonlySet<string | undefined>): boolean {
  const defined = /^(?:re)?define\s+(\w+)\s*=/.exec(line)?.[1];
  if (defined !== undefined) return used.has(defined);
  return /^(?:table|chain|flowtable)\b|\b(?:devices?|[io]if)\b|^[\w"$.@-]+,?$|^[{}; ]+$/.test(line);
}
