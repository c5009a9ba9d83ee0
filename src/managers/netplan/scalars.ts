/** Single values, as netplan's parser takes them (the handlers of src/parse.c, the helpers of src/validation.c). */
import { isIPv6, parseAddress } from '../../text/address.ts';
import { newerWords } from './keys.ts';
import { isAtLeast } from './version.ts';
import type { Form, Scalar } from './forms.ts';

/** What is wrong with a value, as "VALUE; expected …", or null. */
export function faultOf(
  text: string,
  form: Extract<Form, { kind: 'scalar' }>,
  version: string | undefined,
  kind: string,
): string | null {
  if (form.of === 'text') return null;
  if (form.of === 'word') return wordFault(text, form, version);
  // Any text until 0.107.
  if (form.of === 'lacp' && !isAtLeast(version, '0.107')) return null;
  if (form.of === 'endpoint' && text === '' && isAtLeast(version, '1.0')) return null;
  if (form.of === 'set-mac' && isAtLeast(version, '1.0') && macPolicies.has(text))
    return text === 'stable-ssid' && kind !== 'wifis' ? "'stable-ssid'; expected it with a wifi only" : null;
  const { test, words } = expectations[form.of];
  return test(text) ? null : `'${text}'; expected ${words}`;
}

function wordFault(
  text: string,
  { words = [], anyCase }: Extract<Form, { kind: 'scalar' }>,
  version: string | undefined,
): string | null {
  const word = anyCase === true ? text.toLowerCase() : text;
  const since = newerWords[word];
  if (words.includes(word) && (since === undefined || isAtLeast(version, since))) return null;
  const known = words.filter((other) => isAtLeast(version, newerWords[other] ?? '0'));
  return `'${text}'; expected ${known.join(' or ')}`;
}

interface Expectation {
  readonly test: (text: string) => boolean;
  readonly words: string;
}

const isMac = (text: string): boolean => /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){14})?$/i.test(text);
const mac: Expectation = { test: isMac, words: 'a MAC, XX:XX:XX:XX:XX:XX' };
const ip: Expectation = { test: isAddress, words: 'an IP address' };

const expectations: Readonly<Record<Exclude<Scalar, 'text' | 'word'>, Expectation>> = {
  name: { test: (text) => /^[\x21-\x7e]+$/.test(text), words: 'a name without blanks' },
  bool: { test: isBool, words: 'true or false' },
  uint: { test: (text) => parseUint(text) !== null, words: 'a whole number' },
  mac,
  'set-mac': mac,
  renderer: { test: (text) => text === 'networkd' || text === 'NetworkManager', words: 'networkd or NetworkManager' },
  version: { test: (text) => Number.parseInt(text, 10) === 2, words: '2' },
  ip,
  ip4: { test: isIPv4, words: 'an IPv4 address' },
  ip6: { test: (text) => isAddress(text) && isIPv6(text), words: 'an IPv6 address' },
  network: { test: (text) => isNetwork(text, 1), words: 'an address with a prefix length, 192.0.2.5/24' },
  'allowed-network': { test: (text) => isNetwork(text, 0), words: 'a network, 192.0.2.0/24' },
  family: { test: (text) => familyOf(text) !== null, words: 'an address or network' },
  destination: {
    test: (text) => text === 'default' || familyOf(text) !== null,
    words: 'default, an address or network',
  },
  driver: { test: (text) => !text.includes(' '), words: 'a driver without blanks, or a list of drivers' },
  domains: { test: (text) => isBool(text) || /^route$/i.test(text), words: 'true, false or route' },
  endpoint: { test: isEndpoint, words: 'HOST:PORT' },
  controller: { test: isController, words: 'tcp:HOST, ssl:HOST, ptcp:PORT, pssl:PORT, unix:FILE or punix:FILE' },
  tos: { test: (text) => (parseUint(text) ?? 256) <= 255, words: '0 to 255' },
  lacp: { test: (text) => text === 'slow' || text === 'fast', words: 'slow or fast' },
};

/** For network managers' own MAC policies; stable-ssid is for wifis alone. */
const macPolicies: ReadonlySet<string> = new Set(['permanent', 'random', 'stable', 'preserve', 'stable-ssid']);

