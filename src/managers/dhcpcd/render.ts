/** dhcpcd.conf(5): the masters' options, and what gives each slave a block of its own. hooks/dhcpcd says how that works. */
import { text as rules } from 'hook:dhcpcd/93-net-failover-dhcpcd.rules';
import { text as script } from 'hook:dhcpcd/dhcpcd-slaves';
import { text as dropIn } from 'hook:dhcpcd/failover.conf';
import { isIPv6 } from '../../text/address.ts';
import { commentedFile, shippedFile, type GeneratedFile } from '../generated-file.ts';
import type { GuardConfig, Rendering } from '../description.ts';
import type { MasterConfig } from '../master-config.ts';
import { mastersPath } from './guard.ts';

export const rendering: Rendering = {
  guard: renderDhcpcdGuard,
  render: (config) => [...renderDhcpcdGuard(config), ...renderMasters(config)],
  refuse,
};

const hooks = [
  { path: '/usr/local/lib/failoverctl/dhcpcd-slaves', mode: 0o755, text: script },
  { path: '/etc/udev/rules.d/93-net-failover-dhcpcd.rules', mode: 0o644, text: rules },
  { path: '/etc/systemd/system/dhcpcd.service.d/failover.conf', mode: 0o644, text: dropIn },
  { path: '/etc/systemd/system/dhcpcd@.service.d/failover.conf', mode: 0o644, text: dropIn },
] as const;

/** What keeps it off the slaves. Needs the udev rules of ../udev/render.ts. */
export function renderDhcpcdGuard(config: Pick<GuardConfig, 'command'>): readonly GeneratedFile[] {
  return hooks.map(({ path, mode, text }) => shippedFile(path, mode, config, text));
}

/** One address of each family, an IPv4 gateway and no MTU: it has no words for more. */
function refuse({ masters, dhcp4, acceptRa, addresses, gateways, dns, mtu, metric }: MasterConfig): string | null {
  if (mtu !== null) return "dhcpcd sets no link's MTU; expected a .link file with MTUBytes=";
  if (gateways.some(isIPv6)) return 'dhcpcd takes IPv6 gateways from router advertisements alone; expected --ra';
  const four = addresses.filter((address) => !isIPv6(address));
  if (four.length > 1 || addresses.length - four.length > 1)
    return 'dhcpcd gives a link one static address of each family; expected one --address';
  if (four.length > 0 && dhcp4) return 'dhcpcd asks by DHCP or has a static IPv4 address; expected one of them';
  const plain = dhcp4 && !acceptRa && addresses.length + gateways.length + dns.length === 0 && metric === null;
  if (masters === null && !plain)
    return "dhcpcd tells links by their names, so any guest's master can have DHCP alone; expected --dhcp4 and nothing else";
  return null;
}

/** For any guest's master nothing is written: dhcpcd asks by DHCP on every link that has no block. */
function renderMasters(config: MasterConfig): readonly GeneratedFile[] {
  if (config.masters === null || config.masters.length === 0) return [];
  const purpose = `The failover masters' options, which dhcpcd-slaves adds to /etc/dhcpcd.conf when dhcpcd.service starts.

DHCP servers know the guest by the master's MAC. It is the same after a re-plug of the VF, after a migration, and for a
clone of the disk it is another.`;
  const body = config.masters.map(({ name }) => [`interface ${name}`, ...linesFor(config)].join('\n    ')).join('\n\n');
  return [commentedFile(mastersPath, 0o644, config, purpose, `${body}\n`)];
}

function linesFor({ dhcp4, dhcp6, acceptRa, addresses, gateways, dns, metric }: MasterConfig): readonly string[] {
  const four = addresses.filter((address) => !isIPv6(address));
  const six = addresses.filter(isIPv6);
  return [
    ...(dhcp4 ? ['dhcp', 'clientid'] : ['nodhcp', 'noipv4ll']),
    ...four.map((address) => `static ip_address=${address}`),
    ...gateways.map((gateway) => `static routers=${gateway}`),
    // with IPv6 off it would leave the kernel to take router advertisements
    'ipv6',
    acceptRa ? 'ipv6rs' : 'noipv6rs',
    dhcp6 ? 'dhcp6' : 'nodhcp6',
    ...six.map((address) => `static ip6_address=${address}`),
    ...(dns.length === 0 ? [] : [`static domain_name_servers=${dns.join(' ')}`]),
    ...(metric === null ? [] : [`metric ${metric}`]),
  ];
}
