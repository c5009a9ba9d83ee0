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

export function readLeases(
  system: System,
  name: string,
  ifindex: string | null,
  addresses: readonly Address[],
): readonly Lease[] {
  const noted = [...readNetworkdLease(system, ifindex), ...readDhclientLease(system, name)];
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

/** sd_dhcp_lease_save(), src/libsystemd-network/sd-dhcp-lease.c: KEY=value lines in /run/systemd/netif/leases/IFINDEX. */
function readNetworkdLease(system: System, ifindex: string | null): readonly Note[] {
  const text = ifindex === null ? null : system.read(`/run/systemd/netif/leases/${ifindex}`);
  if (text === null || isFailure(text)) return [];
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? null;
  const address = value('ADDRESS');
  return address === null ? [] : [{ address, server: value('SERVER_ADDRESS'), from: 'networkd' }];
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
