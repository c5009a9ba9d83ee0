/**
 * fnmatch(3) with FNM_EXTMATCH, which ifupdown asks for in its patterns: `?(a|b)`, `*(…)`, `+(…)`, `@(…)`, `!(…)` around
 * what fnmatch knows anyway. It keeps sets of positions instead of backtracking, and finds out once for each part of the pattern
 * and each position where that part ends: a hostile pattern, as `!(` nested, costs no more than a power of the lengths.
 */
import { fnmatch } from '../../text/fnmatch.ts';

type Node =
  | { readonly kind: 'plain'; readonly glob: string }
  | { readonly kind: GroupKind; readonly branches: readonly (readonly Node[])[] };

type GroupKind = '?' | '*' | '+' | '@' | '!';

/** Groups in groups, far beyond what anybody writes: glibc's own matcher and this parser call themselves for each. */
const maximalNesting = 64;

/** Null: the groups are nested too deeply to be told. */
export function matchExtendedGlob(pattern: string, text: string): boolean | null {
  if (nesting(pattern) > maximalNesting) return null;
  const nodes = parse(pattern);
  const [only] = nodes;
  if (nodes.length === 1 && only?.kind === 'plain') return fnmatch(only.glob, text);
  return advance(nodes, new Set([0]), text).has(text.length);
}

function parse(pattern: string): readonly Node[] {
  const nodes: Node[] = [];
  let plain = '';
  for (let at = 0; at < pattern.length;) {
    const character = pattern.charAt(at);
    const close = '?*+@!'.includes(character) && pattern[at + 1] === '(' ? closing(pattern, at + 2) : -1;
    if (close >= 0) {
      if (plain !== '') nodes.push({ kind: 'plain', glob: plain });
      plain = '';
      nodes.push({ kind: character as GroupKind, branches: split(pattern.slice(at + 2, close)).map(parse) });
      at = close + 1;
    } else {
      const end = endOfAtom(pattern, at);
      plain += pattern.slice(at, end);
      at = end;
    }
  }
  if (plain !== '' || nodes.length === 0) nodes.push({ kind: 'plain', glob: plain });
  return nodes;
}

/** An escape or a bracket expression is one atom: parentheses in it do not count. */
function endOfAtom(pattern: string, at: number): number {
  if (pattern[at] === '\\') return Math.min(at + 2, pattern.length);
  if (pattern[at] !== '[') return at + 1;
  const first = pattern[at + 1] === '!' || pattern[at + 1] === '^' ? at + 2 : at + 1;
  const close = pattern.indexOf(']', first + 1);
  return close < 0 ? at + 1 : close + 1;
}

/** How many parentheses are open at most, also such as nothing closes. */
function nesting(pattern: string): number {
  let [depth, deepest] = [0, 0];
  for (let at = 0; at < pattern.length; at = endOfAtom(pattern, at)) {
    if (pattern[at] === '(') deepest = Math.max(deepest, (depth += 1));
    else if (pattern[at] === ')') depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/** The position of the `)` that closes a group, or -1. */
function closing(pattern: string, start: number): number {
  let depth = 1;
  for (let at = start; at < pattern.length; at = endOfAtom(pattern, at)) {
    if (pattern[at] === '(') depth += 1;
    else if (pattern[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function split(group: string): readonly string[] {
  const branches: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < group.length; at = endOfAtom(group, at)) {
    if (group[at] === '(') depth += 1;
    else if (group[at] === ')') depth -= 1;
    else if (group[at] === '|' && depth === 0) {
      branches.push(group.slice(start, at));
      start = at + 1;
    }
  }
  return [...branches, group.slice(start)];
}

function advance(nodes: readonly Node[], starts: ReadonlySet<number>, text: string): ReadonlySet<number> {
  return nodes.reduce((positions, node) => advanceNode(node, positions, text), starts);
}

/** Where a part of a pattern ends, by where it starts. A parsed pattern is matched against one text. */
const endsBefore = new WeakMap<Node, Map<number, ReadonlySet<number>>>();

function advanceNode(node: Node, starts: ReadonlySet<number>, text: string): ReadonlySet<number> {
  const known = endsBefore.get(node) ?? new Map<number, ReadonlySet<number>>();
  endsBefore.set(node, known);
  const reached = new Set<number>();
  for (const start of starts) {
    const found = known.get(start) ?? matchNode(node, new Set([start]), text);
    known.set(start, found);
    for (const end of found) reached.add(end);
  }
  return reached;
}

function matchNode(node: Node, starts: ReadonlySet<number>, text: string): ReadonlySet<number> {
  if (node.kind === 'plain') {
    return new Set(
      [...starts].flatMap((start) => ends(start, text).filter((end) => fnmatch(node.glob, text.slice(start, end)))),
    );
  }
  const once = (from: ReadonlySet<number>) =>
    new Set(node.branches.flatMap((branch) => [...advance(branch, from, text)]));
  switch (node.kind) {
    case '@':
      return once(starts);
    case '?':
      return new Set([...starts, ...once(starts)]);
    case '!':
      return new Set(
        [...starts].flatMap((start) => {
          const taken = once(new Set([start]));
          return ends(start, text).filter((end) => !taken.has(end));
        }),
      );
    default: {
      const reached = new Set(node.kind === '*' ? starts : []);
      for (let front = once(starts); front.size > 0;) {
        const fresh = [...front].filter((position) => !reached.has(position));
        for (const position of fresh) reached.add(position);
        front = fresh.length === 0 ? new Set() : once(new Set(fresh));
      }
      return reached;
    }
  }
}

function ends(start: number, text: string): readonly number[] {
  return Array.from({ length: text.length - start + 1 }, (_, index) => start + index);
}
