/**
 * NetworkManager: a guard in conf.d for what its udev property NM_UNMANAGED cannot reach, and a keyfile
 * (nm-settings-keyfile(5)) for each master.
 *
 * NetworkManager's own name for a master's driver is virtio_net, the parent device's (nmp_utils_udev_get_driver), so a
 * master is matched by its name.
 */
import { isIPv6 } from '../../text/address.ts';
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import { renderListGuard } from './list-guard.ts';
import { vlanName, type MasterConfig, type MasterStack } from '../master-config.ts';
import type { Rendering } from '../description.ts';

export const guardPath = '/etc/NetworkManager/conf.d/99-failover-slaves.conf';
export const anyGuestPath = '/etc/NetworkManager/system-connections/failover-master.nmconnection';
const profileDirectory = '/etc/NetworkManager/system-connections';

export const rendering: Rendering = {
  guard: renderNetworkManagerGuard,
  render: (config) => renderNetworkManager(config),
};

/** The guard and the masters' profiles. */
export function renderNetworkManager(config: MasterConfig): readonly GeneratedFile[] {
  return [...renderNetworkManagerGuard(config), ...renderProfiles(config)];
}

/** The guard alone. */
export function renderNetworkManagerGuard(config: Pick<MasterConfig, 'masters' | 'command'>): readonly GeneratedFile[] {
  const sections = ['[device-failover-standby]\nmatch-device=interface-name:*nsby\nmanaged=0\n'];
  const purpose = [
    `Keeps NetworkManager off the slaves of failover masters, beside the udev rules 92-net-failover.rules, which give each
slave NM_UNMANAGED=1. A file in /etc comes after those in /run and /usr/lib, and the later section wins.`,
    `udev names a standby as its master, with "nsby" after it. From 1.58 on 'nmcli device set LINK managed --permanent yes'
beats this, and for the standby 00-failover-slaves-list.conf beats that. 'nmcli device set LINK managed --permanent reset'
takes it back for a VF.`,
  ];
  if (config.masters !== null && config.masters.length > 0) {
    const specs = [
      ...config.masters.map(({ mac }) => `mac:${mac}`),
      ...config.masters.map(({ name }) => `except:interface-name:=${name}`),
    ];
    sections.push(`[device-failover-slaves]\nmatch-device=${specs.join(',')}\nmanaged=0\n`);
    purpose.push(`The last section knows this guest's slaves by the MAC that they share with the master: also a VF that is seen before
its master, when nothing else tells that it is one.`);
  }
  return [commentedFile(guardPath, 0o644, config, purpose.join('\n'), sections.join('\n')), renderListGuard(config)];
}

/** What says of a profile that its link is the bridge's port. The older words: NetworkManager 1.46 and later know both. */
function portOf(bridge: string): readonly string[] {
  return [`master=${bridge}`, 'slave-type=bridge'];
}

function renderStack(config: MasterConfig, name: string, { bridge, vlan }: MasterStack): readonly GeneratedFile[] {
  const file = (link: string, purpose: string, text: string) =>
    commentedFile(`${profileDirectory}/failover-${link}.nmconnection`, 0o600, config, purpose, text);
  const addressed = (link: string) => `Configures ${link}, which stands on the failover master ${name}.\n\n${identity}`;
  const head = (link: string, type: string, ...more: readonly string[]) => [
    '[connection]',
    `id=failover-${link}`,
    `type=${type}`,
    `interface-name=${link}`,
    'autoconnect-priority=100',
    ...more,
  ];
  const noAddresses = ['[ipv4]', 'method=disabled', '', '[ipv6]', 'method=disabled'];
  const mtu = config.mtu === null ? [] : [`mtu=${config.mtu}`];
  const above = vlan === null ? bridge : null;
  const print = (lines: readonly string[]) => `${lines.join('\n')}\n`;
  const port = (of: string | null) => (of === null ? ['', ...noAddresses] : []);
  const files = [
    file(
      name,
      `The failover master ${name}, which carries ${vlan === null ? `the bridge ${bridge ?? ''}` : vlanName(vlan)} and has no address of its own.`,
      print([
        ...head(name, 'ethernet', ...(above === null ? [] : portOf(above))),
        ...(mtu.length === 0 ? [] : ['', '[ethernet]', ...mtu]),
        ...port(above),
      ]),
    ),
  ];
  if (vlan !== null) {
    const link = vlanName(vlan);
    const lines = [
      ...head(link, 'vlan', ...(bridge === null ? [] : portOf(bridge))),
      ...(mtu.length === 0 ? [] : ['', '[ethernet]', ...mtu]),
      '',
      '[vlan]',
      `id=${vlan}`,
      `parent=${name}`,
    ];
    files.push(
      bridge === null
        ? file(link, addressed(link), `${print(lines)}\n${ipSections(config)}`)
        : file(link, `VLAN ${vlan} of the failover master ${name}, the port of the bridge ${bridge}.`, print(lines)),
    );
  }
  if (bridge !== null) {
    const mac = config.masters?.[0]?.mac ?? '';
    const purpose = `${addressed(bridge)}

The bridge has the master's MAC: net_failover does not pass promiscuous mode on to the VF, which drops frames for any other. No
spanning tree, which is NetworkManager's default: it would hold all traffic back for 30 s, and the host may shut a port that speaks it.`;
    const lines = [
      ...head(bridge, 'bridge', 'autoconnect-slaves=1'),
      '',
      '[ethernet]',
      `cloned-mac-address=${mac}`,
      ...mtu,
      '',
      '[bridge]',
      'stp=false',
    ];
    files.push(file(bridge, purpose, `${print(lines)}\n${ipSections(config)}`));
  }
  return files;
}

