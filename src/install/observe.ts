/** What a running guest's links have now: addresses, routes, DHCP clients. Asked of ip(8) and /proc. */
import { isFailure, type Failure, type System } from '../system/system.ts';

export interface LinkAddress {
  readonly family: 'inet' | 'inet6';
  /** With its prefix length. */
  readonly address: string;
  readonly scope: string;
  /** What ip(8) says beside: dadfailed, tentative, dynamic … */
  readonly flags: readonly string[];
  /** How long it is good, as ip(8) takes it; nothing for an address that stays. */
  readonly lifetime: readonly string[];
}

export interface LinkRoute {
  readonly family: 'inet' | 'inet6';
  /** `default`, or a prefix. */
  readonly to: string;
  readonly via: string | null;
}

export interface DhcpClient {
  readonly pid: number;
  readonly program: string;
  /** The links that it serves. Empty: whatever there is. */
  readonly links: readonly string[];
}

export interface LinkState {
  readonly name: string;
  readonly addresses: readonly LinkAddress[];
  readonly routes: readonly LinkRoute[];
}

export function readLinkState(system: System, name: string): LinkState | Failure {
  const shown = runProgram(system, ['ip', '-o', 'address', 'show', 'dev', name]);
  if (typeof shown !== 'string') return shown;
  const routes: LinkRoute[] = [];
  for (const [family, option] of [
    ['inet', '-4'],
    ['inet6', '-6'],
  ] as const) {
    const listed = runProgram(system, ['ip', option, 'route', 'show', 'dev', name]);
    if (typeof listed !== 'string') return listed;
    routes.push(...parseRoutes(listed, family));
  }
  return { name, addresses: parseAddresses(shown), routes };
}

/** Standard output, or why there is none; a program that fails is EIO. */
function runProgram(system: System, argv: readonly string[]): string | Failure {
  const result = system.run(argv, { timeoutMs: 30_000 });
  if (isFailure(result)) return result;
  if (result.status === 0) return result.stdout;
  const why = result.signal === null ? result.stderr.trim() : `ended by ${result.signal}`;
  return { errno: 'EIO', path: `${argv.join(' ')}: ${why}` };
}

/** `2: ens11    inet 10.66.0.99/24 metric 1024 brd 10.66.0.255 scope global dynamic ens11\       valid_lft …`. */
function parseAddresses(shown: string): readonly LinkAddress[] {
  return shown.split('\n').flatMap((line) => {
    const match = /^\d+: .*? (inet6?) (\S+)(.*?) scope (\S+)([^\\]*)/.exec(line);
    if (match === null) return [];
    const [, family, address = '', , scope = '', rest = ''] = match;
    const [, ...lifetimes] = /valid_lft (\w+) preferred_lft (\w+)/.exec(line) ?? [];
    const [valid = 'forever', preferred = 'forever'] = lifetimes.map((time) => time.replace(/sec$/, ''));
    const stays = valid === 'forever' && preferred === 'forever';
    return [
      {
        family: family === 'inet6' ? 'inet6' : 'inet',
        address,
        scope,
        flags: rest.split(/\s+/).filter(Boolean),
        lifetime: stays ? [] : ['valid_lft', valid, 'preferred_lft', preferred],
      } as const,
    ];
  });
}

/** `default via 10.66.0.1 proto dhcp src 10.66.0.99 metric 1024`. The kernel's own routes come and go with addresses. */
function parseRoutes(listed: string, family: LinkRoute['family']): readonly LinkRoute[] {
  return listed.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [to = ''] = words;
    if (to === '' || words[words.indexOf('proto') + 1] === 'kernel') return [];
    const via = words.indexOf('via');
    return [{ family, to, via: via < 0 ? null : (words[via + 1] ?? null) }];
  });
}

/** What each client's command line says of its links; a word that is an option's value is not one. */
const clients: Readonly<Record<string, (args: readonly string[]) => readonly string[]>> = {
  // dhclient(8), options that take a value
  dhclient: (args) =>
    operandsOf(
      args,
      '-p -D -e -lf -pf -df -cf -sf -s -g -4o6 --prefix-len-hint --decline-wait-time --address-prefix-len'.split(' '),
    ),
  udhcpc: (args) => optionValues(args, '-i', '--interface'),
  udhcpc6: (args) => optionValues(args, '-i', '--interface'),
  // dhcpcd(8), likewise
  dhcpcd: (args) =>
    operandsOf(
      args,
      [...'cefhilmnoqrstuvxyzCEFIOPQSWXZ'].map((letter) => `-${letter}`),
    ),
};

/** DHCP clients that run as processes of their own. networkd and NetworkManager have theirs built in. */
export function findDhcpClients(system: System): readonly DhcpClient[] {
  const entries = system.list('/proc');
  if (isFailure(entries)) return [];
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const text = system.read(`/proc/${pid}/cmdline`);
      if (isFailure(text) || text === '') return [];
      const [path = '', ...args] = text.replace(/\0$/, '').split('\0');
      // dhcpcd 9 and 10 rename themselves: "dhcpcd: ens11 [ip4]"; "dhcpcd: [manager] …" serves all; the rest are helpers
      const title = /^dhcpcd: (\[manager\]|[^\s[]\S*) /.exec(`${path} `)?.[1];
      if (title !== undefined) {
        return [{ pid: Number(pid), program: 'dhcpcd', links: title === '[manager]' ? [] : [title] }];
      }
      const words = /^(?:\S*\/)?busybox$/.test(path) ? args : [path, ...args];
      const program = (words[0] ?? '').replace(/^.*\//, '');
      const linksOf = Object.hasOwn(clients, program) ? clients[program] : undefined;
      return linksOf === undefined ? [] : [{ pid: Number(pid), program, links: linksOf(words.slice(1)) }];
    })
    .sort((a, b) => a.pid - b.pid);
}

function operandsOf(args: readonly string[], valued: readonly string[]): readonly string[] {
  const operands: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (valued.includes(word)) at += 1;
    else if (!word.startsWith('-')) operands.push(word);
  }
  return operands;
}

function optionValues(args: readonly string[], ...names: readonly string[]): readonly string[] {
  return args.flatMap((word, index) => {
    if (names.includes(word)) return args[index + 1] ?? [];
    const glued = names.find((name) => word.startsWith(name.startsWith('--') ? `${name}=` : name) && word !== name);
    return glued === undefined ? [] : word.slice(glued.startsWith('--') ? glued.length + 1 : glued.length);
  });
}
