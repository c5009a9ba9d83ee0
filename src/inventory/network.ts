/**
 * Addresses and routes of all links, in three runs of ip(8). Asked as JSON: in the plain text a link named `dynamic` cannot
 * be told from the flag of that name, and there are no lifetimes.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';

export interface Address {
  readonly family: 'inet' | 'inet6';
  /** With its prefix length. */
  readonly address: string;
  readonly scope: string;
  /** What the kernel will take away again: from a lease or a router's announcement. */
  readonly dynamic: boolean;
  readonly duplicate: boolean;
  /** Seconds; null: for ever. */
  readonly validFor: number | null;
}

export interface Route {
  readonly family: 'inet' | 'inet6';
  /** `default`, or a prefix. */
  readonly to: string;
  readonly via: string | null;
  /** The kernel's own order; a missing one is 0 for IPv4. */
  readonly metric: number;
  /** The routing table, `main` unless said. */
  readonly table: string;
  readonly protocol: string | null;
}

export interface Network {
  readonly addresses: ReadonlyMap<string, readonly Address[]>;
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

export function readNetwork(system: System): Network | Failure {
  const links = askIp(system, ['-j', 'address', 'show']);
  if (isFailure(links)) return links;
  const routes = new Map<string, Route[]>();
  for (const [family, option] of [
    ['inet', '-4'],
    ['inet6', '-6'],
  ] as const) {
    const listed = askIp(system, ['-j', option, 'route', 'show', 'table', 'all']);
    if (isFailure(listed)) return listed;
    for (const { link, route } of listed.flatMap((entry) => parseRoute(entry, family))) {
      routes.set(link, [...(routes.get(link) ?? []), route]);
    }
  }
  const addresses = links.map((link) => [textOf(link['ifname']) ?? '', parseAddresses(link)] as const);
  return { addresses: new Map(addresses), routes };
}

type Entry = Readonly<Record<string, unknown>>;

function askIp(system: System, args: readonly string[]): readonly Entry[] | Failure {
  const argv = ['ip', ...args];
  const failed = (why: string): Failure => ({ errno: 'EIO', path: `${argv.join(' ')}: ${why}` });
  const result = system.run(argv, { timeoutMs: 30_000 });
  if (isFailure(result)) return result;
  if (result.signal !== null) return failed(`ended by ${result.signal}`);
  if (result.status !== 0) return failed(result.stderr.trim());
  return parseEntries(result.stdout) ?? failed('its answer is no JSON');
}

/** iproute2 writes the bytes of a name as they are, control characters too, which JSON does not allow. */
function parseEntries(text: string): readonly Entry[] | null {
  const escaped = text
    .trim()
    .replace(/[\u0000-\u001f]/g, (byte) => `\\u${byte.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped === '') return []; // nothing to tell: iproute2 prints nothing at all for some questions
  try {
    return entriesOf(JSON.parse(escaped));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function entriesOf(value: unknown): readonly Entry[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is Entry => typeof entry === 'object' && entry !== null)
    : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** INFINITY_LIFE_TIME, include/net/addrconf.h. */
const forever = 0xffffffff;

function parseAddresses(link: Entry): readonly Address[] {
  return entriesOf(link['addr_info']).flatMap((info) => {
    const local = textOf(info['local']);
    const family = info['family'];
    if (local === null || (family !== 'inet' && family !== 'inet6')) return [];
    const valid = info['valid_life_time'];
    return {
      family,
      address: `${local}/${String(info['prefixlen'])}`,
      scope: textOf(info['scope']) ?? '',
      dynamic: info['dynamic'] === true,
      duplicate: info['dadfailed'] === true,
      validFor: typeof valid === 'number' && valid !== forever ? valid : null,
    };
  });
}

/** The kernel's own entries for its own addresses (table local) are none of anybody's making. One with several hops counts for each. */
function parseRoute(
  entry: Entry,
  family: Route['family'],
): readonly { readonly link: string; readonly route: Route }[] {
  const table = textOf(entry['table']) ?? 'main';
  const to = textOf(entry['dst']);
  if (table === 'local' || to === null) return [];
  const hops = Array.isArray(entry['nexthops']) ? entriesOf(entry['nexthops']) : [entry];
  return hops.flatMap((hop) => {
    const link = textOf(hop['dev']);
    if (link === null) return [];
    const via = textOf(hop['gateway']) ?? viaOf(hop['via']);
    const metric = typeof entry['metric'] === 'number' ? entry['metric'] : 0;
    return { link, route: { family, to, via, metric, table, protocol: textOf(entry['protocol']) } };
  });
}

/** An IPv4 route through an IPv6 gateway: `"via": {"family": "inet6", "host": "fe80::1"}`. */
function viaOf(via: unknown): string | null {
  return typeof via === 'object' && via !== null && 'host' in via ? textOf(via.host) : null;
}
