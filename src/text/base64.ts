/** Base 64 (RFC 4648), with padding; the engine of the static executable has no btoa. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `width`: characters of a line, for people and mail; without it it is one line. */
export function encodeBase64(bytes: Uint8Array, width = 0): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    const left = Math.min(3, bytes.length - at);
    for (let digit = 0; digit < 4; digit += 1)
      parts.push(digit > left ? '=' : (alphabet[(group >> (18 - 6 * digit)) & 63] ?? ''));
  }
  const text = parts.join('');
  return width === 0 ? text : text.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n');
}
