/**
 * cloud-init's network configuration, version 1 or 2, that asks for an address on the master alone, whatever renderer
 * cloud-init has in the guest.
 *
 * By name: the definition's ID is the link's name, and nothing else is matched. Each renderer takes that for the one link
 * of this name: netplan(5) matches the ID, eni writes `iface ID`, networkd `Name=ID`, network-manager `interface-name=ID`.
 * A `match:` would be lost on eni (v2 of network_state.py keeps the ID alone), and a MAC names the whole group: cloud-init
 * and netplan would give all of it one name.
 *
 * In any guest: by driver, which only netplan, with networkd below, can match on a master.
 */
import { isIPv6 } from '../../text/address.ts';
import { comment, type GeneratedFile } from '../generated-file.ts';
import type { RenderChoices, Rendering } from '../description.ts';
import type { MasterConfig } from '../master-config.ts';

type CloudInitChoices = Exclude<RenderChoices['cloudInit'], undefined>;

const usual: CloudInitChoices = { version: 2, place: 'seed' };

/** Its guards are the managers' own: cloud-init has no word for them. */
export const rendering: Rendering = {
  guard: () => [],
  render: (config, { cloudInit = usual }) => renderCloudInit(config, cloudInit),
  refuse: (config, { cloudInit = usual }) => whyNoCloudConfig(config, cloudInit.version),
  withoutRules: true,
};

const paths: Readonly<Record<CloudInitChoices['place'], string>> = {
  seed: '/var/lib/cloud/seed/nocloud/network-config',
  system: '/etc/cloud/cloud.cfg.d/95-failover-network.cfg',
};

/** Why cloud-init cannot be given this, or null. */
export function whyNoCloudConfig({ masters, dhcp4, dhcp6, metric, mtu }: MasterConfig, version: 1 | 2): string | null {
  if (masters === null && version === 1) return 'version 1 has to name the link, which is not known in any guest';
  if (masters === null && mtu !== null)
    return 'netplan names a link that is matched by driver no more when it gets an MTU; name the master';
  if (version === 1 && metric !== null && (dhcp4 || dhcp6)) return 'version 1 knows no metric for DHCP; use version 2';
  return null;
}

export function renderCloudInit(config: MasterConfig, { version, place }: CloudInitChoices): readonly GeneratedFile[] {
  const purpose =
    config.masters === null
      ? `Configures failover masters, and them alone: no other link has the driver net_failover (of Hyper-V: hv_netvsc). For
a guest in which cloud-init renders netplan with networkd; other renderers cannot match a master by its driver.`
      : `Configures the failover master, and it alone, by its name: the ID is the name, and nothing is matched by MAC, which the
slaves have too. For any renderer of cloud-init.`;
  const beside = `Slaves that nothing configures stay silent under netplan, networkd and ifupdown from Linux 6.2 on. Before, the kernel
gives them the master's IPv6 link-local address. What the standby sends by it draws the master's packets to it at the
host's bridge, and they are lost until the guest sends again; systemd-networkd holds the boot up for two minutes. And
NetworkManager takes every link. There the guards are needed too, by 'failoverctl install' or the user data of
'failoverctl cloud-config'.`;
  const body = version === 2 ? renderVersion2(config) : renderVersion1(config);
  const text = place === 'seed' ? body : `network:\n${body.replace(/^(?=.)/gm, '  ')}`;
  const head = `${comment(`${purpose}\n\n${beside}`)}#\n# From: ${config.command}\n\n`;
  return [{ path: paths[place], mode: place === 'seed' ? 0o600 : 0o644, text: head + text }];
}

function renderVersion2(config: MasterConfig): string {
  const definitions =
    config.masters === null ? anyMasters(config) : config.masters.map(({ name }) => `  ${quote(name)}:\n`);
  const addressing = version2Addressing(config)
    .map((line) => `    ${line}\n`)
    .join('');
  return `version: 2\nethernets:\n${definitions.map((head) => head + addressing).join('')}`;
}

