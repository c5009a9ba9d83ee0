/**
 * Formats that configure links and that nothing here reads: they are named for what they are, so that nobody takes silence for
 * a clean result. Told by what only they have; a file in a manager's own folder is that manager's.
 */

export interface ForeignFormat {
  /** "a kickstart file". */
  readonly title: string;
  /** What can be given instead. */
  readonly instead: string;
}

interface Description extends ForeignFormat {
  readonly name?: RegExp;
  /** Beside the name or, without one, alone. */
  readonly text?: RegExp;
  /** A name like that is enough. */
  readonly byNameAlone?: true;
}

const rendered = 'the files that it writes in the guest';

const descriptions: readonly Description[] = [
  {
    title: 'a kickstart file',
    instead: 'what is in its %post or on the installed system',
    name: /(?:\.ks|(?:^|\/)(?:ks|anaconda-ks|original-ks)\.cfg)$/,
    byNameAlone: true,
  },
  { title: 'a kickstart file', instead: 'the installed system', text: /^network[ \t]+--[a-z]/m },
  {
    title: 'an AutoYaST profile',
    instead: 'the installed system',
    text: /<profile[^>]*yast|<networking>[^]*<interfaces/,
  },
  {
    title: 'a domain or network of libvirt',
    instead: "a domain as 'failoverctl host lint-domain'",
    text: /<(?:domain|network|interface)(?:[ \t\n][^<>]*)?\/?>/,
    name: /\.xml$/,
  },
  {
    title: "a preseed file of Debian's installer",
    instead: 'the installed system',
    text: /^d-i[ \t]+(?:netcfg|debian-installer|mirror)\//m,
  },
  {
    title: "OpenStack's network_data.json",
    instead: 'what cloud-init writes from it',
    name: /(?:^|\/)network_data\.json$/,
    byNameAlone: true,
  },
  {
    title: "OpenStack's network_data.json",
    instead: 'what cloud-init writes from it',
    text: /^\s*\{(?=[^]*"links"\s*:\s*\[)(?=[^]*"networks"\s*:\s*\[)/,
  },
  {
    title: 'a machine configuration of Talos',
    instead: 'nothing of Talos: it has no other',
    text: /^version:[ \t]*v1alpha1[ \t]*$[^]*^machine:|^machine:[ \t]*$[^]*^cluster:|^apiVersion:[ \t]*v1alpha1[ \t]*\nkind:[ \t]*(?:Link|DHCPv4|Ethernet|Bond|VLAN|StaticHost|Default)\w*Config/m,
  },
  {
    title: 'a policy or state of nmstate',
    instead: "the keyfiles that 'nmstatectl gc' prints",
    text: /^kind:[ \t]*(?:NodeNetworkConfigurationPolicy|NMStateConfig)\b|^[ \t]*desiredState:|^interfaces:[ \t]*\n(?:[ \t]*-[ \t]+|[ \t]+)[^]*\b(?:state:[ \t]*(?:up|down|absent|ignore)|type:[ \t]*(?:ethernet|bond|vlan|linux-bridge|ovs-\w+))\b/m,
  },
  {
    title: 'a NixOS configuration',
    instead: 'the built system (--root), for networkd and dhcpcd',
    name: /\.nix$/,
    text: /\bnetworking\.|\bsystemd\.network\b|\bnetworking[ \t]*=[ \t]*\{/,
  },
  {
    title: "netifrc's conf.d/net",
    instead: 'nothing of netifrc: it is not read',
    text: /^(?:config|modules|routes|dhcpcd|dhcp|mac|slaves|bridge|rename|preup|postup)_[A-Za-z0-9]+=["'(]/m,
    name: /(?:^|\/)(?:conf\.d\/net|net)(?:\.[^/]*)?$/,
  },
  { title: 'a netctl profile', instead: rendered, text: /^Connection=["']?(?:ethernet|bond|bridge|vlan|wireless)\b/m },
  {
    title: "OpenWrt's UCI configuration",
    instead: 'nothing of OpenWrt: it is not read',
    text: /^config[ \t]+(?:interface|device|globals)\b[^]*^[ \t]+option[ \t]/m,
  },
  {
    title: "Slackware's rc.inet1.conf",
    instead: 'nothing of it: it is not read',
    name: /(?:^|\/)rc\.inet1\.conf$/,
    byNameAlone: true,
  },
  {
    title: 'a configuration of VyOS',
    instead: 'nothing of VyOS: it is not read',
    text: /^interfaces \{\n[^]*^ {4}ethernet /m,
  },
  {
    title: 'an answer file of Alpine',
    instead: '/etc/network/interfaces of the installed system',
    text: /^INTERFACESOPTS=/m,
  },
  {
    title: 'a wpa_supplicant configuration',
    instead: 'what configures the link',
    name: /(?:^|\/)wpa_supplicant[^/]*\.conf$/,
    byNameAlone: true,
  },
  {
    title: 'network configuration of a systemd-nspawn container',
    instead: 'its files for links',
    name: /\.nspawn$/,
    byNameAlone: true,
  },
  {
    title: "systemd's configuration of a daemon, which names no link",
    instead: '.network, .netdev and .link files',
    name: /(?:^|\/)(?:networkd|resolved|timesyncd|network-generator)\.conf$|\.(?:dnssd|dns-delegate)$/,
    byNameAlone: true,
  },
  {
    title: "dhclient's configuration, which names no link that it is to be run on",
    instead: 'what starts dhclient',
    name: /(?:^|\/)dhclient[^/]*\.conf$/,
    byNameAlone: true,
  },
  {
    title: 'a script or unit that starts a DHCP client or gives an address by itself',
    instead: 'the files of a network manager',
    name: /(?:^|\/)rc\.local$|\.(?:start|service)$|\/cron\.d\//,
    text: /^[^#\n]*(?:\b(?:dhclient|udhcpc)\b|\bip[ \t](?:-\S+[ \t])*a(?:ddr(?:ess)?)?[ \t]+(?:add|replace)\b)/m,
  },
  {
    title: 'a Kubernetes network attachment',
    instead: 'what configures the node',
    text: /^kind:[ \t]*NetworkAttachmentDefinition\b/m,
  },
  {
    title: 'a profile of Incus or LXD',
    instead: 'what configures the guest',
    text: /^devices:[ \t]*\n[^]*^[ \t]+nictype:/m,
  },
];

/** An ifcfg file that no manager of ours knows. */
const last: readonly Description[] = [
  {
    title: 'an ifcfg file',
    instead: 'keyfiles of NetworkManager',
    name: /(?:^|\/)(?:ifcfg|ifroute|route6?|rule6?)-[^/]+$/,
    byNameAlone: true,
  },
];

/** `anyway`: no manager reads it, so that a name is enough. */
export function recogniseForeign(path: string, text: string, anyway = false): ForeignFormat | null {
  const among = anyway ? [...descriptions, ...last] : descriptions;
  return among.find((one) => fits(one, path, text)) ?? null;
}

function fits({ name, text: pattern, byNameAlone }: Description, path: string, text: string): boolean {
  if (name !== undefined && !name.test(path)) return false;
  return byNameAlone === true || pattern?.test(text) === true;
}

/** In words, for a file that was named. */
export function describeForeign({ title, instead }: ForeignFormat): string {
  return `not read: this is ${title}; failoverctl reads ${instead}`;
}

/** Where such files are in a tree. */
export const foreignGlobs: readonly string[] = [
  '/etc/conf.d/net',
  '/etc/nixos/*.nix',
  '/etc/netctl/*',
  '/etc/config/network',
  '/etc/rc.d/rc.inet1.conf',
  '/etc/rc.local',
  '/etc/rc.d/rc.local',
  '/etc/local.d/*.start',
  '/etc/cron.d/*',
  '/etc/systemd/system/*.service',
  '/config/config.boot',
  '/etc/nmstate/*.yml',
  '/etc/nmstate/*.yaml',
  '/var/lib/cloud/seed/config_drive/openstack/latest/network_data.json',
];
