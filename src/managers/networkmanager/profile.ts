/** Profiles in NetworkManager's keyfile format (nm-settings-keyfile(5)): which files are read, and what each says of itself. */
import { baseName } from '../../text/base-name.ts';
import { keyFileEntry, keyFileTruth, parseKeyFile, type KeyFile } from '../../text/key-file.ts';
import { findUnknownKeys } from './profile-keys.ts';
import { readPort, type Port } from './profile-port.ts';
import { readType } from './profile-types.ts';
import { readInteger } from './profile-values.ts';
import { findIgnoredValues, findRejections } from './verify-profile.ts';
import type { ConfigFile, Judgement, Netdev, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export interface Profile {
  readonly file: KeyFile;
  readonly path: string;
  /** connection.id, or the file's name. */
  readonly id: string;
  readonly place: Place;
  readonly uuid: string | null;
  readonly autoconnect: boolean;
  readonly priority: number;
  /** More than one device at a time. */
  readonly multiple: boolean;
  /** Null: it is no port's. */
  readonly port: Port | null;
  /** Of the NetworkManager that reads it; undefined: not known. */
  readonly version: string | undefined;
}

/** A profile of another type whose link stands on one that is there: a VLAN, a macvlan, PPP over Ethernet. */
export interface Standing {
  readonly place: Place;
  /** The name of what stands, or the profile's. */
  readonly name: string;
  /** A link's name, or the UUID of its profile. */
  readonly parent: string;
  readonly parentPlace: Place;
}

/** A profile of type bridge or bond. */
export interface NetdevProfile {
  readonly kind: Netdev['kind'];
  readonly id: string;
  readonly file: KeyFile;
}

export interface ReadProfiles {
  readonly profiles: readonly Profile[];
  readonly standing: readonly Standing[];
  /** Of bridges and bonds. */
  readonly netdevs: readonly NetdevProfile[];
  readonly problems: readonly Problem[];
  readonly unread: Judgement['unread'];
}

/** In order of precedence: of profiles with one UUID, the first of these directories has it. */
const directories = [
  '/etc/NetworkManager/system-connections/',
  '/run/NetworkManager/system-connections/',
  '/usr/lib/NetworkManager/system-connections/',
];

export function isProfilePath(path: string): boolean {
  return path.endsWith('.nmconnection') || directories.some((directory) => path.startsWith(directory));
}

export function readProfiles(files: readonly ConfigFile[], version: string | undefined): ReadProfiles {
  const problems: Problem[] = [];
  const unread: { file: ConfigFile; why: string }[] = [];
  const profiles: Profile[] = [];
  const standing: Standing[] = [];
  const netdevs: NetdevProfile[] = [];
  const rank = ({ path }: ConfigFile) => directories.findIndex((directory) => path.startsWith(directory));
  for (const file of [...files].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))) {
    if (!isProfilePath(file.path)) continue;
    const ignored = whyIgnored(file, rank(file));
    if (ignored !== null) {
      unread.push({ file, why: ignored });
      continue;
    }
    const profile = readProfile(file, problems, version, netdevs);
    if (profile === null) continue;
    if ('parent' in profile) {
      standing.push(profile);
      continue;
    }
    const twin = profiles.find(({ uuid }) => uuid !== null && uuid === profile.uuid);
    if (twin === undefined) profiles.push(profile);
    else unread.push({ file, why: `${twin.path} has the same uuid and is read instead` });
  }
  return { profiles, standing, netdevs, problems, unread };
}

/** nm_keyfile_utils_ignore_filename(); outside /etc the suffix is needed. */
function whyIgnored({ path, linkTarget }: ConfigFile, rank: number): string | null {
  const name = baseName(path);
  if (name.startsWith('.')) return 'its name begins with a dot';
  if (
    /~$|\.(?:rpmnew|rpmorig|rpmsave|swp|tmp|bak|orig|dpkg-\w+)$|\.\w{6}$(?<!nmconnection)/.test(name) &&
    !name.endsWith('.nmconnection')
  )
    return 'its name is that of a backup';
  if (rank > 0 && !name.endsWith('.nmconnection')) return 'its name does not end in .nmconnection';
  return linkTarget === '/dev/null' ? 'it is a link to /dev/null' : null;
}

function readProfile(
  configFile: ConfigFile,
  problems: Problem[],
  version: string | undefined,
  netdevs: NetdevProfile[],
): Profile | Standing | null {
  const { source, path, mode, uid } = configFile;
  const file = parseKeyFile(source);
  const start: Place = { source, span: { start: 0, end: 0 } };
  const consequence = 'NetworkManager leaves the profile out';
  for (const { place, message } of file.faults) problems.push({ kind: 'syntax', place, message, consequence });
  const secure = checkOwner(mode, uid, source.origin !== undefined && source.origin.carried !== true);
  if (secure !== null) problems.push({ kind: 'permissions', place: start, message: secure, consequence });
  if (file.faults.length > 0 || secure !== null) return null;
  const { type, faults } = readType(file, version);
  const rejections = type === null ? faults : findRejections(file, type, version);
  for (const { place, message } of rejections) problems.push({ kind: 'bad-value', place, message, consequence });
  problems.push(...findUnknownKeys(file, version));
  if (rejections.length > 0 || type === null) return null;
  const idOf = () => keyFileEntry(file, 'connection', 'id')?.raw ?? baseName(path).replace(/\.nmconnection$/, '');
  if (type === 'bridge' || type === 'bond') netdevs.push({ kind: type, id: idOf(), file });
  if (type !== 'ethernet') return readStanding(file, type, start);
  for (const { place, message } of findIgnoredValues(file))
    problems.push({ kind: 'bad-value', place, message, consequence: 'NetworkManager reads over it' });
  const of = (key: string) => keyFileEntry(file, 'connection', key)?.raw;
  return {
    file,
    path,
    id: idOf(),
    place: file.groups.find(({ name }) => name === 'connection')?.place ?? start,
    uuid: of('uuid')?.toLowerCase() ?? null,
    autoconnect: keyFileTruth(of('autoconnect') ?? '') !== false,
    priority: readInteger(of('autoconnect-priority') ?? '', -999, 999) ?? 0,
    port: readPort(file, version),
    version,
    multiple: (readInteger(of('multi-connect') ?? '', 0, 3) ?? 0) >= 2,
  };
}

/** `parent` in the type's own group; PPP over Ethernet had its link in interface-name before it had a parent. */
function readStanding(file: KeyFile, type: string, start: Place): Standing | null {
  const name = keyFileEntry(file, 'connection', 'interface-name');
  const parent = keyFileEntry(file, type, 'parent') ?? (type === 'pppoe' ? name : undefined);
  if (parent === undefined || keyFileTruth(keyFileEntry(file, 'connection', 'autoconnect')?.raw ?? '') === false)
    return null;
  const place = file.groups.find((group) => group.name === 'connection')?.place ?? start;
  const linkName = type === 'pppoe' ? undefined : name;
  const words = linkName?.value ?? keyFileEntry(file, 'connection', 'id')?.value ?? type;
  return { place, name: words, parent: parent.value, parentPlace: parent.valuePlace };
}

/** nms_keyfile_utils_check_file_permissions_stat(): root's own, and nobody else's to read. */
function checkOwner(mode: number | undefined, uid: number | undefined, generated: boolean): string | null {
  if (generated) return null;
  if (mode !== undefined && (mode & 0o077) !== 0) return `mode ${mode.toString(8).padStart(4, '0')}; expected 0600`;
  return uid !== undefined && uid !== 0 ? `owner ${uid}; expected root` : null;
}
