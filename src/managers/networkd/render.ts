/**
 * systemd.network(5) files: a guard that keeps networkd off the slaves, and the master's configuration. For each link
 * the first file that matches wins (network_get in networkd-network.c), so the guard sorts before everything else and
 * the master before netplan's 10-netplan-….
 */
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import { keepLeaseOnStop, keepThroughMigration } from '../systemd/migration.ts';
import { vlanName, type MasterConfig, type MasterStack, type MasterTarget } from '../master-config.ts';
import type { Rendering } from '../description.ts';

const directory = '/etc/systemd/network';
export const propertyGuardPath = `${directory}/05-failover-slaves.network`;
export const macGuardPath = `${directory}/05-failover-slaves-by-mac.network`;

/** What ethtool, and so networkd's Driver=, calls each kind of master. */
const masterDrivers: Readonly<Record<MasterTarget['kind'], string>> = {
  net_failover: 'net_failover',
  netvsc: 'hv_netvsc',
};

export const rendering: Rendering = { guard: renderNetworkdGuard, render: (config) => renderNetworkd(config) };

/** The guard and the master's configuration. */
export function renderNetworkd(config: MasterConfig): readonly GeneratedFile[] {
  const { stack } = config;
  return [
    ...renderNetworkdGuard(config),
    ...renderMasters(config),
    ...(stack === undefined ? [] : renderStack(config, stack)),
  ];
}

