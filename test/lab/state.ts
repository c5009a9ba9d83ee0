/** The state of a guest's network, read at once, and what is wrong with it. An empty list of faults is the proof. */
import type { Guest } from './guest.ts';
import { linkOf, readLinks, type GuestLink } from './links.ts';

/** Who configures links in a guest: the one that is asked what it manages. */
export type Manager = 'networkd' | 'ifupdown' | 'networkmanager' | 'dhcpcd';

export interface NetworkState {
  readonly links: readonly GuestLink[];
  /** The links that a default route (IPv4) leaves by. */
  readonly defaultRoutes: readonly string[];
  readonly failedUnits: readonly string[];
  /** What the manager says of each link: networkd's setup state; "up" for what ifupdown or NetworkManager has configured. */
  readonly managed: ReadonlyMap<string, string>;
}

const script = `
ip -4 route show default
echo ---
systemctl list-units --state=failed --plain --no-legend --no-pager
echo ---
networkctl --no-legend --no-pager list 2>/dev/null | awk '{ print $2, $5 }'
echo ---
ifquery --state 2>/dev/null
echo ---
nmcli -t -f DEVICE,STATE device 2>/dev/null
echo ---
[ ! -e /run/dhcpcd/pid ] || ip -o -4 address show scope global | awk '{ print $2 }'
true
`;

export async function readState(guest: Guest, manager: Manager): Promise<NetworkState> {
  const links = await readLinks(guest);
  const [routes = '', units = '', networkd = '', ifupdown = '', networkManager = '', dhcpcd = ''] = (
    await guest.must(script)
  ).split('---\n');
  const told = {
    networkd: () => linesOf(networkd).map((line) => line.split(' ')),
    ifupdown: () => linesOf(ifupdown).map((line) => [line.slice(0, line.indexOf('=')), 'up']),
    networkmanager: () => linesOf(networkManager).map((line) => stateOfDevice(line)),
    // it says nothing of a link to others: what it runs for has an address
    dhcpcd: () => linesOf(dhcpcd).map((name) => [name, 'up']),
  }[manager]();
  return {
    links,
    defaultRoutes: linesOf(routes).map((line) => /\bdev (\S+)/.exec(line)?.[1] ?? line),
    failedUnits: linesOf(units).map((line) => line.split(/\s+/)[0] ?? line),
    managed: new Map(told.map(([name = '', state = '']) => [name, state])),
  };
}

/** "enp1s0:connecting (getting IP configuration)", nmcli(1). A device that is managed and has no connection would take one. */
function stateOfDevice(line: string): readonly string[] {
  const [name = '', state = ''] = line.split(':');
  if (state.startsWith('connected')) return [name, 'up'];
  return [name, /^(?:connecting|disconnected)/.test(state) ? 'configuring' : state];
}

/** IPv4 addresses that came by DHCP: all but the loopback's. */
export function ipv4Addresses(link: GuestLink | undefined): readonly string[] {
  return (link?.addresses ?? [])
    .filter((address) => /^\d+\./.test(address))
    .map((address) => address.split('/')[0] ?? '');
}

/**
 * What keeps this state from being right: exactly one address, on the master, of those that the server gave out (`acknowledged`:
 * since the moment that counts); slaves without any address; the master's IPv6 link-local past duplicate address
 * detection; one default route, by the master; no failed unit; the manager content.
 */
export function faultsOf(state: NetworkState, acknowledged: readonly string[]): readonly string[] {
  return [...leaseFaultsOf(state, acknowledged), ...silenceFaultsOf(state)];
}

/** The part about leases: one, on the master, one way out, and a primary that carries. What a configuration can be right in that leaves the slaves their fe80. */
export function leaseFaultsOf(state: NetworkState, acknowledged: readonly string[]): readonly string[] {
  const master = linkOf(state.links, 'master');
  if (master === undefined) return ['there is no master'];
  const faults: string[] = [];
  const [address, ...more] = ipv4Addresses(master);
  if (address === undefined) faults.push(`${master.name} (master) has no IPv4 address`);
  if (more.length > 0) faults.push(`${master.name} (master) has ${more.length + 1} IPv4 addresses`);
  const strangers = acknowledged.filter((other) => other !== address);
  if (strangers.length > 0) faults.push(`leases beside the master's: ${strangers.join(' ')}`);
  for (const link of state.links.filter(({ role }) => role === 'standby' || role === 'primary')) {
    // An enslaved primary whose link is not up yet swallows what arrives: that is the kernel's, and passes.
    if (link.role === 'primary' && !link.carrier) faults.push(`${link.name} (primary) has no carrier`);
    const held = ipv4Addresses(link);
    if (held.length > 0) faults.push(`${link.name} (${link.role}) has ${held.join(', ')}`);
  }
  if (state.defaultRoutes.length !== 1 || state.defaultRoutes[0] !== master.name) {
    faults.push(`default routes by ${state.defaultRoutes.join(', ') || 'none'}`);
  }
  return faults;
}

function silenceFaultsOf(state: NetworkState): readonly string[] {
  const master = linkOf(state.links, 'master');
  if (master === undefined) return [];
  const faults: string[] = [];
  const linkLocal = master.addresses.filter((one) => one.startsWith('fe80:'));
  if (linkLocal.length !== 1) faults.push(`${master.name} (master) has ${linkLocal.length} IPv6 link-local addresses`);
  for (const one of master.addresses.filter((text) => text.includes(' ')))
    faults.push(`${master.name} (master): ${one}`);
  for (const link of state.links) {
    if (link.role !== 'standby' && link.role !== 'primary') continue;
    if (!link.enslaved) faults.push(`${link.name} (${link.role}) is not enslaved`);
    const held = link.addresses.filter((one) => !/^\d+\./.test(one));
    if (held.length > 0) faults.push(`${link.name} (${link.role}) has ${held.join(', ')}`);
    const told = state.managed.get(link.name);
    if (told !== undefined && /^(?:up|failed|configuring|pending)$/.test(told)) {
      faults.push(`the manager says of ${link.name} (${link.role}): ${told}`);
    }
  }
  const told = state.managed.get(master.name);
  if (told !== 'up' && told !== 'configured')
    faults.push(`the manager says of ${master.name} (master): ${told ?? 'nothing'}`);
  for (const unit of state.failedUnits) faults.push(`failed unit: ${unit}`);
  return faults;
}

/** The addresses that the DHCP server acknowledged, each once, in a part of its log. */
export function acknowledgedAddresses(log: string): readonly string[] {
  return [...new Set([...log.matchAll(/DHCPACK\(\S+\) (\S+)/g)].map(([, address]) => address ?? ''))];
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
