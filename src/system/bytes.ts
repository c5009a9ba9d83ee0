/**
 * Bytes as text and back, without loss: UTF-8, with each byte that is not part of valid UTF-8 as one lone surrogate
 * U+DC80…U+DCFF (PEP 383, "surrogateescape"). Kernel names and configuration files hold any byte.
 */

const escapeBase = 0xdc00;

/** Decodes bytes to text; never fails, and `encodeText` gives the same bytes back. */
export function decodeBytes(bytes: Uint8Array): string {
  let text = '';
  let run: number[] = [];
  const flush = () => {
    text += String.fromCharCode(...run);
    run = [];
  };
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      run.push(escapeBase + (bytes[at] ?? 0));
      at += 1;
    } else {
      const point = codePoint(bytes, at, length);
      if (point > 0xffff) run.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
      else run.push(point);
      at += length;
    }
    if (run.length > 4096) flush();
  }
  flush();
  return text;
}

/** Encodes text to bytes; the inverse of `decodeBytes`. A lone surrogate that no byte could give becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    let point = text.codePointAt(index) ?? 0;
    if (point > 0xffff) index += 1;
    else if (point >= escapeBase + 0x80 && point <= escapeBase + 0xff) {
      bytes[at++] = point - escapeBase;
      continue;
    } else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes[at++] = point;
    else if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      bytes[at++] = 0xe0 | (point >> 12);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (point >> 18);
      bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    }
  }
  return bytes.subarray(0, at);
}

/** The length of the valid UTF-8 sequence at `at`, or 0 (RFC 3629: no overlong forms, no surrogates, no over 10FFFF). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let more = 2; more < length; more += 1) if (((bytes[at + more] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] ?? 0;
  if (length === 1) return first;
  let point = first & (0xff >> (length + 1));
  for (let more = 1; more < length; more += 1) point = (point << 6) | ((bytes[at + more] ?? 0) & 0x3f);
  return point;
}