/** The guard alone: by udev property (needs the rules of ../udev/render.ts), and for a guest that is known by MAC. */
export function renderNetworkdGuard(config: Pick<MasterConfig, 'masters' | 'command'>): readonly GeneratedFile[] {
  const unmanaged = '[Link]\nUnmanaged=yes\n';
  const byProperty = commentedFile(
    propertyGuardPath,
    0o644,
    config,
    `Keeps systemd-networkd off the slaves of failover masters: the udev rules 92-net-failover.rules give each slave the
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

/** A file for each kind of master that there is; any guest's are for both: a file whose driver is not there does nothing. */
function renderMasters(config: MasterConfig): readonly GeneratedFile[] {
  const kinds = [
    { kind: 'net_failover', file: '06-failover-master.network' },
    { kind: 'netvsc', file: '06-failover-master-netvsc.network' },
  ] as const;
  return kinds.flatMap(({ kind, file }) => {
    const macs = config.masters?.filter((master) => master.kind === kind).map(({ mac }) => mac) ?? null;
    if (macs?.length === 0) return [];
    const purpose = `Configures the failover master, and it alone: ${
      kind === 'netvsc' ? 'its driver tells it from its VF.' : 'no other link has the driver net_failover.'
    }${config.dhcp4 && config.stack === undefined ? `\n\n${identity}` : ''}`;
    const match = [
      ...(macs === null ? [] : [`PermanentMACAddress=${macs.join(' ')}`]),
      `Driver=${masterDrivers[kind]}`,
    ];
    const body = config.stack === undefined ? addressed(match, config) : carrying(match, config, lineOf(config.stack));
    return [commentedFile(`${directory}/${file}`, 0o644, config, purpose, body)];
  });
}

const identity = `DHCP servers know the guest by the master's MAC. It is the same after a re-plug of the VF, after a migration and in the
boot loader, and for a clone of the disk it is another. networkd's default is made of /etc/machine-id, which clones share,
and of the link's place on the bus.`;

/** What stands right on a master, as a line of [Network]. */
function lineOf({ bridge, vlan }: MasterStack): string {
  return vlan === null ? `Bridge=${bridge ?? ''}` : `VLAN=${vlanName(vlan)}`;
}

/** The links that networkd makes, and what it gives them. */
function renderStack(config: MasterConfig, { bridge, vlan }: MasterStack): readonly GeneratedFile[] {
  const mac = config.masters?.[0]?.mac;
  const vlanFiles = (id: number): readonly GeneratedFile[] => {
    const name = vlanName(id);
    const match = [`Name=${name}`];
    return [
      commentedFile(
        `${directory}/06-failover-vlan.netdev`,
        0o644,
        config,
        'The VLAN on the failover master, with its MAC. The kernel gives it to a VF that comes back.',
        section('NetDev', [`Name=${name}`, 'Kind=vlan']) + '\n' + section('VLAN', [`Id=${id}`]),
      ),
      commentedFile(
        `${directory}/06-failover-vlan.network`,
        0o644,
        config,
        bridge === null
          ? `The VLAN has the addresses.${config.dhcp4 ? `\n\n${identity}` : ''}`
          : 'The VLAN is the port of the bridge.',
        bridge === null ? addressed(match, config) : carrying(match, config, `Bridge=${bridge}`),
      ),
    ];
  };
  const bridgeFiles = (name: string): readonly GeneratedFile[] => [
    commentedFile(
      `${directory}/06-failover-bridge.netdev`,
      0o644,
      config,
      `The bridge on the failover master, with the master's MAC: net_failover does not pass promiscuous mode on to the VF, which
drops frames for any other. Given here it stays, whatever ports are added.`,
      section('NetDev', [`Name=${name}`, 'Kind=bridge', ...(mac === undefined ? [] : [`MACAddress=${mac}`])]) +
        '\n' +
        section('Bridge', ['STP=no']),
    ),
    commentedFile(
      `${directory}/06-failover-bridge.network`,
      0o644,
      config,
      `The bridge has the addresses.${config.dhcp4 ? `\n\n${identity}` : ''}`,
      addressed([`Name=${name}`], config),
    ),
  ];
  return [...(vlan === null ? [] : vlanFiles(vlan)), ...(bridge === null ? [] : bridgeFiles(bridge))];
}

/** A link without an address of its own. `above`: what stands on it. */
function carrying(match: readonly string[], { mtu }: MasterConfig, above: string): string {
  const link = [...(mtu === null ? [] : [`MTUBytes=${mtu}`]), 'RequiredForOnline=carrier'];
  const network = [above, 'DHCP=no', 'IPv6AcceptRA=no', 'LinkLocalAddressing=no', keepThroughMigration.trimEnd()];
  return [section('Match', match), section('Link', link), section('Network', network)].join('\n');
}

function addressed(match: readonly string[], config: MasterConfig): string {
  const { dhcp4, dhcp6, acceptRa, metric } = config;
  const link = [
    ...(config.mtu === null ? [] : [`MTUBytes=${config.mtu}`]),
    ...(isConfigured(config) ? ['RequiredForOnline=routable'] : []),
  ];
  const network = [
    `DHCP=${dhcp4 ? (dhcp6 ? 'yes' : 'ipv4') : dhcp6 ? 'ipv6' : 'no'}`,
    `IPv6AcceptRA=${acceptRa ? 'yes' : 'no'}`,
    ...config.addresses.map((address) => `Address=${address}`),
    ...(metric === null ? config.gateways.map((gateway) => `Gateway=${gateway}`) : []),
    ...config.dns.map((server) => `DNS=${server}`),
    keepThroughMigration.trimEnd(),
    ...(dhcp4 || dhcp6 ? [keepLeaseOnStop.trimEnd()] : []),
  ];
  const routeMetric = metric === null ? [] : [`RouteMetric=${metric}`];
  return [
    section('Match', match),
    section('Link', link),
    section('Network', network),
    ...(metric === null
      ? []
      : config.gateways.map((gateway) => section('Route', [`Gateway=${gateway}`, `Metric=${metric}`]))),
    section('DHCPv4', dhcp4 ? ['ClientIdentifier=mac', ...routeMetric] : []),
    // Without router advertisements nothing tells the client to start (systemd.network(5), WithoutRA=).
    section('DHCPv6', dhcp6 && !acceptRa ? ['WithoutRA=solicit'] : []),
    // Of all IPv6 default routes: DHCPv6 gives none.
    section('IPv6AcceptRA', acceptRa ? routeMetric : []),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function section(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `[${name}]\n${lines.join('\n')}\n`;
}

/** Will the link ever have an address beyond its link-local one? */
function isConfigured({ dhcp4, dhcp6, acceptRa, addresses }: MasterConfig): boolean {
  return dhcp4 || dhcp6 || acceptRa || addresses.length > 0;
}
