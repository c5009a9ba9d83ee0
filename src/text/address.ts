/** IP addresses as people write them: checked, told apart, and brought to one form. */

/** An address with its prefix length, in the form that it is written out. */
export interface Prefix {
  readonly address: string;
  readonly length: number;
}

/** The dotted quad, or null. Leading zeros are refused, as inet_pton(3) does: some take them for octal. */
export function parseIPv4(text: string): string | null {
  const parts = text.split('.');
  const isOctet = (part: string): boolean => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255;
  return parts.length === 4 && parts.every(isOctet) ? text : null;
}

/** The address in lower case (RFC 4291, section 2.2), not otherwise changed, or null. A zone ("%eth0") is refused. */
export function parseIPv6(text: string): string | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') {
      if (halves.length === 1) return null;
      continue;
    }
    const parts = half.split(':');
    for (const [at, part] of parts.entries()) {
      const isLast = index === halves.length - 1 && at === parts.length - 1;
      if (isLast && part.includes('.')) {
        if (parseIPv4(part) === null) return null;
        groups += 2;
      } else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups += 1;
      else return null;
    }
  }
  // "::" stands for one group of zeros or more.
  return (halves.length === 2 ? groups <= 7 : groups === 8) ? text.toLowerCase() : null;
}

export function parseAddress(text: string): string | null {
  return parseIPv4(text) ?? parseIPv6(text);
}

/** "192.0.2.5/24", "2001:db8::5/64"; null if it is neither, or the length is missing or too great for the family. */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  const digits = slash < 0 ? '' : text.slice(slash + 1);
  if (address === null || !/^(?:0|[1-9][0-9]{0,2})$/.test(digits)) return null;
  const length = Number(digits);
  return length <= (isIPv6(address) ? 128 : 32) ? { address, length } : null;
}

/** Is the address one of the prefix's? Of two families: no. */
export function contains({ address, length }: Prefix, other: string): boolean {
  const [ours, theirs] = [bitsOf(address), bitsOf(other)];
  return ours.length === theirs.length && ours.slice(0, length) === theirs.slice(0, length);
}

/** An address's bits, as a text of 0 and 1. */
function bitsOf(address: string): string {
  const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');
  const bitsOf4 = (quad: string): string =>
    quad
      .split('.')
      .map((octet) => bits(Number(octet), 8))
      .join('');
  if (!isIPv6(address)) return bitsOf4(address);
  const [head = '', tail = ''] = address.split('::').map((half) =>
    half
      .split(':')
      .map((group) => (group === '' ? '' : group.includes('.') ? bitsOf4(group) : bits(Number.parseInt(group, 16), 16)))
      .join(''),
  );
  return head + '0'.repeat(128 - head.length - tail.length) + tail;
}

/** Of text that is known to be an address, with or without a prefix length. */
export function isIPv6(address: string): boolean {
  return address.includes(':');
}
