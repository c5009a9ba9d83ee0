/**
 * Profiles in NetworkManager's keyfile format (nm-settings-keyfile(5)): which links each is for, and what it does to one
 * (check_connection_compatible() of src/core/devices/nm-device.c and nm-device-ethernet.c).
 */
import {
  keyFileBoolean,
  keyFileEntry,
  keyFileWords,
  parseKeyFile,
  type KeyFile,
  type KeyFileEntry,
} from '../../text/key-file.ts';
import { fnmatch } from '../../text/fnmatch.ts';
import { allOf, anyOf, known } from '../verdict.ts';
import { sameMac } from './device-spec.ts';
import type { ConfigFile, Effect, Judgement, MatchKey, Problem, Verdict } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import type { LinkFacts } from '../../topology/guest.ts';

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
}

export interface ReadProfiles {
  readonly profiles: readonly Profile[];
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

export function readProfiles(files: readonly ConfigFile[]): ReadProfiles {
  const problems: Problem[] = [];
  const unread: { file: ConfigFile; why: string }[] = [];
  const profiles: Profile[] = [];
  const rank = ({ path }: ConfigFile) => directories.findIndex((directory) => path.startsWith(directory));
  for (const file of [...files].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))) {
    if (!isProfilePath(file.path)) continue;
    const ignored = whyIgnored(file, rank(file));
    if (ignored !== null) {
      unread.push({ file, why: ignored });
      continue;
    }
    const profile = readProfile(file, problems);
    if (profile === null) continue;
    const twin = profiles.find(({ uuid }) => uuid !== null && uuid === profile.uuid);
    if (twin === undefined) profiles.push(profile);
    else unread.push({ file, why: `${twin.path} has the same uuid and is read instead` });
  }
  return { profiles, problems, unread };
}

/** nm_keyfile_utils_ignore_filename(); outside /etc the suffix is needed. */
function whyIgnored({ path, linkTarget }: ConfigFile, rank: number): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('.')) return 'its name begins with a dot';
  if (
    /~$|\.(?:rpmnew|rpmorig|rpmsave|swp|tmp|bak|orig|dpkg-\w+)$|\.\w{6}$(?<!nmconnection)/.test(name) &&
    !name.endsWith('.nmconnection')
  )
    return 'its name is that of a backup';
  if (rank > 0 && !name.endsWith('.nmconnection')) return 'its name does not end in .nmconnection';
  return linkTarget === '/dev/null' ? 'it is a link to /dev/null' : null;
}

function readProfile(configFile: ConfigFile, problems: Problem[]): Profile | null {
  const { source, path, mode, uid } = configFile;
  const file = parseKeyFile(source);
  const start: Place = { source, span: { start: 0, end: 0 } };
  const consequence = 'NetworkManager leaves the profile out';
  for (const { place, message } of file.faults) problems.push({ kind: 'syntax', place, message, consequence });
  const secure = checkOwner(mode, uid, source.origin !== undefined);
  if (secure !== null) problems.push({ kind: 'permissions', place: start, message: secure, consequence });
  const type = keyFileEntry(file, 'connection', 'type');
  const id = keyFileEntry(file, 'connection', 'id')?.value;
  if (file.faults.length > 0 || secure !== null) return null;
  if (type !== undefined && !/^(?:ethernet|802-3-ethernet)$/.test(type.value)) return null;
  if (type === undefined && !file.groups.some(({ name }) => /^(?:ethernet|802-3-ethernet)$/.test(name))) {
    if (file.groups.length > 0)
      problems.push({
        kind: 'bad-value',
        place: file.groups[0]?.place ?? start,
        message: 'no type in [connection]; expected type=ethernet',
        consequence,
      });
    return null;
  }
  const of = (key: string) => keyFileEntry(file, 'connection', key)?.value ?? '';
  return {
    file,
    path,
    id: id ?? path.slice(path.lastIndexOf('/') + 1).replace(/\.nmconnection$/, ''),
    place: file.groups.find(({ name }) => name === 'connection')?.place ?? start,
    uuid: of('uuid') === '' ? null : of('uuid'),
    autoconnect: keyFileBoolean(of('autoconnect')) !== false,
    priority: Number.parseInt(of('autoconnect-priority'), 10) || 0,
    multiple: /^(?:2|3|manual-multiple|multiple)$/.test(of('multi-connect')),
  };
}

