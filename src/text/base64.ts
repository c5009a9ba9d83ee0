/** Base 64 (RFC 4648), with padding; the engine of the static executable has no btoa. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `width`: characters of a line, for people and mail; without it it is one line. */
export function encodeBase64(bytes: Uint8Array, width = 0): string {
  const parts: string[] = [];
  const pairs = Array.from({ length: 4096 }, (_, bits) => (alphabet[bits >> 6] ?? '') + (alphabet[bits & 63] ?? ''));
  const whole = bytes.length - (bytes.length % 3);
  for (let at = 0; at < whole; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    parts.push((pairs[group >> 12] ?? '') + (pairs[group & 0xfff] ?? ''));
  }
  const [first, second = 0] = bytes.subarray(whole);
  if (first !== undefined) {
    const group = (first << 16) | (second << 8);
    const third = bytes.length - whole === 2 ? (alphabet[(group >> 6) & 63] ?? '') : '=';
    parts.push(`${pairs[group >> 12] ?? ''}${third}=`);
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