function renderProfiles(config: MasterConfig): readonly GeneratedFile[] {
  const [first] = config.masters ?? [];
  if (config.stack !== undefined && first !== undefined) return renderStack(config, first.name, config.stack);
  if (config.masters !== null) {
    return config.masters.map(({ name }) =>
      commentedFile(
        `${profileDirectory}/failover-${name}.nmconnection`,
        0o600,
        config,
        `Configures the failover master ${name}, and it alone.\n\n${identity}`,
        profile(`failover-${name}`, [`interface-name=${name}`, 'autoconnect-priority=100'], '', config),
      ),
    );
  }
  return [
    commentedFile(
      anyGuestPath,
      0o600,
      config,
      `Configures a failover master in any guest. NetworkManager cannot tell it from an ordinary virtio-net NIC, since it asks
for the parent device's driver; the slaves are kept from it by the udev rules. So an ordinary one may be configured
by this profile too, if it has none of its own. One that has one which is not started by itself is left out below; one that
is meant to stay down without any is to be named in [keyfile] unmanaged-devices. The priority is just above that of the "Wired connection N" which
NetworkManager makes for such a NIC (-999).

${identity}`,
      // 3 is "multiple": one profile may be active on several devices.
      profile(
        'failover-master',
        ['autoconnect-priority=-998', 'multi-connect=3'],
        `[match]\ndriver=virtio_net;hv_netvsc;\n${leaveOutNames(config)}\n`,
        config,
      ),
    ),
  ];
}

function leaveOutNames({ resting }: MasterConfig): string {
  const names = resting?.names ?? [];
  return names.length === 0 ? '' : `interface-name=${names.map((name) => `!${name};`).join('')}\n`;
}

const identity = `DHCP servers know the guest by the master's MAC. It is the same after a re-plug of the VF, after a migration, and for a
clone of the disk it is another.`;

function profile(id: string, connection: readonly string[], match: string, config: MasterConfig): string {
  const head = ['[connection]', `id=${id}`, 'type=ethernet', ...connection];
  const macs = config.masters === null ? (config.resting?.macs ?? []) : [];
  const keys = [
    ...(config.mtu === null ? [] : [`mtu=${config.mtu}`]),
    // the name that all versions read; 1.48 calls it mac-address-denylist
    ...(macs.length === 0 ? [] : [`mac-address-blacklist=${macs.map((mac) => `${mac};`).join('')}`]),
  ];
  const ethernet = keys.length === 0 ? '' : `[ethernet]\n${keys.join('\n')}\n\n`;
  return `${head.join('\n')}\n\n${match}${ethernet}${ipSections(config)}`;
}

function ipSections(config: MasterConfig): string {
  return `${ipSection('ipv4', config)}\n${ipSection('ipv6', config)}`;
}

function ipSection(family: 'ipv4' | 'ipv6', config: MasterConfig): string {
  const wanted = (address: string): boolean => isIPv6(address) === (family === 'ipv6');
  const addresses = config.addresses.filter(wanted);
  const gateways = config.gateways.filter(wanted);
  const dns = config.dns.filter(wanted);
  const method = family === 'ipv4' ? methodOf4(config, addresses.length > 0) : methodOf6(config, addresses.length > 0);
  // Name servers of a family without addresses could not be reached, and NetworkManager refuses the profile.
  if (method === 'disabled' || method === 'link-local') return `[${family}]\nmethod=${method}\n`;
  const lines = [
    `[${family}]`,
    `method=${method}`,
    ...addresses.map((address, index) => `address${index + 1}=${address}`),
    ...gateways.map((gateway) => `gateway=${gateway}`),
    ...(dns.length === 0 ? [] : [`dns=${dns.map((server) => `${server};`).join('')}`]),
    ...(family === 'ipv4' && config.dhcp4 ? ['dhcp-client-id=mac'] : []),
    ...(config.metric === null ? [] : [`route-metric=${config.metric}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function methodOf4({ dhcp4 }: MasterConfig, hasAddress: boolean): string {
  return dhcp4 ? 'auto' : hasAddress ? 'manual' : 'disabled';
}

/** `auto` is router advertisements, and DHCPv6 as they say; `dhcp` is DHCPv6 without them. */
function methodOf6({ dhcp6, acceptRa }: MasterConfig, hasAddress: boolean): string {
  return acceptRa ? 'auto' : dhcp6 ? 'dhcp' : hasAddress ? 'manual' : 'link-local';
}