/** As in ../netplan/render.ts: netplan refuses one default route in two definitions, though no guest has both drivers. */
function anyMasters({ gateways }: MasterConfig): readonly string[] {
  const virtio = '  00-failover-master:\n    match: {driver: net_failover}\n';
  const netvsc = '  00-failover-master-netvsc:\n    match: {driver: hv_netvsc}\n';
  return gateways.length > 0 ? [virtio] : [virtio, netvsc];
}

function version2Addressing(config: MasterConfig): readonly string[] {
  const { dhcp4, dhcp6, acceptRa, addresses, gateways, dns, mtu, metric } = config;
  const overrides = (family: string) => (metric === null ? [] : [`${family}-overrides: {route-metric: ${metric}}`]);
  const routes = gateways.map((gateway) => {
    const to = isIPv6(gateway) ? '::/0' : '0.0.0.0/0';
    return `  - {to: ${quote(to)}, via: ${quote(gateway)}${metric === null ? '' : `, metric: ${metric}`}}`;
  });
  return [
    `dhcp4: ${dhcp4}`,
    // a clone of the disk is another guest, and the same guest has one lease; for netplan, others pass it over
    ...(dhcp4 ? ['dhcp-identifier: mac', ...overrides('dhcp4')] : []),
    `dhcp6: ${dhcp6}`,
    ...(dhcp6 ? overrides('dhcp6') : []),
    `accept-ra: ${acceptRa}`,
    ...(mtu === null ? [] : [`mtu: ${mtu}`]),
    ...(addresses.length === 0 ? [] : [`addresses: [${addresses.map(quote).join(', ')}]`]),
    ...(routes.length === 0 ? [] : ['routes:', ...routes]),
    ...(dns.length === 0 ? [] : [`nameservers: {addresses: [${dns.map(quote).join(', ')}]}`]),
  ];
}

function renderVersion1(config: MasterConfig): string {
  const { acceptRa, dns, mtu, masters } = config;
  // A nameserver entry of the list is lost on NetworkManager (cloud-init 22.4), so the first subnet has them.
  const servers = dns.length === 0 ? '' : `, dns_nameservers: [${dns.map(quote).join(', ')}]`;
  const subnets = version1Subnets(config).map((subnet, index) => `      - {${subnet}${index === 0 ? servers : ''}}\n`);
  const links = (masters ?? []).map(
    ({ name }) =>
      `  - type: physical\n    name: ${quote(name)}\n${mtu === null ? '' : `    mtu: ${mtu}\n`}` +
      `    accept-ra: ${acceptRa}\n${subnets.length === 0 ? '' : `    subnets:\n${subnets.join('')}`}`,
  );
  return `version: 1\nconfig:\n${links.join('')}`;
}

function version1Subnets({ dhcp4, dhcp6, acceptRa, addresses, gateways, metric }: MasterConfig): readonly string[] {
  const used = new Set<boolean>();
  const statics = addresses.map((address) => {
    const six = isIPv6(address);
    const gateway = used.has(six) ? undefined : gateways.find((other) => isIPv6(other) === six);
    used.add(six);
    return `type: ${six ? 'static6' : 'static'}, address: ${quote(address)}${describeGateway(gateway, six, metric)}`;
  });
  return [
    ...(dhcp4 ? ['type: dhcp4'] : []),
    ...(dhcp6 ? ['type: dhcp6'] : acceptRa ? ['type: ipv6_slaac'] : []),
    ...statics,
  ];
}

function describeGateway(gateway: string | undefined, six: boolean, metric: number | null): string {
  if (gateway === undefined) return '';
  if (metric === null) return `, gateway: ${quote(gateway)}`;
  const network = six ? '"::/0"' : '"0.0.0.0/0"';
  return `, routes: [{destination: ${network}, gateway: ${quote(gateway)}, metric: ${metric}}]`;
}

/** A link's name or an address: nothing in either has to be escaped but these two. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
