/** Leases as the DHCP clients noted them, with what the kernel says of the address: without it a lease is only a memory. */
import { isFailure, type System } from '../system/system.ts';
import type { Address } from './network.ts';

export interface Lease {
  /** Without prefix length. */
  readonly address: string;
  readonly server: string | null;
  /** Whose note it is; `kernel`: nobody's, but the address has a lifetime as leases have. */
  readonly from: 'networkd' | 'dhclient' | 'kernel';
  /** Seconds, by the kernel; null: for ever, or not told. */
  readonly validFor: number | null;
}

/** A link, as far as its leases are concerned. */
export interface LeasedLink {
  readonly name: string;
  readonly ifindex: string | null;
  readonly addresses: readonly Address[];
  /** networkd configures it. */
  readonly isNetworkds: boolean;
}

export function readLeases(system: System, link: LeasedLink): readonly Lease[] {
  const { name, addresses } = link;
  const noted = [...readNetworkdLease(system, link), ...readDhclientLease(system, name)];
  return addresses.flatMap((entry) => {
    const [address = '', prefix] = entry.address.split('/');
    const note = noted.find((lease) => lease.address === address);
    // SLAAC makes addresses of 64 bits (RFC 4862); a DHCPv6 server gives single ones
    const looksLeased = entry.dynamic && (entry.family === 'inet' || prefix === '128');
    if (note === undefined && !looksLeased) return [];
    return { address, server: note?.server ?? null, from: note?.from ?? 'kernel', validFor: entry.validFor };
  });
}

type Note = Pick<Lease, 'address' | 'server' | 'from'>;

/**
 * sd_dhcp_lease_save(), src/libsystemd-network/sd-dhcp-lease.c: KEY=value lines in /run/systemd/netif/leases/IFINDEX. systemd 262
 * writes no such file: there the daemon itself is asked.
 */
function readNetworkdLease(system: System, { ifindex, addresses, isNetworkds }: LeasedLink): readonly Note[] {
  if (ifindex === null) return [];
  const text = system.read(`/run/systemd/netif/leases/${ifindex}`);
  const mayBeLeased = addresses.some(({ scope }) => scope === 'global');
  if (isFailure(text)) return isNetworkds && mayBeLeased ? askNetworkd(system, ifindex) : [];
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? null;
  const address = value('ADDRESS');
  return address === null ? [] : [{ address, server: value('SERVER_ADDRESS'), from: 'networkd' }];
}

/**
 * address_append_json(), src/network/networkd-json.c: each of `Addresses` has `ConfigSource`, DHCPv4 or DHCPv6 for a lease, and
 * `ConfigProviderString`, the server. Asked by index: a name may look like an option or a pattern. An answer of another shape
 * tells nothing.
 */
function askNetworkd(system: System, ifindex: string): readonly Note[] {
  const argv = ['networkctl', '--json=short', '--no-pager', 'status', ifindex];
  const answer = system.run(argv, { timeoutMs: 10_000 });
  if (isFailure(answer) || answer.status !== 0) return [];
  const addresses = fieldOf(parseJson(answer.stdout), 'Addresses');
  return (Array.isArray(addresses) ? addresses : []).flatMap((entry: unknown): readonly Note[] => {
    const address = fieldOf(entry, 'AddressString');
    const server = fieldOf(entry, 'ConfigProviderString');
    const source = fieldOf(entry, 'ConfigSource');
    if (typeof address !== 'string' || (source !== 'DHCPv4' && source !== 'DHCPv6')) return [];
    return [{ address, server: typeof server === 'string' ? server : null, from: 'networkd' }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** ifupdown has dhclient keep /var/lib/dhcp/dhclient.LINK.leases (inet.defn); the last lease of the file counts, dhclient.leases(5). */
function readDhclientLease(system: System, name: string): readonly Note[] {
  const text = system.read(`/var/lib/dhcp/dhclient.${name}.leases`);
  if (isFailure(text)) return [];
  const last = text.slice(Math.max(0, text.lastIndexOf('\nlease {')));
  const address = /^\s*fixed-address ([^;\s]+);/m.exec(last)?.[1];
  if (address === undefined) return [];
  return [
    { address, server: /^\s*option dhcp-server-identifier ([^;\s]+);/m.exec(last)?.[1] ?? null, from: 'dhclient' },
  ];
}
