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

/** Null for a text that is no base 64; line breaks and missing padding are allowed. */
export function decodeBase64(text: string): Uint8Array | null {
  const letters = text.replace(/[\r\n]/g, '').replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(letters) || letters.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let held = 0;
  let at = 0;
  for (const [index, letter] of [...letters].entries()) {
    held = ((held << 6) | alphabet.indexOf(letter)) & 0xff_ffff;
    const bits = (index % 4) * 6 + 6; // of this group so far
    if (bits >= 8 && at < bytes.length) bytes[at++] = (held >> (bits % 8)) & 0xff;
  }
  return bytes;
}
