/** What has the initramfs configure links that nobody named: it takes any then, slaves too, before any guard is in place. */

/** Where the kernel's command line and the initramfs are told what to do: kernel-install(8), GRUB, dracut.conf(5), initramfs.conf(5). */
export const bootGlobs: readonly string[] = [
  '/proc/cmdline',
  '/etc/kernel/cmdline',
  '/etc/default/grub',
  '/etc/default/grub.d/*.cfg',
  '/etc/cmdline.d/*.conf',
  '/etc/dracut.conf',
  '/etc/dracut.conf.d/*.conf',
  '/etc/initramfs-tools/initramfs.conf',
  '/etc/initramfs-tools/conf.d/*',
  // RPM systems, ostree and bootc: boot loader entries, GRUB's environment, kargs.d
  '/boot/loader/entries/*.conf',
  '/boot/efi/loader/entries/*.conf',
  '/efi/loader/entries/*.conf',
  '/boot/grub/grubenv',
  '/boot/grub2/grubenv',
  '/boot/extlinux/extlinux.conf',
  '/boot/extlinux.conf',
  '/boot/syslinux/syslinux.cfg',
  '/boot/cmdline.txt',
  '/boot/firmware/cmdline.txt',
  '/etc/update-extlinux.conf',
  '/etc/sysconfig/bootloader',
  '/usr/lib/kernel/cmdline',
  '/usr/lib/bootc/kargs.d/*.toml',
  '/usr/lib/kernel/cmdline.d/*.conf',
];

/** One of them is there: hooks of ours name the master, or keep the slaves out. Whoever makes the image is asked for them. */
export const initramfsHooks: readonly string[] = [
  '/etc/initramfs-tools/scripts/init-top/net-failover',
  '/usr/lib/dracut/modules.d/96net-failover/module-setup.sh',
];

export interface NetworkOption {
  readonly word: string;
  readonly start: number;
  /**
   * `any`: no link is named. `mac`: a link is named by its MAC, which the slaves have too. `boot-mac`: the one that the machine was
   * booted by, which not every program asks for. `slave`: it is named. `root`: the root is on the network, and no link is named.
   */
  readonly takes: 'any' | 'mac' | 'boot-mac' | 'slave' | 'root';
}

const mac = '(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}';
const byMac = new RegExp(`^(?:ip=["']?(?:${mac}|BOOTIF):|ifname=[^:]+:${mac}$)`, 'i');
const isMac = new RegExp(`^(?:${mac}|BOOTIF)$`, 'i');
/** PXELINUX puts the hardware's type before the MAC. */
const bootMac = new RegExp(`^BOOTIF=(?:01-)?${mac}$`, 'i');

/** dracut.cmdline(7), systemd-network-generator(8), nm-initrd-generator(8), initramfs-tools(7). */
const words =
  /(?<![^\s"'=])(?:ip=|(?<=^)(?:IP|BOOT|DEVICE)=["']?|ifname=|BOOTIF=|(?:bond|bridge|team|vlan|rd\.route|\w*root|boot)=|rd\.(?:neednet|bootif)(?=[\s"'=]|$))[^\s"']*/gm;

/**
 * A root on the network, with which dracut and initramfs-tools run DHCP on every link unless they are told on which. Source:
 * dracut's parse-*root.sh and net-genrules.sh, initramfs-tools' configure_networking().
 */
const onNetwork =
  /^(?:(?:netroot|nfsroot|iscsiroot)=.|(?:boot|BOOT)=["']?nfs$|root=(?:\/dev\/nfs$|dhcp6?$|(?:nfs4?|iscsi|nbd|cifs|https?):|live:(?:https?|t?ftp|s?cp|sftp|nfs4?):|\d+(?:\.\d+){3}:\/))/;
/** getargbool() of dracut's dracut-lib.sh. */
const needsNetwork = /^rd\.neednet(?:$|=(?!(?:0|no|off)$))/;

/** The first word that asks for it, and where it begins; null: none does. `slaves`: names that are known to be slaves'. */
export function findNetworkOption(text: string, slaves: readonly string[] = []): NetworkOption | null {
  const bare = text.replace(/^[ \t]*#.*$/gm, (line) => ' '.repeat(line.length));
  const found = [...bare.matchAll(words)].map(({ 0: word, index }) => ({ word, start: index }));
  const isSlave = (name: string) => slaves.includes(name) || /^[a-z]\w*nsby$/.test(name);
  // initramfs.conf(5): the link for IP=
  const device = found.find(({ word }) => /^DEVICE=["']?[^"']/.test(word));
  for (const { word, start } of found) {
    if (byMac.test(word)) return { word, start, takes: 'mac' };
    if (linksOf(word).some(isSlave)) return { word, start, takes: 'slave' };
    if (!/^ip=/i.test(word)) continue;
    const value = word.replace(/^ip=["']?/i, '');
    if (isMac.test(linkOf(value))) return { word, start, takes: 'mac' };
    if (asksAnyLink(value) && !(word.startsWith('IP=') && device !== undefined)) return { word, start, takes: 'any' };
  }
  const boot = found.find(({ word }) => bootMac.test(word));
  if (boot !== undefined && !found.some(({ word }) => word === 'rd.bootif=0')) return { ...boot, takes: 'boot-mac' };
  // dracut.cmdline(7): the network is wanted; on which links ip= or a bond says, or else on all
  if (found.some(({ word }) => /^(?:ip|bond|bridge|team|vlan|DEVICE)=["']?[^"']/i.test(word))) return null;
  const wanted = found.find(({ word }) => needsNetwork.test(word));
  if (wanted !== undefined) return { ...wanted, takes: 'any' };
  const root = found.find(({ word }) => onNetwork.test(word));
  return root === undefined ? null : { ...root, takes: 'root' };
}

/** The links that a word names: ip='s, ports of a bond or bridge, what a VLAN or a route is on. */
function linksOf(word: string): readonly string[] {
  const [, key = '', value = ''] = /^([\w.]+)=["']?(.*)$/.exec(word) ?? [];
  const parts = splitParts(value);
  if (/^ip$/i.test(key)) return [linkOf(value)];
  if (key === 'DEVICE') return [value];
  if (key === 'rd.route') return [parts[2] ?? ''];
  return ['bond', 'bridge', 'team', 'vlan'].includes(key) ? (parts[1] ?? '').split(',') : [];
}

/** At colons, but not at those of an IPv6 address in brackets. */
function splitParts(value: string): readonly string[] {
  return value.match(/(?:\[[^\]]*\]|[^:])+|(?<=:|^)(?=:|$)/g) ?? [];
}

/**
 * initramfs-tools(7): ADDRESS:SERVER:GATEWAY:MASK:HOST:LINK:METHOD or METHOD; dracut.cmdline(7) has LINK:METHOD too, and
 * methods with commas between.
 */
function linkOf(value: string): string {
  const parts = splitParts(value);
  return (parts.length === 1 ? '' : parts.length === 2 ? parts[0] : parts[5]) ?? '';
}

/** An address without a link is given to all (systemd-network-generator writes Kind=!*). */
function asksAnyLink(value: string): boolean {
  const parts = splitParts(value);
  const method = parts[6] ?? parts.at(-1) ?? '';
  if (linkOf(value) !== '') return false;
  if (parts.length >= 5 && /^(?:\d+(?:\.\d+){3}|\[[^\]]+\])$/.test(parts[0] ?? '')) return true;
  const asks = /^(?:on|any|dhcp6?|auto6?|either6|link6|link-local|bootp|rarp|both|single-dhcp)$/i;
  return method.split(',').some((word) => asks.test(word));
}
