/** Values of several parts (src/network/networkd-*.c, src/network/netdev/*.c, src/udev/net/link-config.c). */
import { parseIPv4, parseIPv6 } from '../../../text/address.ts';
import { isInterfaceName } from '../link-words.ts';
import { isServer, prefix, readAddress } from './addresses.ts';
import { isDomain } from './names.ts';
import { hexadecimal, isInteger, isTimestamp, parseInteger } from './numbers.ts';
import { valueType, type ValueType } from './value-type.ts';

/** NUMBER:TYPE:VALUE of SendOption=; `vendor`: the enterprise's number before it. */
export function dhcpOption(family: string, vendor = ''): ValueType {
  const most = family === '6' ? 65534n : 254n;
  const shape = `${vendor === '' ? '' : 'ENTERPRISE:'}NUMBER:TYPE:VALUE`;
  return valueType(`${shape} like 15:string:example.com`, (value) => {
    let rest = value;
    if (vendor !== '') {
      const [enterprise = ''] = rest.split(':', 1);
      if (!isInteger(enterprise, 0n, 2n ** 32n - 1n)) return false;
      rest = rest.slice(enterprise.length + 1).replace(/^:+/, '');
    }
    const [, number = '', type = '', data = ''] = /^:*([^:]*):+([^:]*):+(.+)$/.exec(rest) ?? [];
    return isInteger(number, 1n, most) && optionData[type]?.(data) === true;
  });
}