const yes = /^(?:true|on|yes|y)$/i;
const no = /^(?:false|off|no|n)$/i;

export function isBool(text: string): boolean {
  return yes.test(text) || no.test(text);
}

export function isTrueText(text: string): boolean {
  return yes.test(text);
}

/** g_ascii_strtoull() and what follows it: nothing at all is 0, and a minus sign counts down from 2^64. */
export function parseUint(text: string): number | null {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (text === '') return 0;
  const [, sign = '', digits = ''] = /^[ \t\n\v\f\r]*([-+]?)(\d+)$/.exec(text) ?? [];
  if (digits === '') return null;
  const most = 2n ** 64n;
  const value = BigInt(digits);
  const counted = value >= most ? most - 1n : sign === '-' ? (most - value) % most : value;
  return counted <= 0xffffffffn ? Number(counted) : null;
}

export function isAddress(text: string): boolean {
  return parseAddress(text) !== null;
}

export function isIPv4(text: string): boolean {
  return isAddress(text) && !isIPv6(text);
}

/** The length is read as far as there are digits. */
function isNetwork(text: string, least: number): boolean {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return false;
  const address = text.slice(0, slash);
  if (!isAddress(address)) return false;
  const length = Number(/^[ \t\n\v\f\r]*\+?(\d+)/.exec(text.slice(slash + 1))?.[1] ?? 0);
  return length >= least && length <= (isIPv6(address) ? 128 : 32);
}

/** Of an address or a network, whose length is not looked at; null if it is neither. */
export function familyOf(text: string): 4 | 6 | null {
  const slash = text.lastIndexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  return isAddress(address) ? (isIPv6(address) ? 6 : 4) : null;
}

/** WireGuard's: an address or a host name with a port (handle_wireguard_endpoint()). */
function isEndpoint(text: string): boolean {
  if (text.length < 3) return false;
  const end = text.startsWith('[') ? text.lastIndexOf(']') : 0;
  if (end < 0) return false;
  const colon = text.lastIndexOf(':');
  if (colon < 0 || colon < end) return false;
  const port = Number(/^[ \t]*\+?(\d+)/.exec(text.slice(colon + 1))?.[1] ?? 0);
  if (port > 65535 || /^[ \t]*-0*[1-9]/.test(text.slice(colon + 1))) return false;
  const host = end > 0 ? text.slice(1, end) : text.slice(0, colon);
  return isAddress(host) || /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)*[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(host);
}

/** handle_ovs_bridge_controller_addresses(), validate_ovs_target(). */
function isController(text: string): boolean {
  const [, scheme = '', rest = ''] = /^([^:]*):([^]*)$/.exec(text) ?? [];
  if (scheme === 'unix' || scheme === 'punix') return true;
  if (scheme === 'tcp' || scheme === 'ssl') {
    const bracketed = rest.startsWith('[');
    const inner = bracketed ? rest.slice(1) : rest;
    const separator = bracketed ? ']:' : ':';
    const at = inner.indexOf(separator);
    if (at < 0) return isTarget(bracketed ? inner.replace(/\]$/, '') : inner, '6653');
    return isTarget(inner.slice(0, at), inner.slice(at + separator.length));
  }
  if (scheme !== 'ptcp' && scheme !== 'pssl') return false;
  if (rest === '') return true;
  const at = rest.indexOf(':');
  const host = at < 0 ? null : rest.slice(at + 1);
  return isTarget(
    host?.startsWith('[') === true ? host.replaceAll(/[[\]]/g, '') : host,
    at < 0 ? rest : rest.slice(0, at),
  );
}

function isTarget(host: string | null, port: string): boolean {
  const number = Number.parseInt(port, 10);
  if (!(number > 0 && number <= 65535)) return false;
  return host === null || isAddress(host.split('%')[0] ?? '');
}

/** A key of 256 bits in base64 (is_wireguard_key()). */
export function isWireGuardKey(text: string): boolean {
  return text.length === 44 && /^[A-Za-z\d+/]{43}=$/.test(text);
}
