/** Rulesets of nftables: the links that they are bound to, by a hook or by index. Source: nft(8). */

/** Where distributions keep what their nftables.service loads, and what that includes by habit. */
export const packetFilterGlobs: readonly string[] = [
  '/etc/nftables.conf',
  '/etc/nftables.d/*.nft',
  '/etc/nftables/*.nft',
  '/etc/nftables/*.conf',
  '/etc/sysconfig/nftables.conf',
];

/** A link that is named, and where; behind a variable, where that is defined. */
export interface BoundLink {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const name = /"[^"\n]*"|[\w.@-]+|\$\w+/g;
const value = String.raw`(?:\{(?<list>[^{}]*)\}|(?<one>"[^"\n]*"|\$?[\w.@-]+))`;
/** Hooks of chains and flowtables; a rule that compares the index, which nft asks for once. `iifname` compares the name. */
const bound = new RegExp(String.raw`\b(?:devices?\s*=?|[io]if\s(?:\s*[!=]=)?)\s*${value}`, 'g');
const definition = new RegExp(String.raw`^[ \t]*(?:re)?define\s+(?<what>\w+)\s*=\s*${value}`, 'gm');

/** What holds one netdev and not its name. Linear in the text. */
export function findBoundLinks(text: string): readonly BoundLink[] {
  const bare = text.replace(/"[^"\n]*"|#[^\n]*/g, (part) => (part.startsWith('#') ? ' '.repeat(part.length) : part));
  const defined = new Map<string, readonly BoundLink[]>();
  for (const match of bare.matchAll(definition)) defined.set(match.groups?.['what'] ?? '', namesIn(match, defined));
  return [...bare.matchAll(bound)].flatMap((match) => namesIn(match, defined));
}

function namesIn(match: RegExpExecArray, defined: ReadonlyMap<string, readonly BoundLink[]>): readonly BoundLink[] {
  const part = match.groups?.['list'] ?? match.groups?.['one'] ?? '';
  // the value is what a match ends with, but for the brace that closes a list
  const start = match.index + match[0].length - part.length - (match.groups?.['list'] === undefined ? 0 : 1);
  return [...part.matchAll(name)].flatMap(({ 0: word, index }) => {
    if (word.startsWith('$')) return defined.get(word.slice(1)) ?? [];
    const quoted = word.startsWith('"') ? 1 : 0;
    const at = start + index + quoted;
    return [{ name: word.slice(quoted, word.length - quoted), start: at, end: at + word.length - 2 * quoted }];
  });
}
