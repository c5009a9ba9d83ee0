/** interfaces(5): the master's stanzas, and the hooks that keep ifup off the slaves. */
import { text as hook } from 'hook:ifupdown/net-failover';
import { text as excludeSlaves } from 'hook:ifupdown/exclude-slaves';
import { text as hotplugCondition } from 'hook:ifupdown/ifup@.conf';
import { text as networkingDropIn } from 'hook:ifupdown/networking.conf';
import { text as masterRules } from 'hook:ifupdown/93-net-failover-ifup.rules';
import { text as masterUnit } from 'hook:ifupdown/net-failover-ifup@.service';
import { isIPv6 } from '../../text/address.ts';
import { commentedFile, shippedFile, type GeneratedFile } from '../generated-file.ts';
import { vlanName, type MasterConfig, type MasterStack } from '../master-config.ts';
import type { Rendering } from '../description.ts';

export const stanzaPath = '/etc/network/interfaces.d/failover';

/** The logical interface that stands for any master, in `ifup ens10=net-failover`. */
const anyMaster = 'net-failover';

/** What is shipped as it is, and where it goes. */
const hooks = [
  { path: '/etc/network/if-pre-up.d/net-failover', mode: 0o755, text: hook },
  { path: '/usr/local/lib/failoverctl/exclude-slaves', mode: 0o755, text: excludeSlaves },
  { path: '/etc/systemd/system/ifup@.service.d/failover.conf', mode: 0o644, text: hotplugCondition },
  { path: '/etc/systemd/system/networking.service.d/failover.conf', mode: 0o644, text: networkingDropIn },
] as const;

/** For masters that are not known by name: what starts ifup for each. */
const starters = [
  { path: '/etc/udev/rules.d/93-net-failover-ifup.rules', mode: 0o644, text: masterRules },
  { path: '/etc/systemd/system/net-failover-ifup@.service', mode: 0o644, text: masterUnit },
] as const;

export const rendering: Rendering = { guard: renderIfupdownHooks, render: (config) => renderIfupdown(config) };

/** The hooks and the masters' stanzas. */
export function renderIfupdown(config: MasterConfig): readonly GeneratedFile[] {
  return [...renderIfupdownHooks(config), ...renderStanzas(config)];
}

/** What keeps ifup off the slaves: the if-pre-up.d hook, and what spares ifup@.service and networking.service a failure. */
export function renderIfupdownHooks(config: Pick<MasterConfig, 'command'>): readonly GeneratedFile[] {
  return hooks.map(({ path, mode, text }) => shippedFile(path, mode, config, text));
}

const stanzaPurpose = `The failover master, and no other link of its group. It is read if /etc/network/interfaces says
"source /etc/network/interfaces.d/*" or "source-directory /etc/network/interfaces.d".

The lease's identity does not change when the VF comes and goes, or when the guest migrates, for the master stays:
udhcpc sends its MAC; dhclient, as ifup starts it, and dhcpcd a DUID that they keep on the disk.`;

function renderStanzas(config: MasterConfig): readonly GeneratedFile[] {
  if (config.masters === null) {
    const purpose = `${stanzaPurpose}\n\nnet-failover-ifup@.service brings each master up by this stanza: "ifup NAME=${anyMaster}".`;
    return [
      ...starters.map(({ path, mode, text }) => shippedFile(path, mode, config, text)),
      commentedFile(stanzaPath, 0o644, config, purpose, stanzas(anyMaster, config)),
    ];
  }
  const [first] = config.masters;
  if (config.stack !== undefined && first !== undefined) {
    const body = stackStanzas(first.name, config.stack, config);
    return [commentedFile(stanzaPath, 0o644, config, `${stanzaPurpose}\n\n${stackPurpose}`, body)];
  }
  const body = config.masters
    .map(({ name }) => `auto ${name}\nallow-hotplug ${name}\n\n${stanzas(name, config)}`)
    .join('\n');
  return [commentedFile(stanzaPath, 0o644, config, stanzaPurpose, body)];
}

const stackPurpose = `What stands on it is made by ip(8): bridge_ports and vlan-raw-device would need the packages bridge-utils and vlan. A
bridge has the master's MAC, for net_failover does not pass promiscuous mode on to the VF, which drops frames for any other.`;

