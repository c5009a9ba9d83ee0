/**
 * What NetworkManager puts right before it judges a profile (_connection_normalize() of nm-connection.c, 1.42 to 1.58), as
 * far as that decides whether the profile is taken. A family's checks have two parts, the common one (nm-setting-ip-config.c)
 * and the family's own. Where the common one ends in something that can be put right, the own one waits for the second
 * round; in the profile of a port there is none, because its addresses are gone by then.
 */
import { keyFileEntry, keyFileTruth, type KeyFile, type KeyFileEntry } from '../../text/key-file.ts';
import { isAtLeast } from './compare-version.ts';
import { readPort } from './profile-port.ts';
import { readInteger } from './profile-values.ts';

type Family = 'ipv4' | 'ipv6';

/** Does a NetworkManager of that version skip the family's own checks? Unknown versions: not all do. */
export function skipsOwnChecks(file: KeyFile, family: Family, version: string | undefined): boolean {
  if (readPort(file, version)?.hasAddresses !== false) return false;
  return hasSuperfluousGateway(file, family) || (isAtLeast(version, 52) === 'yes' && hasTwoMinds(file, family));
}

/** `gateway`, or one behind an address, beside `never-default`. */
function hasSuperfluousGateway(file: KeyFile, family: Family): boolean {
  if (keyFileTruth(keyFileEntry(file, family, 'never-default')?.raw ?? '') !== true) return false;
  const entries = file.groups.find(({ name }) => name === family)?.entries ?? [];
  return entries.some(({ key, raw }) =>
    key === 'gateway' ? raw !== '' : /^address(?:es)?\d*$/.test(key) && /[,;][^,;]/.test(raw.replace(/;\d+/, '')),
  );
}

function hasTwoMinds(file: KeyFile, family: Family): boolean {
  const value = readSendHostname(file, family)?.value ?? -1;
  const old = keyFileTruth(keyFileEntry(file, family, 'dhcp-send-hostname-deprecated')?.raw ?? '') ?? true;
  return value !== -1 && value !== Number(old);
}

/**
 * dhcp-send-hostname-v2 as 1.52 and later have it: `dhcp-send-hostname` of a file is that property, a number or a truth
 * value, and beats a key with the property's own name. Null: neither is there, or neither can be read.
 */
export function readSendHostname(file: KeyFile, family: Family): { entry: KeyFileEntry; value: number } | null {
  const named = keyFileEntry(file, family, 'dhcp-send-hostname');
  const value = named === undefined ? null : readDecimal(named.raw);
  if (named !== undefined && value !== null) return { entry: named, value };
  const own = keyFileEntry(file, family, 'dhcp-send-hostname-v2');
  const other = own === undefined ? null : readInteger(own.raw, -(2 ** 31), 2 ** 31 - 1);
  return own === undefined || other === null ? null : { entry: own, value: other };
}

/** g_key_file_get_integer(), which knows decimal numbers alone; then g_key_file_get_boolean(). */
function readDecimal(raw: string): number | null {
  if (/^[-+]?\d+\s*$/.test(raw) && Math.abs(Number(raw)) < 2 ** 31) return Number(raw);
  const truth = keyFileTruth(raw);
  return truth === null ? null : Number(truth);
}
