/** FO403 initramfs-dhcp: DHCP in the initramfs on whatever link there is. */
import { toOrigin } from '../../judgement/origin.ts';
import { findNetworkOption, initramfsHooks } from '../../topology/boot-options.ts';
import type { HostFacts } from '../../topology/guest.ts';
import type { Rule } from '../rule.ts';

export const initramfsDhcp: Rule = {
  id: 'FO403',
  name: 'initramfs-dhcp',
  severity: 'warning',
  what: "An initramfs that is told to configure a NIC by DHCP: 'ip=dhcp' on the kernel's command line, IP= in initramfs.conf, or a root on the network without a device's name.",
  why: 'The initramfs runs DHCP on each link, slaves too, before any guard is in place; addresses and routes stay on the slave after boot.',
  source: 'initramfs-tools(7), ip=; dracut.cmdline(7)',
  bad: [
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=dhcp quiet\n' } },
    { files: { '/etc/dracut.conf.d/10-net.conf': 'kernel_cmdline="rd.neednet=1"\n' } },
    { files: { '/etc/initramfs-tools/initramfs.conf': 'IP=dhcp\n' } },
    { files: { '/etc/default/grub.d/50-net.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ip=dhcp"\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=192.0.2.10::192.0.2.1:255.255.255.0:guest::none\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=52:54:00:00:12:53:dhcp\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=dhcp,dhcp6\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=lan0:dhcp ifname=lan0:52:54:00:00:12:53\n' } },
    { files: { '/boot/loader/entries/6.12.conf': 'title x\noptions root=/dev/vda1 ip=dhcp\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=52-54-00-00-12-53:dhcp\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 BOOTIF=01-52-54-00-00-12-53\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=enp1s0nsby:dhcp\n' } },
    {
      files: {
        '/boot/grub2/grubenv':
          '# GRUB Environment Block\nkernelopts=root=/dev/vda1 bond=bond0:enp1s0nsby,eth9 ip=bond0:dhcp\n',
      },
    },
    { files: { '/boot/extlinux/extlinux.conf': 'LABEL a\n  APPEND root=/dev/vda1 ip=dhcp\n' } },
    { files: { '/usr/lib/bootc/kargs.d/10-net.toml': 'kargs = ["ip=dhcp", "quiet"]\n' } },
    { files: { '/etc/kernel/cmdline': 'root=nfs:192.0.2.1:/srv/root rw\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/mapper/x netroot=iscsi:192.0.2.1::3260::iqn.2026-01.example:x\n' } },
    { files: { '/etc/kernel/cmdline': 'root=live:http://192.0.2.1/squashfs.img rd.neednet\n' } },
    { files: { '/etc/initramfs-tools/initramfs.conf': 'MODULES=netboot\nBOOT=nfs\n' } },
  ],
  good: [
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=192.0.2.10::192.0.2.1:255.255.255.0:guest:enp1s0:none\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=off\n' } },
    { files: { '/etc/kernel/cmdline': 'root=nfs:192.0.2.1:/srv/root ip=enp1s0:dhcp\n' } },
    { files: { '/etc/kernel/cmdline': 'root=UUID=1 rd.neednet=0\n' } },
    { files: { '/etc/initramfs-tools/initramfs.conf': 'BOOT=nfs\nDEVICE=enp1s0\n' } },
    { files: { '/etc/initramfs-tools/initramfs.conf': 'IP=dhcp\nDEVICE=enp1s0\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 BOOTIF=01-52-54-00-00-12-53\n' }, host: { systemdVersion: 257 } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 BOOTIF=01-52-54-00-00-12-53 rd.bootif=0\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 bond=bond0:enp1s0,eth9 ip=bond0:dhcp\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 quiet\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=:::::enp1s0:dhcp\n' } },
    { files: { '/etc/kernel/cmdline': 'root=/dev/vda1 ip=enp1s0:dhcp rd.neednet=1\n' } },
    {
      files: {
        '/etc/kernel/cmdline': 'root=/dev/vda1 ip=dhcp\n',
        '/etc/initramfs-tools/scripts/init-top/net-failover': '',
      },
      complete: true,
    },
  ],
  check: ({ bootFiles, fileAt, guest, assumed }) => {
    if (initramfsHooks.some((path) => fileAt(path) !== null)) return [];
    // an assumed guest's names are ours
    const links = assumed ? [] : guest.phases.flatMap((phase) => phase.links);
    const slaves = links.filter(({ role }) => role === 'standby' || role === 'primary').map(({ name }) => name);
    return bootFiles.flatMap(({ source }) => {
      const found = findNetworkOption(source.text, slaves);
      if (found === null || (found.takes === 'boot-mac' && ignoresBootMac(guest.host))) return [];
      const { word, start, takes } = found;
      return [
        {
          message: `'${takes === 'root' ? word.replace(/=.*/, '=') : word}': ${consequences[takes]}`,
          place: toOrigin({ source, span: { start, end: start + word.length } }),
          help: "'failoverctl install' adds hooks for it; or name the master's device: ip=:::::enp1s0:dhcp",
        },
      ];
    });
  },
};

const consequences = {
  any: "makes the initramfs configure every link, slaves too, expected a device's name",
  mac: "names a link by its MAC, which the slaves have too, expected a device's name",
  'boot-mac':
    "has NetworkManager's generator, and systemd's since 258, match by a MAC that the slaves have too, expected rd.bootif=0 or no BOOTIF",
  slave: 'names a slave, expected the master',
  root: "a root on the network has the initramfs configure every link for want of ip=, slaves too, expected ip= with a device's name",
} as const;

/** systemd's generator of 252 and 257 writes nothing for it, that of 262 a file with MACAddress=; NetworkManager's always does. */
function ignoresBootMac({ systemdVersion, networkManagerVersion }: HostFacts): boolean {
  return systemdVersion !== undefined && systemdVersion <= 257 && networkManagerVersion === undefined;
}