const optionData: Readonly<Record<string, (data: string) => boolean>> = {
  uint8: (data) => isInteger(data, 0n, 255n),
  uint16: (data) => isInteger(data, 0n, 65535n),
  uint32: (data) => isInteger(data, 0n, 2n ** 32n - 1n),
  string: (data) => !/\\(?:[^abfnrtv\\"'sxuU0-7]|$)/.test(data),
  ipv4address: (data) => parseIPv4(data) !== null,
  ipv6address: (data) => parseIPv6(data) !== null,
};

/** A number, or FROM-TO. */
export function range(least: string, most: string): ValueType {
  const isNumber = (part: string) => isInteger(part, BigInt(least), BigInt(most));
  return valueType(`a number from ${least} to ${most}, or a range of them`, (value) => {
    const [low = '', high] = splitRange(value);
    if (high === undefined) return isNumber(low);
    return isNumber(low) && isNumber(high) && Number(low) <= Number(high);
  });
}

function splitRange(value: string): readonly string[] {
  const at = value.indexOf('-', 1);
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}

/** FROM-TO of both QoS maps; FROM may be greater than TO. */
export const qosMap: ValueType = valueType('FROM-TO, two numbers', (value) => {
  const parts = splitRange(value);
  return parts.length < 3 && parts.every((part) => isInteger(part, 0n, 2n ** 32n - 1n));
});

/** MARK or MARK/MASK of FirewallMark=. */
export const firewallMark: ValueType = valueType('a number, perhaps with /MASK', (value) => {
  const parts = value.split('/');
  return parts.length < 3 && parts.every((part) => isInteger(part, 0n, 2n ** 32n - 1n));
});

/** A user or FROM-TO of their numbers; names are asked of the system, which is not known here. */
export const userRange: ValueType = valueType("a user's name or number, or FROM-TO of numbers", (value) => {
  const isUser = (part: string) =>
    /^\d+$/.test(part) && !/^0\d/.test(part) && ![65535, 4294967295].includes(Number(part)) && Number(part) < 2 ** 32;
  const [low = '', high] = splitRange(value);
  if (high !== undefined && isUser(low) && isUser(high)) return Number(low) <= Number(high);
  return isUser(value) || /^[A-Za-z_][A-Za-z0-9_-]*$/.test(value);
});

/** SOURCE:FAMILY:TABLE:SET. */
export const nftSet: ValueType = valueType('SOURCE:FAMILY:TABLE:SET like address:inet:filter:lan', (value) => {
  const [source = '', family = '', table = '', set = '', ...more] = value.split(':');
  const isName = (name: string) => /^[A-Za-z][A-Za-z0-9/\\_.]{0,30}$/.test(name);
  return (
    more.length === 0 &&
    ['address', 'prefix', 'ifindex'].includes(source) &&
    ['arp', 'bridge', 'inet', 'ip', 'ip6', 'netdev'].includes(family) &&
    isName(table) &&
    isName(set)
  );
});

/** A list of processors: 0-3,5 or with blanks. */
export const processors: ValueType = valueType('processors like 0-3,5', (value) =>
  value
    .split(/[ \t,]+/)
    .filter((word) => word !== '')
    .every((word) => range('0', '8191').accepts(word) || /^\d+-\d+$/.test(word)),
);

/** TYPE of DUIDType=, after link-layer-time of which a time may follow; `number`: or the type's number. */
export function duidType(number = ''): ValueType {
  return valueType(`link-layer-time, vendor, link-layer, uuid${number === '' ? '' : ' or a number'}`, (value) => {
    const [type = '', time] = value.replace(number === '' ? '' : /^:+/, '').split(/:(.*)/s);
    const isNumber = number !== '' && isInteger(type, 0n, 65535n);
    // 1 is that of link-layer-time, and no number by itself is a time
    if (type === 'link-layer-time' || (isNumber && parseInteger(type) === 1n))
      return time === undefined || isTimestamp(time);
    return time === undefined && (isNumber || ['vendor', 'link-layer', 'uuid'].includes(type));
  });
}

/** Pairs of hexadecimal digits between colons, at most 128. */
export const hexBytes: ValueType = valueType('bytes like 00:00:ab:11', (value) => {
  const bytes = value.split(':').filter((byte, index) => index > 0 || byte !== '');
  const parts = bytes.filter((byte) => byte !== '');
  return parts.length <= 128 && parts.every((byte) => /^[0-9A-Fa-f]{1,2}$/.test(byte));
});

/** unhexmem() of a length in bytes. Blanks are passed over. */
export function hexKey(...lengths: readonly string[]): ValueType {
  return valueType(`${lengths.join(' or ')} bytes in hexadecimal`, (value) => {
    const digits = value.replace(/\s+/g, '');
    return /^[0-9A-Fa-f]*$/.test(digits) && lengths.includes(String(digits.length / 2));
  });
}

/** A WireGuard key: 32 bytes in base 64; `credential`: or @NAME. */
export function base64Key(credential = ''): ValueType {
  return valueType('32 bytes in base 64', (value) => {
    if (credential !== '' && value.startsWith('@')) return true;
    return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value.replace(/\s+/g, ''));
  });
}

export const wireguardEndpoint: ValueType = valueType('HOST:PORT', (value) => {
  if (value.startsWith('@') || isServer(value, false)) return true;
  const at = value.lastIndexOf(':');
  return at >= 0 && isInteger(value.slice(at + 1), 1n, 65535n) && (at === 0 || isDomain(value.slice(0, at)));
});

/** Prefixes between commas and blanks; a missing length is that of the family. A `-` before one is known since 257. */
export const allowedAddresses: ValueType = valueType('prefixes like 192.0.2.0/24,2001:db8::/64', (value) => {
  const one = prefix('46');
  return value
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .every((word) => one.accepts(word));
});

/** GATEWAY[@INTERFACE] [WEIGHT]; since 258 an interface alone. */
export const multipathRoute: ValueType = valueType('GATEWAY[@INTERFACE] [WEIGHT]', (value) => {
  const [hop = '', weight] = value.split(/\s+(.*)/s);
  const [gateway = '', link] = hop.split(/@(.*)/s);
  return (
    readAddress(gateway, '46') !== null &&
    (link === undefined || isInterfaceName(link, 127) || isInteger(link, 1n, 2n ** 31n - 1n)) &&
    (weight === undefined || isInteger(weight, 1n, 256n))
  );
});

/** ID or ID:WEIGHT. */
export const nextHopMember: ValueType = valueType('ID or ID:WEIGHT', (value) => {
  const [id = '', weight] = value.split(/:(.*)/s);
  return isInteger(id, 1n, 2n ** 32n - 1n) && (weight === undefined || isInteger(weight, 1n, 256n));
});

/** How the last 64 bits of an IPv6 address are made: Token=. */
export const addressToken: ValueType = valueType('eui64, prefixstable[:ADDRESS] or static:ADDRESS', (value) => {
  if (value === 'eui64') return true;
  const stable = /^prefixstable(?::([^,]*))?(?:,(.*))?$/.exec(value);
  if (stable !== null) {
    const [, at, key] = stable;
    const isKey =
      key === undefined ||
      (/^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/.test(key) && !/^[0-]*$/.test(key));
    return isKey && (at === undefined || parseIPv6(at) !== null);
  }
  const found = parseIPv6(value.replace(/^static:/, ''));
  return found !== null && !/^(?:0*:)*0*$/.test(lastHalf(found));
});

/** The groups of an IPv6 address that can stand in its last 64 bits. */
function lastHalf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups =
    tail === undefined ? head.split(':').slice(4) : [...head.split(':').slice(4), ...tail.split(':').slice(-4)];
  return groups.join(':');
}