/** nms_keyfile_utils_check_file_permissions_stat(): root's own, and nobody else's to read. */
function checkOwner(mode: number | undefined, uid: number | undefined, generated: boolean): string | null {
  if (generated) return null;
  if (mode !== undefined && (mode & 0o077) !== 0) return `mode ${mode.toString(8).padStart(4, '0')}; expected 0600`;
  return uid !== undefined && uid !== 0 ? `owner ${uid}; expected root` : null;
}

const ethernet = ['ethernet', '802-3-ethernet'];

/** A key of the Ethernet setting, under either name of its group. */
export function ethernetEntry({ file }: Profile, key: string): KeyFileEntry | undefined {
  return ethernet.map((group) => keyFileEntry(file, group, key)).find((entry) => entry !== undefined);
}

export interface ProfileMatch {
  readonly verdict: Verdict;
  readonly keys: readonly MatchKey[];
  readonly reason: string;
}

/** Could the profile be active on the link? */
export function matchProfile(profile: Profile, link: LinkFacts, kernelCommandLine: string | undefined): ProfileMatch {
  const { file } = profile;
  const keys: MatchKey[] = [];
  const add = (on: MatchKey['on'], entry: KeyFileEntry | undefined, judge: (value: string) => Verdict) => {
    if (entry === undefined || entry.value === '') return;
    keys.push({ on, value: entry.value, verdict: judge(entry.value), place: entry.valuePlace });
  };
  add('name', keyFileEntry(file, 'connection', 'interface-name'), (value) => known(value === link.name));
  add('permanent-mac', ethernetEntry(profile, 'mac-address'), (value) => sameMac(value, link));
  for (const key of ['mac-address-blacklist', 'mac-address-denylist'])
    add('permanent-mac', ethernetEntry(profile, key), (value) =>
      notAny(keyFileWords(value).map((mac) => sameMac(mac, link))),
    );
  add('name', keyFileEntry(file, 'match', 'interface-name'), (value) => matchWildcards(value, link.name));
  add('parent-driver', keyFileEntry(file, 'match', 'driver'), (value) =>
    link.parentDriver === undefined ? 'maybe' : matchWildcards(value, link.parentDriver ?? link.driver ?? ''),
  );
  add('path', keyFileEntry(file, 'match', 'path'), (value) =>
    link.idPath === undefined ? 'maybe' : matchWildcards(value, link.idPath ?? ''),
  );
  add('host', keyFileEntry(file, 'match', 'kernel-command-line'), (value) =>
    kernelCommandLine === undefined ? 'maybe' : matchKernelWords(value, kernelCommandLine),
  );
  const wrong = keys.find(({ verdict }) => verdict === 'no');
  const reason =
    wrong !== undefined
      ? `${nameOf(wrong)}=${wrong.value} does not match`
      : keys.length === 0
        ? 'the profile is for any Ethernet link'
        : keys.map((key) => `${nameOf(key)}=${key.value} matches`).join('; ');
  return { verdict: allOf(keys.map(({ verdict }) => verdict)), keys, reason };
}

function notAny(verdicts: readonly Verdict[]): Verdict {
  const any = anyOf(verdicts);
  return any === 'yes' ? 'no' : any === 'no' ? 'yes' : 'maybe';
}

const names: Readonly<Partial<Record<MatchKey['on'], string>>> = {
  name: 'interface-name',
  'permanent-mac': 'mac-address',
  'parent-driver': 'driver',
  path: 'path',
  host: 'kernel-command-line',
};

function nameOf({ on }: MatchKey): string {
  return names[on] ?? on;
}

/**
 * nm_wildcard_match_check(): `!` excludes, `&` must match, `|` (or nothing) is one of those of which one must; a backslash
 * takes the next character as it is.
 */
function matchWildcards(value: string, text: string): Verdict {
  let hasOptional = false;
  let optional = false;
  for (const word of keyFileWords(value)) {
    const [, mark = '', inverted = '', escaped = '', rest = ''] = /^([|&]?)(!?)(\\?)([^]*)$/.exec(word) ?? [];
    const mandatory = mark === '&' || (mark === '' && inverted === '!');
    const hit = fnmatch(escaped === '' ? rest : `\\${rest}`, text) !== (inverted === '!');
    if (mandatory && !hit) return 'no';
    if (!mandatory) {
      hasOptional = true;
      optional ||= hit;
    }
  }
  return known(optional || !hasOptional);
}

