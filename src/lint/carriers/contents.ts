/** What stands in a data: URL (RFC 2397), and behind base 64 and gzip. */
import { decodeBytes, encodeText } from '../../system/bytes.ts';
import { decodeBase64 } from '../../text/base64.ts';
import { gunzip } from '../../text/gunzip.ts';

export interface Contents {
  readonly text: string;
  /** Where each character stands; null: it is encoded. */
  readonly offsets: readonly number[] | null;
}

/** Or why it cannot be read, in words. */
export type Unpacked = Contents | { readonly why: string };

export function plainContents(text: string, offsets: readonly number[] | null): Contents {
  return { text, offsets };
}

/** `compression`: null, '' or 'gzip'. */
export function unpackUrl(url: string, offsets: readonly number[] | null, compression: string | null): Unpacked {
  const [head] = /^data:[^,]*,/i.exec(url) ?? [];
  if (head === undefined) return { why: `its contents are at '${url.slice(0, 80)}'` };
  const data = url.slice(head.length);
  const isPacked = compression !== null && compression !== '' && compression !== 'null';
  if (/;base64,$/i.test(head)) {
    const bytes = decodeBase64(decodePercent(data).text);
    return bytes === null ? { why: 'its base 64 is broken' } : unpackBytes(bytes, isPacked);
  }
  const { text, places } = decodePercent(data);
  if (isPacked) return unpackBytes(latin1(text), true);
  // beyond ASCII several escapes make a character
  if (/[^\0-\x7f]/.test(text)) return { text: decodeBytes(latin1OrUtf8(text)), offsets: null };
  return { text, offsets: offsets === null ? null : places.map((place) => offsets[head.length + place] ?? 0) };
}

export function unpackBase64(text: string, isPacked: boolean): Unpacked {
  const bytes = decodeBase64(text.replace(/\s+/g, ''));
  return bytes === null ? { why: 'its base 64 is broken' } : unpackBytes(bytes, isPacked);
}

function unpackBytes(bytes: Uint8Array, isPacked: boolean): Unpacked {
  const plain = isPacked ? gunzip(bytes) : bytes;
  return plain === null ? { why: 'it is no gzip, or a broken one' } : { text: decodeBytes(plain), offsets: null };
}

/** `places`: where each character begins, and the end. */
function decodePercent(data: string): { readonly text: string; readonly places: readonly number[] } {
  const places: number[] = [];
  let text = '';
  for (let at = 0; at < data.length;) {
    places.push(at);
    const [escape, code] = /^%([0-9a-fA-F]{2})/.exec(data.slice(at, at + 3)) ?? [];
    text += code === undefined ? (data[at] ?? '') : String.fromCharCode(Number.parseInt(code, 16));
    at += escape?.length ?? 1;
  }
  return { text, places: [...places, data.length] };
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);
}

/** Escaped bytes, or characters that nobody has escaped. */
function latin1OrUtf8(text: string): Uint8Array {
  return /[^\0-\xff]/.test(text) ? encodeText(text) : latin1(text);
}
