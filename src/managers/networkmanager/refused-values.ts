/**
 * Values for which NetworkManager leaves the whole profile out, each with its key: what verify() of the setting says
 * (src/libnm-core-impl/nm-setting-*.c). A value of the wrong type, a word where a number stands, is read over instead.
 */
import { parseIPv4, parseIPv6 } from '../../text/address.ts';
import { keyFileEntry, keyFileList, keyFileString, keyFileTruth, type KeyFile } from '../../text/key-file.ts';
import { ethernetGroup, readInteger, readMac } from './profile-values.ts';
import { isAtLeast } from './compare-version.ts';
import { readPort } from './profile-port.ts';
import { readSendHostname, skipsOwnChecks } from './put-right.ts';
import type { ProfileFault } from './profile-fault.ts';

interface RefusedValue {
  readonly group: 'connection' | 'ethernet' | 'ipv4' | 'ipv6' | 'proxy';
  readonly key: string;
  /** Is the value, as the file has it, taken (or read over)? */
  readonly accepts: (raw: string) => boolean;
  readonly expected: string;
  /** The minor version of 1.x that first refuses. */
  readonly since?: number;
  /** The first that takes the value. */
  readonly until?: number;
}

const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
const anyInteger = (raw: string) => readInteger(raw, least, most);
/** A number within the bounds; what is no number at all is read over. */
const within = (from: number, to: number) => (raw: string) => {
  const value = anyInteger(raw);
  return value === null || (value >= from && value <= to);
};
/** A string, its escapes undone; one with an unknown escape is read over. */
const text = (accepts: (text: string) => boolean) => (raw: string) => {
  const plain = keyFileString(raw);
  return plain === null || accepts(plain);
};
const oneOf = (...known: readonly string[]) => text((word) => known.includes(word));
const list = (accepts: (words: readonly string[]) => boolean) => (raw: string) => {
  const words = keyFileList(raw);
  return words === null || accepts(words);
};
const filled = text((word) => word !== '');
const isNumber = (word: string) => /^\d+$/.test(word) && Number(word) < 2 ** 32;
const macs = list((words) => words.every((word) => readMac(word) !== null));

const families = ['ipv4', 'ipv6'] as const;
const iaids: ReadonlySet<string> = new Set(['mac', 'perm-mac', 'ifname', 'stable']);

const common: readonly RefusedValue[] = families.flatMap((group) => [
  { group, key: 'dhcp-hostname', accepts: filled, expected: 'a name' },
  {
    group,
    key: 'dhcp-iaid',
    accepts: text((word) => isNumber(word) || iaids.has(word)),
    expected: 'mac, perm-mac, ifname, stable or a number',
  },
]);

