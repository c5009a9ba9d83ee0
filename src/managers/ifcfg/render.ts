/**
 * ifcfg files for NetworkManager: a profile for each master, by its name, and NetworkManager's guard for the slaves. By name alone: with
 * HWADDR= a slave takes the profile, and NM_CONTROLLED=no beside it leaves the master unmanaged too (1.42.4, run).
 */
import { isIPv6 } from '../../text/address.ts';
import { ifcfgDirectory } from '../ifcfg-readers.ts';
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';
import type { Rendering } from '../description.ts';

export const rendering: Rendering = {
  guard: () => [],
  render: (config, _choices, of) => [...of('networkmanager').guard(config), ...renderIfcfg(config)],
  refuse: ({ masters }) =>
    masters === null
      ? 'an ifcfg file has no match that fits any master: run it in the guest, or use networkmanager'
      : null,
};

export function renderIfcfg(config: MasterConfig): readonly GeneratedFile[] {
  return (config.masters ?? []).map(({ name }) =>
    commentedFile(
      `${ifcfgDirectory}/ifcfg-${name}`,
      0o644,
      config,
      `Configures the failover master ${name}, and it alone.`,
      body(name, config),
    ),
  );
}

function body(name: string, config: MasterConfig): string {
  const four = config.addresses.filter((address) => !isIPv6(address));
  const six = config.addresses.filter((address) => isIPv6(address));
  const gateway = (wanted: boolean) => config.gateways.find((one) => isIPv6(one) === wanted);
  const [gateway4, gateway6] = [gateway(false), gateway(true)];
  const lines = [
    'TYPE=Ethernet',
    `NAME=failover-${name}`,
    `DEVICE=${name}`,
    'ONBOOT=yes',
    'AUTOCONNECT_PRIORITY=100',
    `BOOTPROTO=${config.dhcp4 ? 'dhcp' : 'none'}`,
    ...(config.dhcp4 ? ['DHCP_CLIENT_ID=mac'] : []),
    ...four.flatMap((address, index) => {
      const [host = '', length = ''] = address.split('/');
      const number = index === 0 ? '' : String(index);
      return [`IPADDR${number}=${host}`, `PREFIX${number}=${length}`];
    }),
    ...(gateway4 === undefined ? [] : [`GATEWAY=${gateway4}`]),
    'IPV6INIT=yes',
    `IPV6_AUTOCONF=${config.acceptRa ? 'yes' : 'no'}`,
    ...(config.dhcp6 && !config.acceptRa ? ['DHCPV6C=yes'] : []),
    ...(six[0] === undefined ? [] : [`IPV6ADDR=${six[0]}`]),
    ...(six.length > 1 ? [`IPV6ADDR_SECONDARIES="${six.slice(1).join(' ')}"`] : []),
    ...(gateway6 === undefined ? [] : [`IPV6_DEFAULTGW=${gateway6}`]),
    ...config.dns.map((server, index) => `DNS${index + 1}=${server}`),
    ...(config.mtu === null ? [] : [`MTU=${config.mtu}`]),
    ...(config.metric === null ? [] : [`IPV4_ROUTE_METRIC=${config.metric}`, `IPV6_ROUTE_METRIC=${config.metric}`]),
  ];
  return `${lines.join('\n')}\n`;
}
