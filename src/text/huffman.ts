/** The canonical codes of deflate (RFC 1951, 3.2.2). */

export interface HuffmanCode {
  readonly lengths: readonly number[];
  /** With the bits in the order in which they are written. */
  readonly codes: readonly number[];
}

/**
 * A code for symbols that occur so often; no code is longer than `limit` bits. Where one gets too long the counts are
 * flattened and it is made again, which is nearly as good as package-merge and shorter.
 */
export function makeCode(counts: readonly number[], limit: number): HuffmanCode {
  let weights = counts;
  let lengths = huffmanLengths(weights);
  while (Math.max(...lengths) > limit) {
    weights = weights.map((weight) => (weight === 0 ? 0 : (weight >> 2) + 1));
    lengths = huffmanLengths(weights);
  }
  // RFC 1951, 3.2.2
  const codes = lengths.map(() => 0);
  let code = 0;
  for (let bits = 1; bits <= limit; bits += 1) {
    lengths.forEach((length, symbol) => {
      if (length === bits) codes[symbol] = reverseBits(code++, bits);
    });
    code <<= 1;
  }
  return { lengths, codes };
}

function reverseBits(value: number, bits: number): number {
  let reversed = 0;
  for (let bit = 0; bit < bits; bit += 1) reversed |= ((value >> bit) & 1) << (bits - 1 - bit);
  return reversed;
}

function huffmanLengths(weights: readonly number[]): readonly number[] {
  const lengths = weights.map(() => 0);
  let nodes = weights.flatMap((weight, symbol) => (weight === 0 ? [] : [{ weight, symbols: [symbol] }]));
  // a code of one symbol still needs a bit
  for (const { symbols } of nodes.length === 1 ? nodes : []) for (const symbol of symbols) lengths[symbol] = 1;
  while (nodes.length > 1) {
    nodes = nodes.sort((a, b) => a.weight - b.weight || (a.symbols[0] ?? 0) - (b.symbols[0] ?? 0));
    const [first, second, ...rest] = nodes;
    if (first === undefined || second === undefined) break;
    const symbols = first.symbols.concat(second.symbols);
    for (const symbol of symbols) lengths[symbol] = (lengths[symbol] ?? 0) + 1;
    nodes = [...rest, { weight: first.weight + second.weight, symbols }];
  }
  return lengths;
}