export const refusedValues: readonly RefusedValue[] = [
  ...['dns-over-tls', 'llmnr', 'mdns'].map((key): RefusedValue => ({
    group: 'connection',
    key,
    accepts: within(-1, 2),
    expected: '-1 to 2',
  })),
  { group: 'connection', key: 'multi-connect', accepts: within(0, 3), expected: '0 to 3' },
  { group: 'connection', key: 'autoconnect-ports', accepts: within(-1, 1), expected: '-1 to 1', since: 46 },
  {
    group: 'connection',
    key: 'permissions',
    accepts: list((words) => words.every((word) => /^user:[^:]+:?$/.test(word))),
    expected: 'user:NAME:',
  },
  { group: 'ethernet', key: 'duplex', accepts: oneOf('half', 'full'), expected: 'half or full' },
  { group: 'ethernet', key: 'port', accepts: oneOf('tp', 'aui', 'bnc', 'mii'), expected: 'tp, aui, bnc or mii' },
  { group: 'ethernet', key: 's390-nettype', accepts: oneOf('qeth', 'lcs', 'ctc'), expected: 'qeth, lcs or ctc' },
  {
    group: 'ethernet',
    key: 's390-subchannels',
    accepts: list((words) => words.length === 2 || words.length === 3),
    expected: 'two or three words',
  },
  {
    group: 'ethernet',
    key: 'wake-on-lan',
    accepts: isWakeMode,
    expected: 'modes, or 1 (default) or 32768 (ignore) alone',
  },
  {
    group: 'ethernet',
    key: 'generate-mac-address-mask',
    accepts: text((words) => words.split(/\s+/).every((word) => word === '' || readMac(word) !== null)),
    expected: 'a mask as a MAC, and MACs behind it',
  },
  { group: 'ethernet', key: 'mac-address-blacklist', accepts: macs, expected: "MACs with ';' between them" },
  { group: 'ethernet', key: 'mac-address-denylist', accepts: macs, expected: "MACs with ';' between them", since: 48 },
  ...common,
  { group: 'ipv4', key: 'dhcp-client-id', accepts: filled, expected: 'an identifier' },
  { group: 'ipv4', key: 'dhcp-vendor-class-identifier', accepts: filled, expected: 'an identifier' },
  { group: 'ipv4', key: 'dhcp-fqdn', accepts: text((word) => word.includes('.')), expected: 'a name with a dot in it' },
  {
    group: 'ipv4',
    key: 'dhcp-reject-servers',
    accepts: list((words) => words.every((word) => isPrefix(word, parseIPv4, 32, false))),
    expected: 'IPv4 addresses or prefixes',
  },
  { group: 'ipv4', key: 'dhcp-dscp', accepts: oneOf('CS0', 'CS4', 'CS6'), expected: 'CS0, CS4 or CS6', since: 46 },
  { group: 'ipv4', key: 'link-local', accepts: within(0, 4), expected: '0 to 4' },
  { group: 'ipv4', key: 'link-local', accepts: (raw) => anyInteger(raw) !== 4, expected: '0 to 3', until: 52 },
  {
    group: 'ipv4',
    key: 'shared-dhcp-lease-time',
    accepts: (raw) => [0, most].includes(anyInteger(raw) ?? 0) || within(120, 31536000)(raw),
    expected: '120 to 31536000',
    since: 52,
  },
  { group: 'ipv6', key: 'addr-gen-mode', accepts: within(0, 3), expected: '0 to 3' },
  {
    group: 'ipv6',
    key: 'dhcp-duid',
    accepts: text((word) => /^(?:ll|llt|lease|stable-(?:ll|llt|uuid)|[0-9a-f]{1,2}(?::[0-9a-f]{1,2})+)$/i.test(word)),
    expected: 'll, llt, lease, stable-ll, stable-llt, stable-uuid or bytes in hexadecimal',
  },
  {
    group: 'ipv6',
    key: 'dhcp-pd-hint',
    accepts: text((word) => isPrefix(word, parseIPv6, 128, true)),
    expected: 'PREFIX/LENGTH',
    since: 44,
  },
  { group: 'proxy', key: 'method', accepts: within(0, 1), expected: '0 or 1' },
];

function isWakeMode(raw: string): boolean {
  const value = readInteger(raw, 0, 2 ** 32 - 1);
  // 1 is the default and 0x8000 leaves the card's own: both alone
  return value === null || (value & 0x8001) === 0 || value === 1 || value === 0x8000;
}

function isPrefix(
  word: string,
  parse: (text: string) => string | null,
  longest: number,
  needsLength: boolean,
): boolean {
  const [, address = '', length] = /^([^/]*)(?:\/(\d+))?$/.exec(word) ?? [];
  return parse(address) !== null && (length === undefined ? !needsLength : Number(length) <= longest);
}

