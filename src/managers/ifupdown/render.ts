/** interfaces(5): the master's stanzas, and the hooks that keep ifup off the slaves. */
import { text as hook } from 'hook:ifupdown/net-failover';
import { text as excludeSlaves } from 'hook:ifupdown/exclude-slaves';
import { text as hotplugCondition } from 'hook:ifupdown/ifup@.conf';
import { text as networkingDropIn } from 'hook:ifupdown/networking.conf';
import { text as masterRules } from 'hook:ifupdown/93-net-failover-ifup.rules';
import { text as masterUnit } from 'hook:ifupdown/net-failover-ifup@.service';
import { isIPv6 } from '../../text/address.ts';
import { commentedFile, shippedFile, type GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';

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

/** The hooks and the masters' stanzas. */
export function renderIfupdown(config: MasterConfig): readonly GeneratedFile[] {
  return [...renderIfupdownHooks(config), ...renderStanzas(config)];
}

/** What keeps ifup off the slaves: the if-pre-up.d hook, and what spares ifup@.service and networking.service a failure. */
export function renderIfupdownHooks(config: Pick<MasterConfig, 'command'>): readonly GeneratedFile[] {
  return hooks.map(({ path, mode, text }) => shippedFile(path, mode, config, text));
}

/** Can this name be written in interfaces(5)? "/" and "=" have a meaning there, "#" and a backslash too. */
export function isStanzaName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(name);
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
  const body = config.masters
    .map(({ name }) => `auto ${name}\nallow-hotplug ${name}\n\n${stanzas(name, config)}`)
    .join('\n');
  return [commentedFile(stanzaPath, 0o644, config, stanzaPurpose, body)];
}

/** All stanzas of one interface. A static method takes one address, so there is a stanza for each. */
function stanzas(name: string, config: MasterConfig): string {
  const inet = familyStanzas(name, 'inet', config);
  const inet6 = familyStanzas(name, 'inet6', config);
  const [first, ...rest] =
    inet.length === 0 && inet6.length === 0 ? [[`iface ${name} inet manual`]] : [...inet, ...inet6];
  return [[...(first ?? []), ...preUp(config)], ...rest].map((lines) => `${lines.join('\n    ')}\n`).join('\n');
}

function familyStanzas(name: string, family: 'inet' | 'inet6', config: MasterConfig): readonly (readonly string[])[] {
  const wanted = (address: string): boolean => isIPv6(address) === (family === 'inet6');
  const ra = family === 'inet6' ? [`accept_ra ${config.acceptRa ? 1 : 0}`] : [];
  const metric = config.metric === null ? [] : [`metric ${config.metric}`];
  const dns = config.dns.length === 0 ? [] : [`dns-nameservers ${config.dns.join(' ')}`];
  const gateway = config.gateways.filter(wanted).flatMap((address) => [`gateway ${address}`, ...metric]);
  const dhcp = family === 'inet' ? config.dhcp4 : config.dhcp6;
  const dynamic = [];
  if (dhcp) dynamic.push([`iface ${name} ${family} dhcp`, ...(family === 'inet' ? metric : ra)]);
  else if (family === 'inet6' && config.acceptRa) dynamic.push([`iface ${name} inet6 auto`]);
  const fixed = config.addresses.filter(wanted).map((address, index) => [
    `iface ${name} ${family} static`,
    `address ${address}`,
    ...(index === 0 ? [...gateway, ...dns] : []),
    // A static stanza switches autoconfiguration off, unless it says otherwise (inet6.defn in ifupdown's source).
    ...(ra.length === 0 ? [] : config.acceptRa ? [...ra, 'autoconf 1'] : ra),
  ]);
  return [...dynamic, ...fixed];
}

/** What no method has a word for. */
function preUp({ mtu, dhcp6, acceptRa, addresses }: MasterConfig): readonly string[] {
  const acceptFile = '/proc/sys/net/ipv6/conf/$IFACE/accept_ra';
  return [
    ...(mtu === null ? [] : [`pre-up ip link set dev "$IFACE" mtu ${mtu}`]),
    ...(acceptRa || dhcp6 || addresses.some(isIPv6)
      ? []
      : [`pre-up [ ! -e "${acceptFile}" ] || echo 0 >"${acceptFile}"`]),
  ];
}
