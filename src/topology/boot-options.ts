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
  '/boot/grub/grubenv',
  '/boot/grub2/grubenv',
  '/boot/extlinux/extlinux.conf',
  '/usr/lib/kernel/cmdline',
  '/usr/lib/bootc/kargs.d/*.toml',
];

/** One of them is there: hooks of ours name the master, or keep the slaves out. Whoever makes the image is asked for them. */
export const initramfsHooks: readonly string[] = [
  '/etc/initramfs-tools/scripts/init-top/net-failover',
  '/usr/lib/dracut/modules.d/96net-failover/module-setup.sh',
];

export interface NetworkOption {
  readonly word: string;
  readonly start: number;
  /** `any`: no link is named. `mac`: a link is named by its MAC, which the slaves have too. */
  readonly takes: 'any' | 'mac';
}

const mac = '(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}';
const byMac = new RegExp(`^(?:ip=["']?(?:${mac}|BOOTIF):|ifname=[^:]+:${mac}$)`, 'i');

/** The first word that asks for it, and where it begins; null: none does. */
export function findNetworkOption(text: string): NetworkOption | null {
  const bare = text.replace(/^[ \t]*#.*$/gm, (line) => ' '.repeat(line.length));
  const found = bare.matchAll(/(?<![^\s"'=])(?:ip=|(?<=^)IP=["']?|ifname=|rd\.neednet=1(?![^\s"']))[^\s"']*/gm);
  const words = [...found].map(({ 0: word, index }) => ({ word, start: index }));
  for (const { word, start } of words) {
    if (byMac.test(word)) return { word, start, takes: 'mac' };
    if (/^ip=/i.test(word) && asksAnyLink(word.replace(/^ip=["']?/i, ''))) return { word, start, takes: 'any' };
  }
  // dracut.cmdline(7): the network is wanted; on which links ip= says, or else on all
  const wanted = words.find(({ word }) => word.startsWith('rd.neednet'));
  const isSaid = words.some(({ word }) => /^ip=/i.test(word));
  return wanted === undefined || isSaid ? null : { ...wanted, takes: 'any' };
}

/**
 * initramfs-tools(7): ADDRESS:SERVER:GATEWAY:MASK:HOST:LINK:METHOD or METHOD; dracut.cmdline(7) has LINK:METHOD too, and
 * methods with commas between. An address without a link is given to all (systemd-network-generator writes Kind=!*).
 */
function asksAnyLink(value: string): boolean {
  const parts = value.match(/(?:\[[^\]]*\]|[^:])+|(?<=:|^)(?=:|$)/g) ?? [];
  const method = parts[6] ?? parts.at(-1) ?? '';
  const link = parts.length === 1 ? '' : parts.length === 2 ? parts[0] : parts[5];
  if ((link ?? '') !== '') return false;
  if (parts.length >= 5 && /^(?:\d+(?:\.\d+){3}|\[[^\]]+\])$/.test(parts[0] ?? '')) return true;
  const asks = /^(?:on|any|dhcp6?|auto6?|either6|link6|bootp|rarp|both|single-dhcp)$/i;
  return method.split(',').some((word) => asks.test(word));
}
