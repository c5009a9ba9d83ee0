/** Names and addresses of links as systemd checks them. */
import { parseAddress } from '../../text/address.ts';

/** ifname_valid_full() of src/basic/socket-util.c; patterns go through it too. */
export function isInterfaceName(text: string, maximalLength: number): boolean {
  if (text.length > maximalLength || /^\.{0,2}$/.test(text) || isIndex(text)) return false;
  return text !== 'all' && text !== 'default' && /^[!-~]+$/.test(text) && !/[:/%]/.test(text);
}

/** A number, however it is written, is an index and no name. */
function isIndex(text: string): boolean {
  return /^\+?\d+$/.test(text) || (/^0(?:x[0-9a-f]+|b[01]+|o[0-7]+)$/i.test(text) && Number(text) < 2 ** 31);
}

/** parse_hw_addr_full() of src/basic/ether-addr-util.c: with colons, hyphens, or dots between pairs of bytes. Lower case with colons; null for what is none. */
export function parseHardwareAddress(text: string): string | null {
  const separator = /^[0-9A-Fa-f]*([.:-])/.exec(text)?.[1];
  if (separator === undefined) return null;
  const fields = text.split(separator);
  const digits = separator === '.' ? 4 : 2;
  if (fields.every((field) => /^[0-9A-Fa-f]+$/.test(field) && field.length <= digits)) {
    const bytes = fields.flatMap((field) => field.padStart(digits, '0').toLowerCase().match(/../g) ?? []);
    if ([4, 6, 16, 20].includes(bytes.length)) return bytes.join(':');
  }
  // Addresses of tunnels are addresses of IP.
  return parseAddress(text);
}
