/**
 * netplan(5): the master's definition, and what netplan has no word for. The guard is the renderer's: networkd's or
 * NetworkManager's.
 *
 * networkd takes the first file that matches, and netplan calls its files 10-netplan-ID.network: an ID that begins with "00"
 * goes before "all-en" of an image's 90-default.yaml, which matches the master too.
 */
import { isIPv6 } from '../../text/address.ts';
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import { keepLeaseOnStop, keepThroughMigration } from '../systemd/migration.ts';
import { topOf, vlanName, type MasterConfig, type MasterStack, type MasterTarget } from '../master-config.ts';

/** netplan's `renderer:`, in its own spelling. */
export type NetplanRenderer = 'networkd' | 'NetworkManager';

export const netplanPath = '/etc/netplan/95-failover.yaml';

/** A definition: its ID, its match, and the link if it is known. */
interface Definition {
  readonly id: string;
  readonly match: readonly string[];
}

/**
 * The definitions, without the guard. With NetworkManager `config.masters` has to be known: netplan refuses a match by
 * driver there, and what is left is the name.
 */
export function renderNetplan(config: MasterConfig, renderer: NetplanRenderer): readonly GeneratedFile[] {
  const definitions = renderer === 'networkd' ? defineByDriver(config) : defineByName(config.masters ?? []);
  const purpose =
    renderer === 'networkd'
      ? `Configures the failover master, and it alone: no other link has the driver net_failover${
          definitions.some(({ match }) => match[0] === `driver: ${drivers.netvsc}`) ? ' (of Hyper-V: hv_netvsc)' : ''
        }.`
      : 'Configures the failover master, and it alone, by its name: with NetworkManager netplan cannot match a driver.';
  const { stack } = config;
  const bare = withoutAddresses(config);
  const body = `network:\n  version: 2\n  ethernets:\n${definitions
    .map(({ id, match }) =>
      stack === undefined ? define(id, match, renderer, config) : `${define(id, match, renderer, bare)}${noLinkLocal}`,
    )
    .join('')}${stack === undefined ? '' : defineStack(definitions[0]?.id ?? '', stack, renderer, config)}`;
  const yaml = commentedFile(netplanPath, 0o600, config, config.dhcp4 ? `${purpose}\n\n${identity}` : purpose, body);
  if (renderer === 'NetworkManager') return [yaml];
  const dropIns =
    stack === undefined
      ? definitions.map(({ id }) => renderDropIn(id, config))
      : [
          ...definitions.map(({ id }) => renderDropIn(id, bare, 'carrier')),
          ...(stack.vlan === null || stack.bridge === null
            ? []
            : [renderDropIn(vlanName(stack.vlan), bare, 'carrier')]),
          renderDropIn(topOf(stack), config),
        ];
  return [yaml, ...dropIns, ...renderWaitOnline(config)];
}

/**
 * The sections of what stands on the master. A bridge has the master's MAC, for the VF drops frames for any other, and no spanning
 * tree, which is netplan's default: it would hold all traffic back for 30 s, and the host may shut a port that speaks it.
 */
function defineStack(
  master: string,
  { bridge, vlan }: MasterStack,
  renderer: NetplanRenderer,
  config: MasterConfig,
): string {
  const bare = withoutAddresses(config);
  const head = (name: string) => `    ${name}:\n      renderer: ${renderer}\n`;
  const vlans =
    vlan === null
      ? ''
      : `  vlans:\n${head(vlanName(vlan))}      id: ${vlan}\n      link: ${master}\n${
          bridge === null ? addressing(renderer, config) : `${addressing(renderer, bare)}${noLinkLocal}`
        }`;
  if (bridge === null) return vlans;
  const mac = config.masters?.[0]?.mac ?? '';
  const port = vlan === null ? master : vlanName(vlan);
  return `${vlans}  bridges:\n${head(bridge)}      interfaces: [${port}]\n      macaddress: ${quote(mac)}\n      parameters:\n        stp: false\n        forward-delay: 0\n${addressing(renderer, config)}`;
}

const identity = `DHCP servers know the guest by the master's MAC. It is the same after a re-plug of the VF, after a migration, and for a
clone of the disk it is another.`;

const drivers: Readonly<Record<MasterTarget['kind'], string>> = { net_failover: 'net_failover', netvsc: 'hv_netvsc' };

/** Of a link that carries the one with the addresses. */
function withoutAddresses(config: MasterConfig): MasterConfig {
  return { ...config, dhcp4: false, dhcp6: false, acceptRa: false, addresses: [], gateways: [], dns: [] };
}

const noLinkLocal = '      link-local: []\n';

function defineByDriver({ masters, gateways }: MasterConfig): readonly Definition[] {
  if (masters === null) {
    const virtio = { id: '00-failover-master', match: [`driver: ${drivers.net_failover}`] };
    const netvsc = { id: '00-failover-master-netvsc', match: [`driver: ${drivers.netvsc}`] };
    // netplan refuses one default route in two definitions, though no guest has both drivers.
    return gateways.length > 0 ? [virtio] : [virtio, netvsc];
  }
  return masters.map(({ kind, mac }) => ({
    id: `00-failover-${mac.replaceAll(':', '')}`,
    match: [`driver: ${drivers[kind]}`, `macaddress: ${quote(mac)}`],
  }));
}

function defineByName(masters: readonly MasterTarget[]): readonly Definition[] {
  return masters.map(({ name, mac }) => ({
    id: `00-failover-${mac.replaceAll(':', '')}`,
    match: [`name: ${quote(name)}`],
  }));
}

