/** Names, strings and paths as systemd checks them (src/basic/hostname-util.c, src/shared/dns-domain.c, socket-util.c, utf8.c). */
import { isInterfaceName } from '../link-words.ts';
import { parseInteger } from './numbers.ts';
import { readAddress } from './addresses.ts';
import { valueType, type ValueType } from './value-type.ts';

/** `15`: as the kernel has it; `127`: an alternative name too. */
export function interfaceName(length: string): ValueType {
  const most = Number(length);
  return valueType(`the name of an interface, at most ${most} characters`, (value) => isInterfaceName(value, most));
}

/** parse_ifindex(), or a name; `marks`: words that begin with a colon. */
export function interfaceOrIndex(...marks: readonly string[]): ValueType {
  return valueType('the name or number of an interface', (value) => {
    const index = parseInteger(value);
    return (index !== null && index > 0n && index < 2n ** 31n) || marks.includes(value) || isInterfaceName(value, 127);
  });
}

/** Text, of which the daemon wants no quotes, backslashes and control characters; `ascii`: nor letters beyond ASCII. */
export function text(ascii = ''): ValueType {
  return valueType('text without quotes and backslashes', (value) => {
    // oxlint-disable-next-line no-control-regex
    return !/["'\\\x00-\x1f\x7f]/.test(value) && (ascii === '' || /^[ -~]*$/.test(value));
  });
}

/** Only ASCII. */
export const asciiText: ValueType = valueType('text in ASCII', (value) => /^[ -~]*$/.test(value) && value.length < 256);

/** Words that may be quoted; `escapes`: and have C's escapes. */
export function quotedWords(escapes = ''): ValueType {
  return valueType('text whose quotes are closed', (value) => {
    const rest = value.replace(/\\./gs, (escape) =>
      escapes === '' || /\\[abfnrtv\\"'sxuU0-7]/.test(escape) ? 'x' : '\\',
    );
    return !rest.includes('\\') && /^(?:[^"']|"[^"]*"|'[^']*')*$/s.test(rest);
  });
}

/** Words of ethtool's link modes, which a kernel may have more of. */
export const linkMode: ValueType = valueType('link modes like 1000baset-full', (value) =>
  /^(?:\d+base[a-z0-9]*-(?:half|full)|autonegotiation|tp|aui|mii|fibre|bnc|pause|asym-pause|backplane|\d+baser-fec|fec-[a-z]+)$/.test(
    value,
  ),
);

export const anything: ValueType = valueType('anything', () => true);

/** address_label_valid(): as long as a name of an interface, in ASCII. */
export const addressLabel: ValueType = valueType('at most 15 characters of ASCII', (value) =>
  /^[ -~]{0,15}$/.test(value),
);

/** hostname_is_valid(): labels of letters, digits, hyphens. Underscores are refused. */
export const hostName: ValueType = valueType('a host name', (value) => isHostName(value));

export function isHostName(value: string): boolean {
  return (
    value.length <= 64 && value.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label))
  );
}

/** dns_name_is_valid(): labels of at most 63 bytes, none of them empty. */
export function isDomain(value: string): boolean {
  if (value === '.') return true;
  const name = value.endsWith('.') ? value.slice(0, -1) : value;
  if (name.length > 253 || /\\(?![.\\]|\d\d\d)/.test(name)) return false;
  return name.split('.').every((label) => label.length > 0 && label.length <= 63);
}

export const domain: ValueType = valueType('a domain name', isDomain);

/** Of Domains=: a `~` makes it a route, `*` and `.` are all. */
export const searchDomain: ValueType = valueType('a domain, perhaps with ~ before it', (value) => {
  // Splitting into words takes the backslashes away.
  const name = value.replace(/^~/, '').replace(/\\(.)/g, '$1');
  if (name === '' || name === '.' || name === '*') return true;
  const lower = name.toLowerCase().replace(/\.$/, '');
  const isLocalhost = /(?:^|\.)localhost(?:\.localdomain)?$/.test(lower);
  return isDomain(name) && !isLocalhost;
});

export const domainOrAddress: ValueType = valueType(
  'a domain name or an IP address',
  (value) => readAddress(value, '46') !== null || isDomain(value),
);

/** path_simplify_and_warn() with absolute paths: no `..`. */
export const absolutePath: ValueType = valueType(
  'an absolute path',
  (value) => value.startsWith('/') && !/(?:^|\/)\.\.(?:\/|$)/.test(value),
);

/** http_url_is_valid() of at most 255 characters. */
export const mudUrl: ValueType = valueType(
  'an address of http or https',
  (value) => /^https?:\/\/[!-~]+$/.test(value) && value.length <= 255,
);

/** timezone_is_valid() looks for the file; that of Etc and the old names is not told apart here. */
export const timeZone: ValueType = valueType(
  'a time zone like Europe/Berlin',
  (value) =>
    /^(?:[A-Za-z0-9+_-]+)(?:\/[A-Za-z0-9+_-]+)*$/.test(value) && /^(?:[A-Z]|posix|right|localtime)/.test(value),
);

/** Words `KEY=VALUE` of udev's properties. */
export const propertyAssignment: ValueType = valueType('KEY=VALUE', (value) => /^[A-Za-z_]\w*=/.test(value));

export const propertyName: ValueType = valueType('the name of a property', (value) => /^[A-Za-z_]\w*$/.test(value));

const states = /^(?:missing|off|no-carrier|dormant|degraded-carrier|carrier|degraded|enslaved|routable)$/;

/** One of networkd's states, or LEAST:MOST of which one may be missing. */
export const operationalStates: ValueType = valueType('an operational state like routable', (value) => {
  const [low = '', high = '', ...more] = value.split(':');
  return (
    more.length === 0 &&
    value !== '' &&
    value !== ':' &&
    [low, high].every((state) => state === '' || states.test(state))
  );
});
