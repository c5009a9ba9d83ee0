/**
 * A profile's values as NetworkManager takes them over from the file (src/libnm-core-impl/nm-keyfile.c). What it cannot
 * read it reads over, with a line in its log: the setting is then as if it were not there. Each reader gives null for that.
 */
import { parseIPv4, parseIPv6 } from '../../text/address.ts';
import type { KeyFile } from '../../text/key-file.ts';

export const ethernetGroups: readonly string[] = ['ethernet', '802-3-ethernet'];

/** The Ethernet setting's group: where both its names are there, the old one is read, and the other is not. */
export function ethernetGroup({ groups }: KeyFile): string {
  return groups.some(({ name }) => name === '802-3-ethernet') ? '802-3-ethernet' : 'ethernet';
}

/** strtoll(3) with base 0, between the bounds. */
export function readInteger(raw: string, least: number, most: number): number | null {
  const [, sign, digits] = /^\s*([-+]?)(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)\s*$/i.exec(raw) ?? [];
  if (digits === undefined) return null;
  const size = /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  const value = sign === '-' ? -size : size;
  return value >= least && value <= most ? value : null;
}

/** Six hexadecimal numbers with colons or with dashes, or six decimal ones with semicolons; in the kernel's form. */
export function readMac(raw: string): string | null {
  const hex = /^[0-9a-f]{1,2}(?:(?::[0-9a-f]{1,2}){5}|(?:-[0-9a-f]{1,2}){5})$/i;
  const bytes = hex.test(raw)
    ? raw.split(/[:-]/).map((byte) => Number.parseInt(byte, 16))
    : /^(?:\s*\d{1,3};){5}\s*\d{1,3};?$/.test(raw)
      ? raw.split(';', 6).map(Number)
      : [256];
  return bytes.every((byte) => byte <= 255) ? bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':') : null;
}

/** A MAC, or a policy for one. `stable-ssid` is known since 1.46, and then as `stable` on a wire. */
export function readClonedMac(raw: string): string | null {
  return /^(?:preserve|permanent|random|stable|stable-ssid)$/.test(raw) ? raw : readMac(raw);
}

/** `192.0.2.1/24`, with a gateway behind a comma or semicolon; without a length it gets that of its class. */
export function readAddress(raw: string, family: 'ipv4' | 'ipv6'): string | null {
  const [, address = '', gateway = ''] = /^([^/;,]+(?:[/;]\d*)?)(?:[,;]([^,;]*);?)?$/.exec(raw) ?? [];
  const parse = family === 'ipv4' ? parseIPv4 : parseIPv6;
  const [host = ''] = address.split(/[/;]/);
  return parse(host) === null || (gateway !== '' && parse(gateway) === null) ? null : address.replace(';', '/');
}

/** nm_utils_ifname_valid_kernel(): what is wrong with it as the name of a link, or null. */
export function faultOfLinkName(name: string): string | null {
  if (name === '') return 'an empty name';
  // bytes, of which the kernel allows 15 (IFNAMSIZ)
  if (countBytes(name) > 15) return 'a name of more than 15 bytes';
  if (/^(?:\.\.?|all|default|bonding_masters)$/.test(name)) return 'a reserved name';
  if (/[\s/:]/.test(name)) return 'a name with a blank, a slash or a colon';
  return name.includes('%') ? "a name with a '%'" : null;
}

function countBytes(text: string): number {
  return [...text].reduce((bytes, character) => {
    const code = character.codePointAt(0) ?? 0;
    return bytes + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
  }, 0);
}
