/** Which part of each kind of file somebody of us needs; all else of it is found, whatever it is called. */
import { findInKeyFile, findInNetworkd, findInUnit } from './key-value-places.ts';
import { findInAssignments } from './assignment-places.ts';
import { findInBootOptions, findInDhcpConfiguration, findInInterfaces, findInRules } from './line-places.ts';
import { findInNetworkYaml } from './yaml-places.ts';
import { findInRuleset } from './ruleset-places.ts';
import type { Found } from './found.ts';

type Find = (text: string, path: string) => readonly Found[];

/** The first that fits a path. `null`: it is all needed, or has a finder by name of its own. */
const kinds: readonly (readonly [where: RegExp, find: Find | null])[] = [
  // the machine's own, and what distributions ship
  [/^\/(?:sys|proc\/(?!cmdline$)|lib|usr\/(?!lib\/(?:kernel|bootc)\/)|var\/lib\/(?!cloud\/))/, null],
  // ours: an installation compares them to the byte
  [/failover[^/]*$/, null],
  [/\.(?:network|netdev|link)(?:\.d\/[^/]*\.conf)?$/, findInNetworkd],
  [/(?:^|\/)systemd\/(?:system|user)\/|\.(?:service|socket|target|timer|path|mount)(?:\.d\/[^/]*)?$/, findInUnit],
  [
    /\.nmconnection$|(?:^|\/)system-connections\/|(?:^|\/)NetworkManager\/(?:[^/]*|conf\.d\/[^/]*)\.conf$/,
    findInKeyFile,
  ],
  [/\.rules$/, findInRules],
  [/\/sysconfig\/network$|\/sysconfig\/network(?:-scripts)?\/[^/]*$|(?:^|\/)ifcfg-[^/]*$/, findInAssignments],
  [
    /(?:^|\/)(?:cmdline|grub(?:\.d\/[^/]*)?|grubenv|dracut\.conf(?:\.d\/[^/]*)?|cmdline\.d\/[^/]*|initramfs\.conf|loader\/entries\/[^/]*|kargs\.d\/[^/]*|cmdline\.txt|(?:update-)?extlinux\.conf|syslinux\.cfg|sysconfig\/bootloader)$|\/initramfs-tools\/conf\.d\/[^/]*$|\/etc\/default\/[^/]*$/,
    findInBootOptions,
  ],
  [/(?:^|\/)nftables(?:\.conf$|(?:\.d)?\/[^/]*$)/, findInRuleset],
  [/(?:^|\/)connman\/main\.conf$/, null], // connman.conf(5): it has no secrets
  [/(?:^|\/)(?:dhcpcd|dhclient[^/]*)\.conf$/, findInDhcpConfiguration],
  [/(?:^|\/)netplan\/[^/]*\.ya?ml$/, (text, path) => findInNetworkYaml(text, path, true)],
  [/(?:^|\/)(?:user|vendor)-data(?:\.txt)?$/, null],
  [
    /\.(?:ya?ml|json|cfg)$|(?:^|\/)network-config$/,
    (text, path) => (isInterfaces(text) ? findInInterfaces(text, path) : findInNetworkYaml(text, path, false)),
  ],
  [/(?:^|\/)(?:interfaces|interfaces\.d\/[^/]*)$/, findInInterfaces],
  [/\/network\/cloud-(?:ifupdown-helper|interfaces-template)$/, null],
  [
    /^\/etc\/(?:systemd\/networkd\.conf|os-release|hostname|machine-id|[a-z]+[_-](?:version|release)|initramfs-tools\/modules)/,
    null,
  ],
  [/^\/run\/(?:systemd\/netif|udev\/data|NetworkManager\/devices|failoverctl)/, null],
  [/^\/(?:etc|run|var\/lib\/cloud)\//, findInOther],
];

export function findByPlace(text: string, path: string): readonly Found[] {
  const find = kinds.find(([where]) => where.test(path))?.[1] ?? null;
  return find === null || /^# From: failoverctl\b/m.test(text.slice(0, 2000)) ? [] : find(text, path);
}

function isInterfaces(text: string): boolean {
  return /^[ \t]*(?:iface|auto|allow-\S+|mapping|source(?:-directory)?)[ \t]+\S/m.test(text);
}

/** What ifupdown sources may have any name. Of a file of another kind nothing is known: not one character is needed. */
function findInOther(text: string, path: string): readonly Found[] {
  if (path.startsWith('/etc/network/') && isInterfaces(text)) return findInInterfaces(text, path);
  return [{ start: 0, end: text.length, what: 'the file' }];
}
