/** Addresses and netmasks as cloud-init takes them (ipaddress of Python, and network_state.py). */
import { parseIPv4, parseIPv6 } from '../../text/address.ts';

export function isAddress(text: string): boolean {
  const [, host = '', length] = /^([^/]+)(?:\/(.*))?$/.exec(text) ?? [];
  const longest = parseIPv4(host) !== null ? 32 : parseIPv6(host) !== null ? 128 : -1;
  if (longest < 0) return false;
  if (length === undefined) return true;
  return (
    (/^\d+$/.test(length) && Number(length) <= longest) || (longest === 32 && length.includes('.') && isNetmask(length))
  );
}

/** Ones and then zeros, or the reverse, or a number. */
export function isNetmask(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) <= 128;
  if (parseIPv6(text) !== null) return true;
  if (parseIPv4(text) === null) return false;
  const bits = text
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$|^0*1*$/.test(bits);
}
