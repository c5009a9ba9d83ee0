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

/** An address that is good beyond the link. */
export function hasAddress({ addresses }: LinkState, family: 'inet' | 'inet6'): boolean {
  return addresses.some((address) => address.family === family && address.scope === 'global');
}
