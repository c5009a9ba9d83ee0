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
];

/** One of them is there: hooks of ours name the master, or keep the slaves out. Whoever makes the image is asked for them. */
export const initramfsHooks: readonly string[] = [
  '/etc/initramfs-tools/scripts/init-top/net-failover',
  '/usr/lib/dracut/modules.d/96net-failover/module-setup.sh',
];

/** The first word that asks for it, and where it begins; null: none does. */
export function findNetworkOption(text: string): { readonly word: string; readonly start: number } | null {
  const bare = text.replace(/^[ \t]*#.*$/gm, (line) => ' '.repeat(line.length));
  const words = [...bare.matchAll(/(?<![^\s"'=])(?:ip=|(?<=^)IP=["']?|rd\.neednet=1(?![^\s"']))[^\s"']*/gm)];
  const options = words.map(({ 0: word, index }) => ({ word, start: index }));
  const any = options.find(({ word }) => /^ip=/i.test(word) && asksAnyLink(word.replace(/^ip=["']?/i, '')));
  // dracut.cmdline(7): the network is wanted; on which links ip= says, or else on all
  return any ?? (options.some(({ word }) => /^ip=/i.test(word)) ? null : (options[0] ?? null));
}

/** initramfs-tools(7): ADDRESS:SERVER:GATEWAY:MASK:HOST:LINK:METHOD or METHOD; dracut.cmdline(7) has LINK:METHOD too. */
function asksAnyLink(value: string): boolean {
  const parts = value.match(/(?:\[[^\]]*\]|[^:])+|(?<=:|^)(?=:|$)/g) ?? [];
  const method = parts[6] ?? parts.at(-1) ?? '';
  const link = parts.length === 1 ? '' : parts.length === 2 ? parts[0] : parts[5];
  return /^(?:on|any|dhcp6?|auto6?|either6|bootp|rarp|both|single-dhcp)$/i.test(method) && (link ?? '') === '';
}
