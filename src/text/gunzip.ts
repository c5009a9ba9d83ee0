/**
 * Unpacks gzip (RFC 1952) of deflate (RFC 1951): configuration that is carried in another file is often compressed, and the engine
 * of the static executable has no compression. The checksum is not compared: a wrong byte shows in the text.
 */

/** What no configuration file reaches; a small input can grow without end. */
const mostBytes = 4 * 1024 * 1024;

/** Null: it is no gzip, is cut off or broken, or grows beyond 4 MiB. */
export function gunzip(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return null;
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue; // the name, a comment: each ends in a zero
    while (at < bytes.length && bytes[at] !== 0) at += 1;
    at += 1;
  }
  if ((flags & 2) !== 0) at += 2;
  try {
    return inflate(bytes, at);
  } catch (error) {
    if (error === broken) return null;
    throw error;
  }
}

const broken = Symbol('broken');

function give(): never {
  throw broken;
}

interface Bits {
  /** That many bits, the lowest first. */
  readonly take: (count: number) => number;
  /** Skips to the next whole byte. */
  readonly align: () => void;
}

function readBits(bytes: Uint8Array, from: number): Bits {
  let at = from;
  let held = 0;
  let count = 0;
  const take = (wanted: number): number => {
    while (count < wanted) {
      if (at >= bytes.length) give();
      held |= (bytes[at++] ?? 0) << count;
      count += 8;
    }
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted;
    count -= wanted;
    return value;
  };
  return { take, align: () => void take(count % 8) };
}

function inflate(bytes: Uint8Array, from: number): Uint8Array {
  const bits = readBits(bytes, from);
  const out: number[] = [];
  for (let isLast = false; !isLast;) {
    isLast = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) copyStored(bits, out);
    else if (kind === 3) give();
    else copyBlock(bits, out, kind === 1 ? fixedTables() : readTables(bits));
  }
  return Uint8Array.from(out);
}

function copyStored(bits: Bits, out: number[]): void {
  bits.align();
  const length = bits.take(16);
  if (bits.take(16) !== (length ^ 0xffff) || out.length + length > mostBytes) give();
  for (let left = length; left > 0; left -= 1) out.push(bits.take(8));
}

/** A canonical Huffman code: how many symbols there are of each length, and the symbols in the order of their codes. */
interface Table {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

interface Tables {
  readonly literals: Table;
  readonly distances: Table;
}

function makeTable(lengths: readonly number[]): Table {
  const counts = Array.from({ length: 16 }, (_, length) => lengths.filter((one) => one === length && one > 0).length);
  const symbols = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.length - b.length || a.symbol - b.symbol)
    .map(({ symbol }) => symbol);
  return { counts, symbols };
}

function readSymbol({ take }: Bits, { counts, symbols }: Table): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < 16; length += 1) {
    code |= take(1);
    const count = counts[length] ?? 0;
    if (code - first < count) return symbols[index + code - first] ?? give();
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return give();
}

function fixedTables(): Tables {
  const lengths = Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  );
  return { literals: makeTable(lengths), distances: makeTable(Array.from({ length: 30 }, () => 5)) };
}

const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function readTables(bits: Bits): Tables {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const given = bits.take(4) + 4;
  const codeLengths = Array.from({ length: 19 }, () => 0);
  for (const symbol of lengthOrder.slice(0, given)) codeLengths[symbol] = bits.take(3);
  const code = makeTable(codeLengths);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = readSymbol(bits, code);
    if (symbol < 16) lengths.push(symbol);
    else {
      const before = symbol === 16 ? (lengths.at(-1) ?? give()) : 0;
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      for (let left = times; left > 0; left -= 1) lengths.push(before);
    }
  }
  return { literals: makeTable(lengths.slice(0, literals)), distances: makeTable(lengths.slice(literals)) };
}

/** RFC 1951, 3.2.5: where each code begins, and how many bits more it has. */
const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];

function copyBlock(bits: Bits, out: number[], { literals, distances }: Tables): void {
  for (;;) {
    const symbol = readSymbol(bits, literals);
    if (symbol === 256) return;
    if (out.length >= mostBytes) give();
    if (symbol < 256) {
      out.push(symbol);
      continue;
    }
    const length = (lengthBases[symbol - 257] ?? give()) + bits.take(lengthBits[symbol - 257] ?? 0);
    const code = readSymbol(bits, distances);
    const distance = (distanceBases[code] ?? give()) + bits.take(code < 4 ? 0 : (code >> 1) - 1);
    if (distance > out.length) give();
    for (let left = length; left > 0; left -= 1) out.push(out[out.length - distance] ?? 0);
  }
}