/** Each value that is refused, and pairs of keys that are. Unknown versions refuse what some version does. */
export function* findRefusedValues(file: KeyFile, version: string | undefined): Generator<ProfileFault> {
  for (const { group, key, accepts, expected, since, until } of refusedValues) {
    const entry = keyFileEntry(file, group === 'ethernet' ? ethernetGroup(file) : group, key);
    if (entry === undefined || accepts(entry.raw)) continue;
    if (since !== undefined && isAtLeast(version, since) === 'no') continue;
    if (until !== undefined && isAtLeast(version, until) !== 'no') continue;
    if (group === 'ipv4' || group === 'ipv6') {
      if (!commonKeys.has(key) && skipsOwnChecks(file, group, version)) continue;
    }
    if (key === 'mac-address-blacklist' && isReplaced(file, version)) continue;
    yield { place: entry.valuePlace, message: `${key}=${entry.raw}; expected ${expected}` };
  }
  yield* checkWakePassword(file);
  if (isAtLeast(version, 52) === 'no') return;
  yield* checkPings(file);
  yield* checkSendHostname(file, version);
}

/** Checked with both families, before what each has of its own. */
const commonKeys: ReadonlySet<string> = new Set([
  'dhcp-hostname',
  'dhcp-iaid',
  'dhcp-reject-servers',
  'dhcp-dscp',
  'shared-dhcp-lease-time',
]);

/** The old name is read first, and what the new one says replaces it. */
function isReplaced(file: KeyFile, version: string | undefined): boolean {
  return (
    isAtLeast(version, 48) === 'yes' && keyFileEntry(file, ethernetGroup(file), 'mac-address-denylist') !== undefined
  );
}

/** A port's setting is gone before the value is looked at for the second time. */
function* checkSendHostname(file: KeyFile, version: string | undefined): Generator<ProfileFault> {
  if (readPort(file, version)?.hasAddresses === false) return;
  for (const family of families) {
    const { entry, value } = readSendHostname(file, family) ?? {};
    if (entry !== undefined && value !== undefined && (value < -1 || value > 1))
      yield { place: entry.valuePlace, message: `${entry.key}=${entry.raw}; expected -1 to 1` };
  }
}

function* checkWakePassword(file: KeyFile): Generator<ProfileFault> {
  const group = ethernetGroup(file);
  const password = keyFileEntry(file, group, 'wake-on-lan-password');
  if (password === undefined || keyFileString(password.raw) === null) return;
  const mode = readInteger(keyFileEntry(file, group, 'wake-on-lan')?.raw ?? '', 0, 2 ** 32 - 1) ?? 1;
  const place = password.valuePlace;
  if ((mode & 0x40) === 0) yield { place, message: 'wake-on-lan-password without wake-on-lan=64 (magic)' };
  else if (readMac(password.raw) === null)
    yield { place, message: `wake-on-lan-password=${password.raw}; expected six bytes, as a MAC has` };
}

function* checkPings(file: KeyFile): Generator<ProfileFault> {
  const of = (key: string) => keyFileEntry(file, 'connection', key);
  const [addresses, timeout, gateway] = ['ip-ping-addresses', 'ip-ping-timeout', 'gateway-ping-timeout'].map(of);
  const hasAddresses = addresses !== undefined && (keyFileList(addresses.raw) ?? []).length > 0;
  const seconds = (readInteger(timeout?.raw ?? '', 0, 600) ?? 0) > 0;
  if (timeout !== undefined && seconds && !hasAddresses)
    yield { place: timeout.valuePlace, message: 'ip-ping-timeout without ip-ping-addresses' };
  if (addresses === undefined || !hasAddresses) return;
  const place = addresses.valuePlace;
  if (!seconds) yield { place, message: 'ip-ping-addresses without ip-ping-timeout' };
  if (gateway !== undefined && (readInteger(gateway.raw, 0, 600) ?? 0) > 0)
    yield { place, message: 'ip-ping-addresses beside gateway-ping-timeout; expected one of them' };
  for (const word of keyFileList(addresses.raw) ?? []) {
    const family = parseIPv4(word) !== null ? 'ipv4' : parseIPv6(word) !== null ? 'ipv6' : null;
    if (family === null) yield { place, message: `'${word}' in ip-ping-addresses; expected an address` };
    else if (keyFileTruth(keyFileEntry(file, family, 'may-fail')?.raw ?? '') !== false)
      yield { place, message: `ip-ping-addresses=${word} without may-fail=false in [${family}]` };
  }
}