/** MAJOR:MINOR of a queueing discipline or class, hexadecimal. */
export const trafficHandle: ValueType = valueType('MAJOR:MINOR in hexadecimal', (value) => {
  const parts = value.split(':');
  const part = hexadecimal('0', '65535');
  return parts.length === 2 && parts.every((one) => part.accepts(one));
});

/** A table's name or number with the names that networkd.conf(5) may add: those are not known here. */
export function routeTable(least: string): ValueType {
  return valueType(
    'default, main, local or a number',
    (value) => ['default', 'main', 'local'].includes(value) || isInteger(value, BigInt(least), 2n ** 32n - 1n),
  );
}

/** A word that starts with a mark and has something after it. */
export function marked(mark: string): ValueType {
  return valueType(`${mark}VALUE`, (value) => value.startsWith(mark));
}

/** ADDRESS, or a kind of local address, perhaps with an interface after `@`: [L2TP] Local=. */
export const tunnelSource: ValueType = valueType('auto, static, dynamic or an IP address', (value) => {
  const [address = '', link] = value.split(/@(.*)/s);
  if (['auto', 'static', 'dynamic'].includes(address)) return link === undefined || isInterfaceName(link, 15);
  const found = readAddress(address, '46');
  return found !== null && !/^[0:]+$|^0\.0\.0\.0$/.test(found) && (link === undefined || isInterfaceName(link, 15));
});

/** A protocol of IP by its name in /etc/protocols, or its number. */
export function ipProtocol(most: string): ValueType {
  return valueType('a protocol of IP like tcp, or its number', (value) => {
    if (/^[A-Za-z][A-Za-z0-9.+-]*$/.test(value)) return protocols.has(value.toLowerCase());
    const highest = most === '256' ? 255n : BigInt(most);
    return isInteger(value, 0n, highest) && (most !== '255' || namedNumbers.has(Number(parseInteger(value))));
  });
}

/** Those of <netinet/in.h>: a number without a name is refused. */
const namedNumbers = new Set([
  0, 1, 2, 4, 6, 8, 12, 17, 22, 29, 33, 41, 43, 44, 46, 47, 50, 51, 58, 59, 60, 92, 94, 98, 103, 108, 115, 132, 135,
  136, 137, 143, 255,
]);

/** <netinet/in.h> */
const protocols = new Set(
  'ah beetph comp dccp dstopts egp encap esp ethernet fragment gre hopopts icmp icmpv6 idp igmp ip ipip ipv6 mh mpls mptcp mtp none pim pup raw routing rsvp sctp tcp tp udp udplite l2tp'.split(
    ' ',
  ),
);

/** TYPE:VALUE as in SendOption=. */
export const optionValue: ValueType = valueType('TYPE:VALUE like string:office', (value) => {
  const [, type = '', data = ''] = /^([^:]*):(.*)$/s.exec(value) ?? [];
  return optionData[type]?.(data) === true;
});

/** Kinds of virtual links; `more`: those that came later. */
export function netdevKind(...more: readonly string[]): ValueType {
  const kinds =
    'bareudp batadv bond bridge dummy erspan fou geneve gre gretap ifb ip6gre ip6gretap ip6tnl ipip ipoib ipvlan ipvtap l2tp ' +
    'macsec macvlan macvtap netdevsim nlmon sit tap tun vcan veth vlan vrf vti6 vti vxcan vxlan wireguard wlan xfrm';
  const known = new Set([...kinds.split(' '), ...more]);
  return valueType('a kind of link like bond, bridge or vlan', (value) => known.has(value));
}
