/**
 * The users and groups that OWNER= and GROUP= may name. udevd resolves them when it reads its rules, with the C library:
 * from /etc/passwd and /etc/group, and what systemd-sysusers adds to them before udevd starts.
 */
import { keptWith } from '../../text/kept-with.ts';
import type { Source } from '../../text/source.ts';
import type { JudgeContext } from '../claim.ts';

/** Names to ids; an id that is not known is null. Undefined: who is there is not known. */
export interface AccountNames {
  readonly users: ReadonlyMap<string, number | null> | undefined;
  readonly groups: ReadonlyMap<string, number | null> | undefined;
}

export interface Accounts {
  /** Read when it is asked for first; one object for the same files. */
  readonly names: AccountNames;
}

const noNames: AccountNames = { users: undefined, groups: undefined };

export const unknownAccounts: Accounts = { names: noNames };

const known = keptWith<JudgeContext, Accounts>();

/** The same object for a context each time; files are read when a name is asked for first. */
export function accountsOf(context: JudgeContext | undefined): Accounts {
  if (context === undefined) return unknownAccounts;
  const before = known.get(context);
  if (before !== undefined) return before;
  let read: AccountNames | null = null;
  const accounts: Accounts = {
    get names() {
      return (read ??= collectAccounts(context));
    },
  };
  known.set(context, accounts);
  return accounts;
}

/** Where the names come from, as sources. */
interface AccountFiles {
  readonly passwd: readonly Source[];
  readonly altPasswd: readonly Source[];
  readonly group: readonly Source[];
  readonly services: readonly Source[];
  readonly sysusers: readonly Source[];
}

/** Guests of one image have the same files, and share what these say. */
const readBefore = keptWith<Source, { readonly files: AccountFiles; readonly names: AccountNames }>();

function collectAccounts({ include }: JudgeContext): AccountNames {
  const sourcesAt = (...globs: readonly string[]) => globs.flatMap((glob) => include(glob).map(({ source }) => source));
  const passwd = sourcesAt('/etc/passwd');
  const [first] = passwd;
  if (first === undefined) return noNames;
  const files: AccountFiles = {
    passwd,
    services: sourcesAt('/etc/nsswitch.conf'),
    // image-based systems keep the distribution's accounts below /usr (nss-altfiles)
    altPasswd: sourcesAt('/usr/lib/passwd'),
    group: sourcesAt('/usr/lib/group', '/etc/group'),
    sysusers: sourcesAt(...sysusersDirectories.map((directory) => `${directory}/*.conf`)),
  };
  const before = readBefore.get(first);
  if (before !== undefined && areSame(before.files, files)) return before.names;
  const names = readAccounts(files);
  readBefore.set(first, { files, names });
  return names;
}

const sysusersDirectories = ['/usr/lib/sysusers.d', '/run/sysusers.d', '/etc/sysusers.d'];

function areSame(a: AccountFiles, b: AccountFiles): boolean {
  const listOf = (files: AccountFiles) => Object.values(files).flat() as readonly Source[];
  const others = listOf(b);
  const own = listOf(a);
  return own.length === others.length && own.every((source, at) => source === others[at]);
}

function readAccounts({ passwd, altPasswd, group, services: given, sysusers }: AccountFiles): AccountNames {
  const services = given.map(({ text }) => text).join('\n');
  const users = new Map<string, number | null>([
    ['root', 0],
    ['nobody', 65534],
  ]);
  const groups = new Map<string, number | null>([['root', 0]]);
  addAccounts(users, [...altPasswd, ...passwd]);
  addAccounts(groups, group);
  for (const { text } of sysusers) addSysusers(users, groups, text);
  return {
    users: isLocalOnly(services, 'passwd') ? users : undefined,
    groups: isLocalOnly(services, 'group') ? groups : undefined,
  };
}

/** NAME:PASSWORD:ID:…, passwd(5) and group(5). */
function addAccounts(accounts: Map<string, number | null>, sources: readonly Source[]): void {
  for (const { text } of sources)
    for (const line of text.split('\n')) {
      const [name = '', , id = ''] = line.split(':');
      if (name !== '' && /^\d+$/.test(id)) accounts.set(name, Number(id));
    }
}

/** sysusers.d(5): `u` makes a user and its group, `g` a group, `m` both. */
function addSysusers(users: Map<string, number | null>, groups: Map<string, number | null>, text: string): void {
  for (const line of text.split('\n')) {
    const [type = '', name = '', third = ''] = line.trim().split(/\s+/);
    const isUser = /^u!?$/.test(type);
    const id = /^\d+$/.test(third) && type !== 'm' ? Number(third) : null;
    if ((isUser || type === 'm') && !users.has(name)) users.set(name, id);
    if ((isUser || type === 'g') && !groups.has(name)) groups.set(name, id);
    if (type === 'm' && !groups.has(third)) groups.set(third, null);
  }
}

/** nsswitch.conf(5): other services, as a directory on the net, have accounts that no file shows. */
function isLocalOnly(text: string, database: string): boolean {
  const line = new RegExp(`^\\s*${database}:(.*)$`, 'm').exec(text)?.[1] ?? '';
  return line
    .replace(/#.*/, '')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .split(/\s+/)
    .every((service) => ['', 'files', 'systemd', 'compat', 'altfiles', 'db'].includes(service));
}
