/**
 * The users and groups that OWNER= and GROUP= may name. udevd resolves them when it reads its rules, with the C library:
 * from /etc/passwd and /etc/group, and what systemd-sysusers adds to them before udevd starts.
 */
import { keptWith } from '../../text/kept-with.ts';
import type { JudgeContext } from '../claim.ts';

export interface Accounts {
  /** Names to ids; an id that is not known is null. Undefined: who is there is not known. */
  readonly users: ReadonlyMap<string, number | null> | undefined;
  readonly groups: ReadonlyMap<string, number | null> | undefined;
}

export const unknownAccounts: Accounts = { users: undefined, groups: undefined };

const known = keptWith<JudgeContext, Accounts>();

/** The same object for a context each time; files are read when a name is asked for first. */
export function accountsOf(context: JudgeContext | undefined): Accounts {
  if (context === undefined) return unknownAccounts;
  const before = known.get(context);
  if (before !== undefined) return before;
  let read: Accounts | null = null;
  const accounts: Accounts = {
    get users() {
      return (read ??= collectAccounts(context)).users;
    },
    get groups() {
      return (read ??= collectAccounts(context)).groups;
    },
  };
  known.set(context, accounts);
  return accounts;
}

function collectAccounts({ include }: JudgeContext): Accounts {
  const passwd = include('/etc/passwd').map(({ source }) => source.text);
  if (passwd.length === 0) return unknownAccounts;
  const services = include('/etc/nsswitch.conf')
    .map(({ source }) => source.text)
    .join('\n');
  const users = new Map<string, number | null>([
    ['root', 0],
    ['nobody', 65534],
  ]);
  const groups = new Map<string, number | null>([['root', 0]]);
  // image-based systems keep the distribution's accounts below /usr (nss-altfiles)
  addAccounts(users, [...include('/usr/lib/passwd').map(({ source }) => source.text), ...passwd]);
  addAccounts(
    groups,
    [...include('/usr/lib/group'), ...include('/etc/group')].map(({ source }) => source.text),
  );
  for (const directory of ['/usr/lib/sysusers.d', '/run/sysusers.d', '/etc/sysusers.d'])
    for (const { source } of include(`${directory}/*.conf`)) addSysusers(users, groups, source.text);
  return {
    users: isLocalOnly(services, 'passwd') ? users : undefined,
    groups: isLocalOnly(services, 'group') ? groups : undefined,
  };
}

/** NAME:PASSWORD:ID:…, passwd(5) and group(5). */
function addAccounts(accounts: Map<string, number | null>, texts: readonly string[]): void {
  for (const text of texts)
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
