/** Values as iproute2 reads them. */

/** The number after the slash, as strtol reads it; NaN without one. */
export function lengthOf(value: string): number {
  return Number.parseInt(value.slice(value.indexOf('/') + 1).trim(), 10) * (value.includes('/') ? 1 : Number.NaN);
}

/** As iproute2 reads one: fewer bytes than four are filled up with zeros. */
export function isIPv4(text: string): boolean {
  return /^\d+(?:\.\d+){0,3}$/.test(text) && text.split('.').every((byte) => Number(byte) <= 255);
}

export function isNetmask(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) <= 32;
  if (!isIPv4(text)) return false;
  const bits = text
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits);
}

/** A number in the notations of C. */
export function isUnsigned(text: string, most: number): boolean {
  return /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) && Number(text) <= most;
}

export function isScope(text: string): boolean {
  return ['global', 'link', 'host', 'site', 'nowhere'].includes(text) || isUnsigned(text, 255);
}

export function isHardwareAddress(text: string): boolean {
  if (text === 'random') return true;
  const bytes = text.replace(/^ether\s+/, '').split(':');
  return (
    bytes.length === 6 &&
    bytes.every((byte) => /^[0-9a-fA-F]{1,2}$/.test(byte)) &&
    Number.parseInt(bytes[0] ?? '', 16) % 2 === 0
  );
}