function define(id: string, match: readonly string[], renderer: NetplanRenderer, config: MasterConfig): string {
  const lines = match.map((line) => `        ${line}\n`).join('');
  return `    ${id}:\n      renderer: ${renderer}\n      match:\n${lines}${addressing(renderer, config)}`;
}

/** What a definition of any type can say of addresses and the like. */
function addressing(renderer: NetplanRenderer, config: MasterConfig): string {
  const { dhcp4, acceptRa, metric, mtu } = config;
  // NetworkManager's `auto`, which netplan writes for dhcp6 alone, is router advertisements, and DHCPv6 as they say.
  const dhcp6 = config.dhcp6 || (acceptRa && renderer === 'NetworkManager');
  const dns = renderer === 'networkd' ? config.dns : config.dns.filter((server) => isAddressed(isIPv6(server), config));
  const overrides = (family: string): string =>
    metric === null ? '' : `      ${family}-overrides:\n        route-metric: ${metric}\n`;
  const routes = config.gateways.map(
    (gateway) =>
      `        - to: ${isIPv6(gateway) ? '"::/0"' : '0.0.0.0/0'}\n          via: ${quote(gateway)}\n${
        metric === null ? '' : `          metric: ${metric}\n`
      }`,
  );
  return [
    `      dhcp4: ${dhcp4}\n      dhcp6: ${dhcp6}\n      accept-ra: ${acceptRa}\n`,
    dhcp4 ? `      dhcp-identifier: mac\n${overrides('dhcp4')}` : '',
    dhcp6 ? overrides('dhcp6') : '',
    // With networkd it is in the drop-in: see there.
    mtu === null || renderer === 'networkd' ? '' : `      mtu: ${mtu}\n`,
    list(
      '      addresses:\n',
      config.addresses.map((address) => `        - ${quote(address)}\n`),
    ),
    list('      routes:\n', routes),
    list(
      '      nameservers:\n        addresses:\n',
      dns.map((server) => `          - ${quote(server)}\n`),
    ),
  ].join('');
}

/**
 * Does the master get addresses of this family? Of one that it does not, netplan writes `method=manual` or `link-local` with
 * the name servers, and NetworkManager refuses the whole profile.
 */
function isAddressed(six: boolean, { dhcp4, dhcp6, acceptRa, addresses }: MasterConfig): boolean {
  return (six ? dhcp6 || acceptRa : dhcp4) || addresses.some((address) => isIPv6(address) === six);
}

function list(head: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${head}${items.join('')}`;
}

/** Of text that is an address or a link's name by now. */
function quote(text: string): string {
  return `"${text}"`;
}

/**
 * What netplan cannot say. The MTU too: for `mtu:` it writes a .link file without NamePolicy=, which takes the place of
 * 99-default.link, and the master keeps the kernel's name (write_link_file in netplan's src/networkd.c).
 */
function renderDropIn(id: string, config: MasterConfig, online = 'routable'): GeneratedFile {
  const { dhcp4, dhcp6, acceptRa, mtu, metric, addresses } = config;
  const link = [
    ...(mtu === null ? [] : [`MTUBytes=${mtu}\n`]),
    ...(online !== 'routable' || dhcp4 || dhcp6 || acceptRa || addresses.length > 0
      ? [`RequiredForOnline=${online}\n`]
      : []),
  ];
  return commentedFile(
    `/etc/systemd/network/10-netplan-${id}.network.d/failover.conf`,
    0o644,
    config,
    `Added to what netplan writes for ${id} of ${netplanPath}: settings that netplan has no word for.`,
    `${link.length === 0 ? '' : `[Link]\n${link.join('')}\n`}[Network]\n${keepThroughMigration}${
      dhcp4 || dhcp6 ? keepLeaseOnStop : ''
    }${dhcp4 && mtu !== null ? '\n[DHCPv4]\n# netplan says yes; the MTU is ours.\nUseMTU=no\n' : ''}${
      dhcp6 && !acceptRa ? '\n[DHCPv6]\nWithoutRA=solicit\n' : ''
    }${acceptRa && metric !== null ? `\n[IPv6AcceptRA]\nRouteMetric=${metric}\n` : ''}`,
  );
}

/**
 * netplan 1.1 and later let network-online.target wait for the links that match now, told by name, and by the driver in
 * sysfs: for the slaves, if an image's definition matches them, which then holds the boot up for two minutes; never for
 * a master matched by driver, which is virtio_net there (_netplan_networkd_write_wait_online in src/networkd.c).
 */
function renderWaitOnline(config: MasterConfig): readonly GeneratedFile[] {
  return [
    commentedFile(
      '/etc/systemd/system/systemd-networkd-wait-online.service.d/50-failover.conf',
      0o644,
      config,
      `Waits until a link is routable. In place of netplan's list (10-netplan.conf, since netplan 1.1), which holds slaves of
failover masters if another definition matches them, but not a master that is matched by its driver.`,
      `[Unit]
ConditionPathIsSymbolicLink=
ConditionCapability=CAP_NET_ADMIN

[Service]
ExecStart=
ExecStart=/lib/systemd/systemd-networkd-wait-online --any -o routable
`,
    ),
    commentedFile(
      '/etc/systemd/system/network-online.target.d/50-failover.conf',
      0o644,
      config,
      `netplan, since 1.1, has network-online.target wait only if it knows a link to wait for, and it does not know a failover
master that is matched by its driver.`,
      '[Unit]\nWants=systemd-networkd-wait-online.service\n',
    ),
  ];
}
