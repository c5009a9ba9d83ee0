/** Addresses of IP and of hardware (src/basic/in-addr-util.c, ether-addr-util.c, socket-util.c). */
import { parseIPv4, parseIPv6 } from '../../../text/address.ts';
import { isInterfaceName, parseHardwareAddress } from '../link-words.ts';
import { isInteger } from './numbers.ts';
import { valueType, type ValueType } from './value-type.ts';

export type Families = '4' | '6' | '46';

/** What else is asked of an address. */
const kinds = {
  any: () => true,
  set: (text: string) => !isNull(text),
  unicast: (text: string) => !isMulticast(text),
  multicast: (text: string) => isMulticast(text),
  local: (text: string) => !isNull(text) && !isMulticast(text),
  served: (text: string) => !isNull(text) && !text.startsWith('127.'),
  away: (text: string) => !/^(?:127\.|169\.254\.)/.test(text),
} as const;

const samples: Readonly<Record<Families, string>> = {
  '4': 'an IPv4 address like 192.0.2.1',
  '6': 'an IPv6 address like 2001:db8::1',
  '46': 'an IP address like 192.0.2.1 or 2001:db8::1',
};

export function readAddress(value: string, families: Families): string | null {
  const found = families === '6' ? null : parseIPv4(value);
  return found !== null || families === '4' ? found : parseIPv6(value);
}

export function ipAddress(families: string, kind = 'any'): ValueType {
  const of = families as Families;
  const fits = kinds[kind as keyof typeof kinds];
  const what = kind === 'any' || kind === 'set' ? '' : kind === 'multicast' ? ' (multicast)' : ' (not multicast)';
  return valueType(`${samples[of]}${what}`, (value) => {
    const found = readAddress(value, of);
    return found !== null && fits(found);
  });
}

/** ipv4ll_address_is_valid(): not of the first and last 256. */
export const linkLocalAddress: ValueType = valueType('an address from 169.254.1.0 to 169.254.254.255', (value) => {
  const [first, second, third] = (parseIPv4(value) ?? '').split('.');
  return first === '169' && second === '254' && third !== '0' && third !== '255';
});

/** The length must be there (`full`), may be missing (`bare`); `long`: and is more than 0. */
export function prefix(families: string, length = 'bare', kind = 'any'): ValueType {
  const of = families as Families;
  const fits = kinds[kind as keyof typeof kinds];
  const sample = of === '6' ? '2001:db8::/64' : of === '4' ? '192.0.2.0/24' : '192.0.2.0/24 or 2001:db8::/64';
  return valueType(`an address with its prefix length like ${sample}`, (value) => {
    const slash = value.indexOf('/');
    const found = readAddress(slash < 0 ? value : value.slice(0, slash), of);
    if (found === null || !fits(found)) return false;
    if (slash < 0) return length !== 'full';
    const most = found.includes(':') ? 128n : 32n;
    return isInteger(value.slice(slash + 1), length === 'long' ? 1n : 0n, most);
  });
}

/**
 * An address of a link: one of zeros is taken from networkd's pools, for which its prefix is long enough (networkd-address.c).
 * `class`: a missing length is that of the address's class, and there is none from 224.0.0.0 on (in_addr_default_prefixlen()).
 */
export function ownAddress(length = ''): ValueType {
  const plain = prefix('46');
  return valueType(plain.expected, (value) => {
    if (!plain.accepts(value)) return false;
    const [text = '', bits = ''] = value.split('/');
    const found = readAddress(text, '46') ?? '';
    if (bits === '') return length !== 'class' || found.includes(':') || Number(found.split('.')[0]) < 224;
    return !isNull(found) || isInteger(bits, found.includes(':') ? 64n : 8n, 128n);
  });
}

/** Of an address label: one that stands for an IPv4 address has a length of 96 at most. */
export const labelPrefix: ValueType = valueType('an IPv6 prefix', (value) => {
  const [text = '', length = '128'] = value.split('/');
  const isMapped = /^(?:0*:)*:?ffff:(?:[0-9a-f]{1,4}:[0-9a-f]{1,4}|[\d.]+)$/i.test(text);
  return prefix('6').accepts(value) && (!isMapped || isInteger(length, 0n, 96n));
});

/** An address with a prefix length of some: [IPv6PREF64Prefix]. */
export function prefixOfLengths(families: string, ...lengths: readonly string[]): ValueType {
  const plain = prefix(families, 'full');
  return valueType(`an IPv6 prefix of length ${lengths.join(', ')}`, (value) => {
    return plain.accepts(value) && lengths.includes(String(Number(value.slice(value.indexOf('/') + 1))));
  });
}

/** ADDRESS, then :PORT, %INTERFACE and #NAME (in_addr_port_ifindex_name_from_string_auto()). */
export const nameServer: ValueType = valueType('an IP address, perhaps with :PORT, %INTERFACE and #NAME', (value) =>
  isServer(value, true),
);

export function isServer(value: string, named: boolean): boolean {
  const hash = value.indexOf('#');
  if (hash >= 0 && (!named || !isServerName(value.slice(hash + 1)))) return false;
  let rest = hash < 0 ? value : value.slice(0, hash);
  let zone: string | null = null;
  const percent = rest.indexOf('%');
  if (percent >= 0) {
    zone = rest.slice(percent + 1);
    rest = rest.slice(0, percent);
  }
  let port: string | null = null;
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(rest);
  if (bracketed !== null) {
    rest = bracketed[1] ?? '';
    port = bracketed[2] ?? null;
    if (port === null || parseIPv6(rest) === null) return false;
  } else if (parseIPv6(rest) === null && rest.includes(':')) {
    port = rest.slice(rest.indexOf(':') + 1);
    rest = rest.slice(0, rest.indexOf(':'));
  }
  const found = readAddress(rest, '46');
  if (found === null || (port !== null && !isInteger(port, 1n, 65535n))) return false;
  // A zone goes with addresses of IPv6 alone. That networkd looks for the link at once depends on the guest.
  return zone === null || (found.includes(':') && isInterfaceName(zone, 127));
}

function isServerName(name: string): boolean {
  return name !== '' && name.split('.').every((label) => /^[^\s\\]{1,63}$/.test(label));
}

/** An address of hardware: of Ethernet (6 bytes), or of any link. */
export function hardwareAddress(length: string, kind = 'any'): ValueType {
  const fits = {
    any: () => true,
    unicast: (mac: string) => !/^(?:00:){5}00$/.test(mac) && (Number.parseInt(mac, 16) & 1) === 0,
  }[kind as 'any' | 'unicast'];
  return valueType('a hardware address like 52:54:00:00:12:53', (value) => {
    const mac = parseHardwareAddress(value);
    return mac !== null && (length === 'any' || /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) && fits(mac);
  });
}

function isNull(found: string): boolean {
  return found === '0.0.0.0' || /^[0:]+$/.test(found);
}

function isMulticast(found: string): boolean {
  return found.includes(':') ? found.toLowerCase().startsWith('ff') : Number(found.split('.')[0]) >> 4 === 14;
}