function matchKernelWords(value: string, commandLine: string): Verdict {
  const have = commandLine.split(/\s+/);
  const words = keyFileWords(value).map((word) => {
    const [, mark = '', inverted = '', rest = ''] = /^([|&]?)(!?)([^]*)$/.exec(word) ?? [];
    const found = have.some((other) => other === rest || (!rest.includes('=') && other.startsWith(`${rest}=`)));
    return { mandatory: mark === '&' || (mark === '' && inverted === '!'), hit: found !== (inverted === '!') };
  });
  if (words.some(({ mandatory, hit }) => mandatory && !hit)) return 'no';
  const optional = words.filter(({ mandatory }) => !mandatory);
  return known(optional.length === 0 || optional.some(({ hit }) => hit));
}

/** What a profile does to the link that it is active on. */
export function readEffects(profile: Profile): readonly Effect[] {
  const { file, place } = profile;
  const of = (group: string, key: string) => keyFileEntry(file, group, key);
  const effects: Effect[] = [{ kind: 'up', place }];
  const say = (kind: Effect['kind'], entry: KeyFileEntry | undefined, detail?: string) =>
    effects.push({ kind, place: entry?.valuePlace ?? place, ...(detail === undefined ? {} : { detail }) });
  if (keyFileBoolean(of('connection', 'wait-online')?.value ?? '') !== false) say('wait-online', undefined);
  const port = of('connection', 'port-type') ?? of('connection', 'slave-type');
  const controller = of('connection', 'controller') ?? of('connection', 'master');
  if (controller !== undefined && port !== undefined) say('enslave', controller, controller.value);
  else {
    addFour(profile, say);
    addSix(profile, say);
  }
  const cloned = ethernetEntry(profile, 'cloned-mac-address') ?? ethernetEntry(profile, 'assigned-mac-address');
  if (cloned !== undefined && !/^(?:preserve|permanent)$/.test(cloned.value)) say('mac', cloned, cloned.value);
  const mtu = ethernetEntry(profile, 'mtu');
  if (mtu !== undefined && !/^(?:0|auto)$/.test(mtu.value)) say('mtu', mtu, mtu.value);
  return effects;
}

type Say = (kind: Effect['kind'], entry: KeyFileEntry | undefined, detail?: string) => void;

function addFour({ file }: Profile, say: Say): void {
  const method = keyFileEntry(file, 'ipv4', 'method');
  const word = method?.value ?? (hasAddresses(file, 'ipv4') ? 'manual' : 'auto');
  if (word === 'auto') {
    say('dhcp4', method);
    const id = keyFileEntry(file, 'ipv4', 'dhcp-client-id');
    say('client-id', id, id?.value ?? 'mac');
  }
  for (const entry of addressEntries(file, 'ipv4')) say('address', entry, entry.value.split(',')[0] ?? '');
}

function addSix({ file }: Profile, say: Say): void {
  const method = keyFileEntry(file, 'ipv6', 'method');
  const word = method?.value ?? (hasAddresses(file, 'ipv6') ? 'manual' : 'auto');
  // `auto` asks by DHCPv6 if the router says so.
  if (word === 'auto') say('ra', method);
  if (word === 'dhcp') say('dhcp6', method);
  if (['auto', 'dhcp', 'manual', 'link-local', 'shared'].includes(word)) say('link-local6', method);
  for (const entry of addressEntries(file, 'ipv6')) say('address', entry, entry.value.split(',')[0] ?? '');
}

function hasAddresses(file: KeyFile, group: string): boolean {
  return addressEntries(file, group).length > 0;
}

function addressEntries(file: KeyFile, group: string): readonly KeyFileEntry[] {
  return (
    file.groups.find(({ name }) => name === group)?.entries.filter(({ key }) => /^address(?:es)?\d*$/.test(key)) ?? []
  );
}

/** What a connection does that NetworkManager makes by itself for a link without one ("Wired connection 1"). */
export function defaultEffects(place: Place): readonly Effect[] {
  const kinds = ['up', 'wait-online', 'dhcp4', 'ra', 'link-local6'] as const;
  return [...kinds.map((kind): Effect => ({ kind, place })), { kind: 'client-id', detail: 'mac', place }];
}
