/** FO403 initramfs-dhcp: DHCP in the initramfs on whatever link there is. */
import type { Rule } from '../rule.ts';

const option =
  /(?:^|[\s"'=])(ip=(?:dhcp|on|any|auto6|dhcp6|[^\s"']*:(?:dhcp|on|any))|rd\.neednet=1)(?=$|[\s"'])|^IP=(?!off|none)\S*:(?:dhcp|on|any)\b/m;

export const initramfsDhcp: Rule = {
  id: 'FO403',
  name: 'initramfs-dhcp',
  severity: 'warning',
  what: "An initramfs that is told to configure a NIC by DHCP: 'ip=dhcp' on the kernel's command line, or IP= in initramfs.conf.",
  why: 'The initramfs asks on each link that it sees, slaves too, before any guard is in place; addresses and routes stay on the slave when the system takes over.',
  source: 'initramfs-tools(7), ip=; dracut.cmdline(7)',
  bad: [
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=dhcp quiet\n' } },
    { files: { '/etc/dracut.conf.d/10-net.conf': 'kernel_cmdline="rd.neednet=1"\n' } },
    { files: { '/etc/default/grub.d/50-net.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ip=dhcp"\n' } },
  ],
  good: [{ files: { '/etc/kernel/cmdline': 'root=/dev/vda1 quiet\n' } }],
  check: ({ bootFiles }) =>
    bootFiles.flatMap(({ source }) => {
      const text = source.text.replace(/^#.*$/gm, (line) => ' '.repeat(line.length));
      const match = option.exec(text);
      if (match === null) return [];
      const start = match.index + (match[1] === undefined ? 0 : match[0].indexOf(match[1]));
      const word = match[1] ?? match[0];
      return [
        {
          message: `'${word}' has the initramfs configure whatever link it finds, slaves too`,
          place: { source, span: { start, end: start + word.length } },
          help: "name the master's device, as in ip=:::::enp1s0:dhcp, or leave the network to the system",
        },
      ];
    }),
};