/** Of a link that is made when it is configured, and taken away with it. */
function stackStanzas(master: string, { bridge, vlan }: MasterStack, config: MasterConfig): string {
  const mac = config.masters?.[0]?.mac ?? '';
  const noIpv6 = (link: string) => {
    const file = `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`;
    return `pre-up [ ! -e "${file}" ] || echo 1 >"${file}"`;
  };
  const setMtu = config.mtu === null ? [] : [`pre-up ip link set dev "$IFACE" mtu ${config.mtu}`];
  const setUp = [`pre-up ip link set dev ${master} up`];
  const makeVlan = (id: number, name: string) => [
    `pre-up [ -e /sys/class/net/${name} ] || ip link add link ${master} name ${name} type vlan id ${id}`,
  ];
  // It may have gone with the link below it.
  const remove = (name: string) => `post-down ip link delete dev ${name} || true`;
  const port = vlan === null ? master : vlanName(vlan);
  const lower = `auto ${master}\nallow-hotplug ${master}\n\n${[`iface ${master} inet manual`, noIpv6('$IFACE'), ...setMtu, 'up ip link set dev "$IFACE" up', 'down ip link set dev "$IFACE" down'].join('\n    ')}\n`;
  if (bridge === null && vlan !== null) {
    const name = vlanName(vlan);
    const made = [...setUp, ...makeVlan(vlan, name)];
    return `${lower}\nauto ${name}\n\n${stanzas(name, config, made, [remove(name)])}`;
  }
  const name = bridge ?? '';
  const made = [
    ...setUp,
    ...(vlan === null ? [] : [...makeVlan(vlan, port), noIpv6(port), `pre-up ip link set dev ${port} up`]),
    `pre-up [ -e /sys/class/net/${name} ] || ip link add name ${name} address ${mac} type bridge stp_state 0 forward_delay 0`,
    `pre-up ip link set dev ${port} master ${name}`,
  ];
  const unmade = [remove(name), ...(vlan === null ? [] : [remove(port)])];
  return `${lower}\nauto ${name}\n\n${stanzas(name, config, made, unmade)}`;
}

/** All stanzas of one interface. A static method takes one address, so there is a stanza for each. */
function stanzas(
  name: string,
  config: MasterConfig,
  before: readonly string[] = [],
  after: readonly string[] = [],
): string {
  const found = [...familyStanzas(name, 'inet', config), ...familyStanzas(name, 'inet6', config)];
  const [first = [], ...rest] = found.length === 0 ? [[`iface ${name} inet manual`]] : found;
  const all = [[...first, ...before, ...onceOnly(config)], ...rest];
  // ifdown goes through them in the same order: what takes the link away is in the last.
  return all
    .map((lines, index) => `${[...lines, ...(index === all.length - 1 ? after : [])].join('\n    ')}\n`)
    .join('\n');
}

type Stanza = readonly string[];

function familyStanzas(name: string, family: 'inet' | 'inet6', config: MasterConfig): readonly Stanza[] {
  const isWanted = (address: string): boolean => isIPv6(address) === (family === 'inet6');
  const metric = config.metric === null ? [] : [`metric ${config.metric}`];
  const acceptRa = family === 'inet' ? [] : [`accept_ra ${config.acceptRa ? 1 : 0}`];
  const found: Stanza[] = [];
  if (family === 'inet' && config.dhcp4) found.push([`iface ${name} inet dhcp`, ...metric]);
  if (family === 'inet6' && config.dhcp6) found.push([`iface ${name} inet6 dhcp`, ...acceptRa]);
  else if (family === 'inet6' && config.acceptRa) found.push([`iface ${name} inet6 auto`]);
  // A static stanza switches autoconfiguration off, unless it says otherwise (inet6.defn in ifupdown's source).
  const autoconf = family === 'inet6' && config.acceptRa ? ['autoconf 1'] : [];
  let gateway = config.gateways.filter(isWanted).flatMap((address) => [`gateway ${address}`].concat(metric));
  for (const address of config.addresses.filter(isWanted)) {
    found.push([`iface ${name} ${family} static`, `address ${address}`, ...gateway, ...acceptRa, ...autoconf]);
    gateway = [];
  }
  return found;
}

/** What belongs to the link rather than to an address, for the first stanza: name servers, and what no method has a word for. */
function onceOnly({ dns, mtu, dhcp6, acceptRa, addresses }: MasterConfig): readonly string[] {
  const file = '/proc/sys/net/ipv6/conf/$IFACE/accept_ra';
  return [
    ...(dns.length === 0 ? [] : [`dns-nameservers ${dns.join(' ')}`]),
    ...(mtu === null ? [] : [`pre-up ip link set dev "$IFACE" mtu ${mtu}`]),
    ...(acceptRa || dhcp6 || addresses.some(isIPv6) ? [] : [`pre-up [ ! -e "${file}" ] || echo 0 >"${file}"`]),
  ];
}
