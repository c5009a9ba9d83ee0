/**
 * systemd.network(5) files: a guard that keeps networkd off the slaves, and the master's configuration. For each link
 * the first file that matches wins (network_get in networkd-network.c), so the guard sorts before everything else and
 * the master before netplan's 10-netplan-….
 */
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import type { MasterConfig, MasterTarget } from '../master-config.ts';

const directory = '/etc/systemd/network';
export const propertyGuardPath = `${directory}/05-failover-slaves.network`;
export const macGuardPath = `${directory}/05-failover-slaves-by-mac.network`;

/** What ethtool, and so networkd's Driver=, calls each kind of master. */
const masterDrivers: Readonly<Record<MasterTarget['kind'], string>> = {
  net_failover: 'net_failover',
  netvsc: 'hv_netvsc',
};

/** The guard and the master's configuration. */
export function renderNetworkd(config: MasterConfig): readonly GeneratedFile[] {
  return [...renderNetworkdGuard(config), ...renderMasters(config)];
}

/** The guard alone: by udev property (needs the rules of ../udev/render.ts), and for a guest that is known by MAC. */
export function renderNetworkdGuard(config: Pick<MasterConfig, 'masters' | 'command'>): readonly GeneratedFile[] {
  const unmanaged = '[Link]\nUnmanaged=yes\n';
  const byProperty = commentedFile(
    propertyGuardPath,
    0o644,
    config,
    `Keeps systemd-networkd off the slaves of failover masters: the udev rules 81-net-failover.rules give each slave the
property ID_NET_FAILOVER=standby, primary or pending; a master has "master". The first file that matches wins: this one
has to sort before every other.`,
    `[Match]\nProperty=ID_NET_FAILOVER=[sp]*\n\n${unmanaged}`,
  );
  if (config.masters === null || config.masters.length === 0) return [byProperty];
  const byMac = commentedFile(
    macGuardPath,
    0o644,
    config,
    `Keeps systemd-networkd off the slaves of this guest's failover masters, known by the MAC that they share: also off a
VF that is seen before its master, or before it is enslaved, when nothing else tells that it is one. Only the master
has the driver that is excepted. NICs with another MAC are not touched.`,
    `[Match]\nPermanentMACAddress=${config.masters.map(({ mac }) => mac).join(' ')}\nDriver=!${Object.values(masterDrivers).join(' ')}\n\n${unmanaged}`,
  );
  return [byProperty, byMac];
}

function renderMasters(config: MasterConfig): readonly GeneratedFile[] {
  const kinds = ['net_failover', 'netvsc'] as const;
  return kinds.flatMap((kind) => {
    const targets = config.masters?.filter((master) => master.kind === kind) ?? null;
    if (targets === null ? kind !== 'net_failover' : targets.length === 0) return [];
    const path = `${directory}/06-failover-master${kind === 'netvsc' ? '-netvsc' : ''}.network`;
    return [commentedFile(path, 0o644, config, masterPurpose, masterBody(config, kind, targets))];
  });
}

const masterPurpose = 'Configures the failover master, and it alone.';

function masterBody(config: MasterConfig, kind: MasterTarget['kind'], targets: readonly MasterTarget[] | null): string {
  const match = [
    ...(targets === null ? [] : [`PermanentMACAddress=${targets.map(({ mac }) => mac).join(' ')}`]),
    `Driver=${masterDrivers[kind]}`,
  ];
  return `[Match]\n${match.join('\n')}\n\n[Network]\nDHCP=${config.dhcp4 ? (config.dhcp6 ? 'yes' : 'ipv4') : config.dhcp6 ? 'ipv6' : 'no'}\n`;
}
