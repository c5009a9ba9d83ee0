/**
 * gzip (RFC 1952) of deflate (RFC 1951) with dynamic Huffman codes. Our own, since the engine of the static executable has
 * no compression, and so that the same input gives the same bytes on every machine, whatever zlib it has. Compressing
 * alone: gzip(1) unpacks.
 */

import { makeCode, type HuffmanCode } from './huffman.ts';

/** The whole file. No name, no time: the same bytes for the same input. */
export function gzip(bytes: Uint8Array): Uint8Array {
  const out = createBitWriter();
  for (const byte of [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]) out.write(byte, 8);
  let from = 0;
  const tokens = findTokens(bytes);
  do {
    const block = tokens.subarray(from, from + tokensInBlock);
    from += tokensInBlock;
    writeBlock(out, block, from >= tokens.length);
  } while (from < tokens.length);
  out.align();
  for (const word of [crc32(bytes), bytes.length]) {
    out.write(word & 0xffff, 16);
    out.write(word >>> 16, 16);
  }
  return out.bytes();
}

interface BitWriter {
  /** The lowest bits of a number, lowest first; at most 16 of them. */
  readonly write: (value: number, bits: number) => void;
  readonly align: () => void;
  readonly bytes: () => Uint8Array;
}

function createBitWriter(): BitWriter {
  let buffer = new Uint8Array(4096);
  let length = 0;
  let held = 0;
  let count = 0;
  const push = (byte: number) => {
    if (length === buffer.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    buffer[length++] = byte;
  };
  return {
    write: (value, bits) => {
      held |= value << count;
      count += bits;
      while (count >= 8) {
        push(held & 0xff);
        held >>>= 8;
        count -= 8;
      }
    },
    align: () => {
      if (count > 0) push(held & 0xff);
      held = 0;
      count = 0;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

const windowSize = 32_768;
const longest = 258;
const tokensInBlock = 32_768;
/** How many earlier places are looked at: 256 make the executable 0.5 % smaller, and cost Node a fifth more time. */
const chainLength = 16;

/** A literal is its byte; a match is length << 16 | distance, both with what RFC 1951 allows (length 3 to 258). */
function findTokens(bytes: Uint8Array): Uint32Array {
  const tokens = new Uint32Array(bytes.length);
  let count = 0;
  const head = new Int32Array(65_536).fill(-1);
  const previous = new Int32Array(windowSize);
  // no calls in what is done for each byte: in the executable's engine a call costs more than this does
  const hashAt = (at: number) =>
    (((bytes[at] ?? 0) << 10) ^ ((bytes[at + 1] ?? 0) << 5) ^ (bytes[at + 2] ?? 0)) & 0xffff;
  const remember = (at: number) => {
    if (at + 2 >= bytes.length) return;
    const hash = hashAt(at);
    previous[at % windowSize] = head[hash] ?? -1;
    head[hash] = at;
  };
  const find = (at: number): number => {
    const most = Math.min(longest, bytes.length - at);
    if (most < 3) return 0;
    let best = 0;
    let bestLength = 2;
    let candidate = head[hashAt(at)] ?? -1;
    for (let tries = chainLength; tries > 0 && candidate >= 0 && at - candidate <= windowSize; tries -= 1) {
      if (bytes[candidate + bestLength] === bytes[at + bestLength]) {
        let length = 0;
        while (length < most && bytes[candidate + length] === bytes[at + length]) length += 1;
        if (length > bestLength) {
          bestLength = length;
          best = (length << 16) | (at - candidate);
          if (length === most) break;
        }
      }
      const next = previous[candidate % windowSize] ?? -1;
      if (next >= candidate) break; // overwritten since
      candidate = next;
    }
    return best;
  };
  for (let at = 0; at < bytes.length;) {
    const match = find(at);
    remember(at);
    // a longer match one byte on is worth a literal
    const next = match !== 0 && match >>> 16 < 64 ? find(at + 1) : 0;
    if (match === 0 || next >>> 16 > match >>> 16) {
      tokens[count++] = bytes[at] ?? 0;
      at += 1;
      continue;
    }
    tokens[count++] = match;
    for (let step = 1; step < match >>> 16; step += 1) remember(at + step);
    at += match >>> 16;
  }
  return tokens.subarray(0, count);
}

/** RFC 1951, 3.2.5: the first length, or distance, of each code, and how many bits follow it. */
const lengthCodes = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthBits = lengthCodes.map((_, code) => (code < 8 || code === 28 ? 0 : (code >> 2) - 1));
const distanceBits = Array.from({ length: 30 }, (_, code) => (code < 2 ? 0 : (code >> 1) - 1));
const distanceCodes = distanceBits.map((bits, code) => (code < 2 ? code + 1 : ((2 + (code & 1)) << bits) + 1));
const endOfBlock = 256;

/** The last code whose first value is not above. */
function codeOf(codes: readonly number[], value: number): number {
  let code = codes.length - 1;
  while ((codes[code] ?? 0) > value) code -= 1;
  return code;
}

const lengthToCode = Array.from({ length: longest + 1 }, (_, length) => codeOf(lengthCodes, Math.max(3, length)));

function writeBlock(out: BitWriter, tokens: Uint32Array, last: boolean): void {
  const literals = Array.from({ length: 286 }, () => 0);
  const distances = Array.from({ length: 30 }, () => 0);
  const count = (counts: number[], symbol: number) => void (counts[symbol] = (counts[symbol] ?? 0) + 1);
  for (const token of tokens) {
    if (token < 256) count(literals, token);
    else {
      count(literals, 257 + (lengthToCode[token >>> 16] ?? 0));
      count(distances, codeOf(distanceCodes, token & 0xffff));
    }
  }
  count(literals, endOfBlock);
  const literalCode = makeCode(literals, 15);
  const distanceCode = makeCode(distances, 15);
  out.write(last ? 1 : 0, 1);
  out.write(2, 2);
  writeCodes(out, literalCode.lengths, distanceCode.lengths);
  const put = ({ lengths, codes }: HuffmanCode, symbol: number) => out.write(codes[symbol] ?? 0, lengths[symbol] ?? 0);
  for (const token of tokens) {
    if (token < 256) {
      put(literalCode, token);
      continue;
    }
    const code = lengthToCode[token >>> 16] ?? 0;
    put(literalCode, 257 + code);
    out.write((token >>> 16) - (lengthCodes[code] ?? 0), lengthBits[code] ?? 0);
    const distance = codeOf(distanceCodes, token & 0xffff);
    put(distanceCode, distance);
    out.write((token & 0xffff) - (distanceCodes[distance] ?? 0), distanceBits[distance] ?? 0);
  }
  put(literalCode, endOfBlock);
}

/** RFC 1951, 3.2.7: the order in which the lengths of the code for code lengths stand. */
const metaOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const repeatBits: Readonly<Record<number, number>> = { 16: 2, 17: 3, 18: 7 };

function writeCodes(out: BitWriter, literals: readonly number[], distances: readonly number[]): void {
  const used = (lengths: readonly number[], least: number) =>
    Math.max(least, lengths.findLastIndex((length) => length > 0) + 1);
  const literalCount = used(literals, 257);
  const distanceCount = used(distances, 1);
  const runs = runLengths([...literals.slice(0, literalCount), ...distances.slice(0, distanceCount)]);
  const counts = Array.from({ length: 19 }, () => 0);
  for (const { symbol } of runs) counts[symbol] = (counts[symbol] ?? 0) + 1;
  const meta = makeCode(counts, 7);
  const metaCount = Math.max(4, metaOrder.findLastIndex((symbol) => (meta.lengths[symbol] ?? 0) > 0) + 1);
  out.write(literalCount - 257, 5);
  out.write(distanceCount - 1, 5);
  out.write(metaCount - 4, 4);
  for (const symbol of metaOrder.slice(0, metaCount)) out.write(meta.lengths[symbol] ?? 0, 3);
  for (const { symbol, extra } of runs) {
    out.write(meta.codes[symbol] ?? 0, meta.lengths[symbol] ?? 0);
    out.write(extra, repeatBits[symbol] ?? 0);
  }
}

/** 16 repeats the last length 3 to 6 times, 17 and 18 a zero 3 to 10 and 11 to 138 times. */
function runLengths(lengths: readonly number[]): readonly { readonly symbol: number; readonly extra: number }[] {
  const runs: { symbol: number; extra: number }[] = [];
  for (let at = 0; at < lengths.length;) {
    const value = lengths[at] ?? 0;
    let run = 1;
    while (at + run < lengths.length && lengths[at + run] === value) run += 1;
    if (value === 0 && run >= 3) {
      run = Math.min(run, 138);
      runs.push(run > 10 ? { symbol: 18, extra: run - 11 } : { symbol: 17, extra: run - 3 });
    } else if (value !== 0 && run >= 4) {
      run = Math.min(run, 7);
      runs.push({ symbol: value, extra: 0 }, { symbol: 16, extra: run - 4 });
    } else {
      run = 1;
      runs.push({ symbol: value, extra: 0 });
    }
    at += run;
  }
  return runs;
}

/** RFC 1952, 8. */
function crc32(bytes: Uint8Array): number {
  const ofByte = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    ofByte[byte] = crc;
  }
  let crc = -1;
  for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (ofByte[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return (crc ^ -1) >>> 0;
}
