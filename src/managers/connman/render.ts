/**
 * connman for this guest's masters: a drop-in by which it takes them and nothing else, and their service. It tells links by their names
 * alone, so nothing can be written that holds for a VF that comes later and leaves other NICs to it.
 */
import { isIPv6 } from '../../text/address.ts';
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import type { Rendering } from '../description.ts';
import type { MasterConfig } from '../master-config.ts';

export const rendering: Rendering = {
  guard: () => [],
  render: (config) => (config.masters === null ? [] : [renderDropIn(config), renderServices(config)]),
  refuse,
  withoutRules: true,
};

function refuse({ masters, dhcp4, dhcp6, acceptRa, addresses, gateways, mtu, metric }: MasterConfig): string | null {
  if (masters === null)
    return 'connman tells links by their names alone; expected a guest with its masters, without --generic';
  if (mtu !== null) return "connman sets no link's MTU; expected a .link file with MTUBytes=";
  if (metric !== null) return 'connman orders routes by its services; expected no --metric';
  if (dhcp6 && !acceptRa)
    return 'connman asks by DHCPv6 where router advertisements say so; expected --ra beside --dhcp6';
  const six = addresses.filter(isIPv6);
  const four = addresses.filter((address) => !isIPv6(address));
  if (four.length > 1 || six.length > 1)
    return 'connman gives a service one address of each family; expected one --address';
  if (four.length > 0 && dhcp4) return 'connman asks by DHCP or has a static IPv4 address; expected one of them';
  if (six.length > 0 && acceptRa)
    return 'connman takes router advertisements or has a static IPv6 address; expected one of them';
  if (gateways.some((gateway) => (isIPv6(gateway) ? six : four).length === 0))
    return 'connman takes a gateway with an address; expected an --address of its family';
  return null;
}

function renderDropIn(config: MasterConfig): GeneratedFile {
  const purpose = `connman takes the failover masters and no other link. Without -i it brings up the slaves too, which have the masters'
MACs: it has one service for a MAC, and its address may land on any of the three.
Other NICs that connman is to configure are added here, after a comma; '*' and '?' are patterns.`;
  const names = (config.masters ?? []).map(({ name }) => name).join(',');
  const body = `[Service]\nExecStart=\nExecStart=/usr/sbin/connmand -n -i ${names}\n`;
  return commentedFile('/etc/systemd/system/connman.service.d/failover.conf', 0o644, config, purpose, body);
}

function renderServices(config: MasterConfig): GeneratedFile {
  const purpose = `The failover masters' services. connman reads it at once; a DHCP server knows the guest by the master's MAC.`;
  const body = (config.masters ?? [])
    .map(({ name, mac }) => [`[service_${name}]`, 'Type=ethernet', `MAC=${mac}`, ...linesFor(config)].join('\n'))
    .join('\n\n');
  return commentedFile('/var/lib/connman/failover.config', 0o600, config, purpose, `${body}\n`);
}

function linesFor({ dhcp4, acceptRa, addresses, gateways, dns }: MasterConfig): readonly string[] {
  const four = addresses.find((address) => !isIPv6(address));
  const six = addresses.find(isIPv6);
  const by = (family: boolean) =>
    gateways.filter((gateway) => isIPv6(gateway) === family).map((gateway) => `/${gateway}`);
  return [
    `IPv4=${dhcp4 ? 'dhcp' : four === undefined ? 'off' : four + by(false).join('')}`,
    `IPv6=${acceptRa ? 'auto' : six === undefined ? 'off' : six + by(true).join('')}`,
    ...(dns.length === 0 ? [] : [`Nameservers=${dns.join(',')}`]),
  ];
}
