/**
 * What is wrong with a profile: for what NetworkManager leaves it out as a whole (nm_connection_verify() and the verify()
 * of its settings, src/libnm-core-impl/nm-setting-*.c), and which of its values it reads over (nm-keyfile.c).
 */
import {
  keyFileEntry,
  keyFileList,
  keyFileString,
  keyFileTruth,
  type KeyFile,
  type KeyFileEntry,
} from '../../text/key-file.ts';
import { parseIPv4, parseIPv6 } from '../../text/address.ts';
import { checkPort, isPortByGroup } from './profile-port.ts';
import { checkType } from './profile-types.ts';
import { ethernetGroup, faultOfLinkName, readAddress, readClonedMac, readInteger, readMac } from './profile-values.ts';
import { skipsOwnChecks } from './put-right.ts';
import { findRefusedValues } from './refused-values.ts';
import type { ProfileFault } from './profile-fault.ts';

const families = ['ipv4', 'ipv6'] as const;

/** The faults for which the whole profile is left out, by a NetworkManager of that version (unknown: by any). */
export function findRejections(file: KeyFile, type: string, version: string | undefined): readonly ProfileFault[] {
  const isPort = isPortByGroup(file, version);
  return [
    ...checkConnection(file),
    ...checkPort(file, version),
    ...checkType(file, type),
    ...findRefusedValues(file, version),
    ...checkLists(file),
    ...families.flatMap((family) => checkAddressing(file, family, isPort, skipsOwnChecks(file, family, version))),
  ];
}

function* checkConnection(file: KeyFile): Generator<ProfileFault> {
  const uuid = keyFileEntry(file, 'connection', 'uuid');
  // Without dashes it is one of the forty digits of old.
  if (uuid !== undefined && !/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{40})$/i.test(uuid.raw))
    yield fault(uuid, `uuid=${uuid.value} is no UUID; expected one as uuidgen prints it`);
  const id = keyFileEntry(file, 'connection', 'id');
  if (id?.raw === '') yield fault(id, 'an empty id; expected a name');
  const name = keyFileEntry(file, 'connection', 'interface-name');
  const plain = name === undefined ? null : keyFileString(name.raw);
  const wrong = plain === null ? null : faultOfLinkName(plain);
  if (name !== undefined && wrong !== null)
    yield fault(name, `interface-name=${name.raw} is ${wrong}; expected a link's name`);
}

function checkLists(file: KeyFile): readonly ProfileFault[] {
  const entries = file.groups.find(({ name }) => name === 'match')?.entries ?? [];
  return entries
    .filter(({ key, raw }) => matchKeys.has(key) && keyFileList(raw)?.includes('') === true)
    .map((entry) => fault(entry, `an empty word in ${entry.key}; expected words with ';' between them`));
}

const matchKeys: ReadonlySet<string> = new Set(['interface-name', 'driver', 'path', 'kernel-command-line']);

/** The methods, and those of them that are refused with an address, and with name servers or search domains. */
const methods = {
  ipv4: {
    known: ['auto', 'manual', 'link-local', 'shared', 'disabled'],
    withoutAddress: ['link-local', 'disabled'],
    withoutDns: ['link-local', 'shared', 'disabled'],
    parse: parseIPv4,
  },
  ipv6: {
    known: ['auto', 'dhcp', 'manual', 'link-local', 'shared', 'ignore', 'disabled'],
    withoutAddress: ['link-local', 'ignore', 'disabled'],
    withoutDns: ['link-local', 'ignore', 'disabled'],
    parse: parseIPv6,
  },
} as const;

/**
 * Of a port too, although its addresses are then taken away; where its group alone makes it one, that comes first,
 * and the method alone is looked at. Where the family's own checks are skipped, so is what the method is.
 */
