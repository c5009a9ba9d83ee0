/**
 * How deep YAML nests, told without recursion: the parser recurses, and on a full stack each engine ends in its own way (V8
 * even aborts, when a regular expression is compiled there).
 */
import { Lexer } from 'yaml';

/** At least as deep as the parser would go; some more, where a block scalar's lines are indented. */
export function measureYamlDepth(text: string): number {
  return measureBlocks(text) + measureFlow(text);
}

/** Brackets within brackets. Most files have too few to be looked at. */
function measureFlow(text: string): number {
  const brackets = text.match(/[[{]/g)?.length ?? 0;
  if (brackets < 50) return brackets;
  let depth = 0;
  let deepest = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Columns at which something begins, each further in than the one before. */
function measureBlocks(text: string): number {
  const open: number[] = [];
  let deepest = 0;
  for (const line of text.split('\n')) {
    const [, indent = '', markers = ''] = /^( *)((?:[-?:] +)*)(?=[^ #\r])/.exec(line) ?? [];
    if (line.trim() === '') continue;
    const columns = [indent.length];
    for (const { 0: marker } of markers.matchAll(/. +/g)) columns.push((columns.at(-1) ?? 0) + marker.length);
    for (const column of columns) {
      while ((open.at(-1) ?? -1) >= column) open.pop();
      open.push(column);
    }
    deepest = Math.max(deepest, open.length);
  }
  return deepest;
}