function checkAddressing(
  file: KeyFile,
  family: 'ipv4' | 'ipv6',
  isPort: boolean,
  skipsOwn: boolean,
): readonly ProfileFault[] {
  const group = file.groups.find(({ name }) => name === family);
  if (group === undefined) return [];
  const { known, withoutAddress, withoutDns, parse } = methods[family];
  const method = keyFileEntry(file, family, 'method');
  if (method === undefined) return [{ place: group.place, message: `no method in [${family}]; expected method=auto` }];
  if (skipsOwn) return [];
  if (!known.some((word) => word === method.raw))
    return [fault(method, `method=${method.raw}; expected ${known.join(', ')}`)];
  if (isPort) return [];
  const faults = family === 'ipv4' ? checkLinkLocal(file, method) : [];
  const first = addressEntries(file, family).find(({ raw }) => readAddress(raw, family) !== null);
  if (first !== undefined && withoutAddress.some((word) => word === method.raw))
    faults.push(fault(first, `an address with method=${method.raw}; expected none`));
  if (first === undefined && method.raw === 'manual')
    faults.push(fault(method, 'method=manual without an address; expected address1=ADDRESS/LENGTH'));
  if (withoutDns.some((word) => word === method.raw)) {
    const servers = keyFileEntry(file, family, 'dns');
    const search = keyFileEntry(file, family, 'dns-search');
    if (servers !== undefined && keyFileList(servers.raw)?.some((word) => parse(word) !== null) === true)
      faults.push(fault(servers, `dns with method=${method.raw}; expected none`));
    if (search !== undefined && keyFileList(search.raw)?.some((word) => word !== '') === true)
      faults.push(fault(search, `dns-search with method=${method.raw}; expected none`));
  }
  const gateway = keyFileEntry(file, family, 'gateway');
  if (gateway !== undefined && first === undefined)
    faults.push(fault(gateway, 'a gateway without an address; expected address1=ADDRESS/LENGTH'));
  return faults;
}

function checkLinkLocal(file: KeyFile, { raw: method }: KeyFileEntry): ProfileFault[] {
  const entry = keyFileEntry(file, 'ipv4', 'link-local');
  const value = readInteger(entry?.raw ?? '', 0, 4) ?? 0;
  const clashes = (method === 'disabled' && value >= 3) || (method === 'link-local' && value === 2);
  return entry === undefined || !clashes
    ? []
    : [fault(entry, `link-local=${value} with method=${method}; expected ${value === 2 ? 3 : 2}, or another method`)];
}

/** `address1`, `addresses`, `address`: all spellings that are taken. */
export function addressEntries(file: KeyFile, family: 'ipv4' | 'ipv6'): readonly KeyFileEntry[] {
  const entries = file.groups.find(({ name }) => name === family)?.entries ?? [];
  return entries.filter(({ key }) => /^address(?:es)?(?:0|[1-9]\d*)?$/.test(key));
}

/** Values that are read over: the setting is as if it were not there. */
export function findIgnoredValues(file: KeyFile): readonly ProfileFault[] {
  const typed = typedValues.flatMap(({ group, key, read, expected }) => {
    const entry = keyFileEntry(file, group === 'ethernet' ? ethernetGroup(file) : group, key);
    return entry === undefined || read(entry.raw) !== null
      ? []
      : [fault(entry, `${key}=${entry.raw}; expected ${expected}`)];
  });
  const addresses = families.flatMap((family) =>
    addressEntries(file, family)
      .filter(({ raw }) => readAddress(raw, family) === null)
      .map((entry) => fault(entry, `${entry.key}=${entry.raw}; expected ADDRESS/LENGTH[,GATEWAY]`)),
  );
  return [...typed, ...addresses];
}

interface TypedValue {
  readonly group: string;
  readonly key: string;
  readonly read: (raw: string) => unknown;
  readonly expected: string;
}

const typedValues: readonly TypedValue[] = [
  { group: 'connection', key: 'autoconnect', read: keyFileTruth, expected: 'true or false' },
  {
    group: 'connection',
    key: 'autoconnect-priority',
    read: (raw) => readInteger(raw, -999, 999),
    expected: '-999 to 999',
  },
  {
    group: 'connection',
    key: 'multi-connect',
    read: (raw) => readInteger(raw, -(2 ** 31), 2 ** 31 - 1),
    expected: '0 to 3',
  },
  { group: 'ethernet', key: 'mac-address', read: readMac, expected: 'a MAC such as 52:54:00:00:12:53' },
  { group: 'ethernet', key: 'cloned-mac-address', read: readClonedMac, expected: 'a MAC or preserve' },
  { group: 'ethernet', key: 'mtu', read: (raw) => readInteger(raw, 0, 2 ** 32 - 1), expected: 'a number' },
];

function fault({ valuePlace }: KeyFileEntry, message: string): ProfileFault {
  return { place: valuePlace, message };
}
