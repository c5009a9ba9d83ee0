/**
 * A real initramfs for a guest of the lab, made of the guest's own files by its release's own initramfs-tools or dracut, with
 * or without what `install` writes for it.
 */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoLater } from './cleanup.ts';
import { mustRun } from './command.ts';
import { guestFiles, type Image } from './image.ts';

/** What makes an initramfs, and its packages: this machine's release's, unpacked into the guest's tree and installed nowhere. */
const makers = {
  'initramfs-tools': ['initramfs-tools-core', 'klibc-utils', 'libklibc', 'busybox', 'cpio'],
  dracut: ['dracut-core', 'dracut-network', 'iputils-arping', 'kpartx', 'cpio'],
} as const;

export interface InitramfsKitchen {
  /** `modules`: dracut's, beside those that it takes by itself. */
  readonly make: (modules?: readonly string[]) => Promise<Image>;
  /** An image builder's `install` on the tree, which belongs to a guest that boots with ip=dhcp. */
  readonly install: (program: string, options: readonly string[]) => Promise<void>;
}

/** The guest's tree, with the programs that make an initramfs unpacked into it; they would be in every guest's way. */
export async function openKitchen(image: Image, maker: keyof typeof makers): Promise<InitramfsKitchen> {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-lab-'));
  undoLater(() => rmSync(work, { recursive: true, force: true }));
  const tree = join(work, 'tree');
  mkdirSync(tree);
  await mustRun(['debugfs', '-R', `rdump / ${tree}`, image.root], { timeoutMs: 600_000 });
  const unpack =
    'for deb in "$1"/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$2"; done';
  const debs = join(work, 'debs');
  mkdirSync(debs);
  await mustRun(['apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download', ...makers[maker]], { cwd: debs });
  await mustRun(['sh', '-euc', unpack, 'sh', debs, tree], { timeoutMs: 600_000 });
  writeFileSync(join(tree, 'etc/default/grub'), 'GRUB_CMDLINE_LINUX="ip=dhcp"\n');
  const [kernel = ''] = readdirSync(join(tree, 'usr/lib/modules'));
  if (maker === 'dracut') prepareDracut(tree);
  else prepareInitramfsTools(tree, kernel);

  let made = 0;
  return {
    make: async (modules = []) => {
      const initramfs = join(work, `initrd-${(made += 1)}`);
      const command =
        maker === 'dracut'
          ? ['dracut', '--force', '--no-hostonly', '--kver', kernel, '--add', [...modules, 'lab'].join(' '), '/initrd']
          : ['mkinitramfs', '-o', '/initrd', kernel];
      await mustRun(['unshare', '--mount', 'sh', '-euc', enter, 'sh', tree, ...command], { timeoutMs: 900_000 });
      renameSync(join(tree, 'initrd'), initramfs);
      return { ...image, initramfs };
    },
    install: async (program, options) => void (await mustRun([program, 'install', '--root', tree, ...options])),
  };
}

/** Runs a command in the tree, in a mount namespace of its own. */
const enter = `
  mount --make-rprivate /
  mount -t proc proc "$1/proc"
  mount -t sysfs sysfs "$1/sys"
  mount --rbind /dev "$1/dev"
  for directory in run tmp var/tmp; do mount -t tmpfs tmpfs "$1/$directory"; done
  exec chroot "$@"
`;

function prepareInitramfsTools(tree: string, kernel: string): void {
  const conf = join(tree, 'etc/initramfs-tools');
  // the program that failoverctl knows it by is in the package beside
  writeFileSync(join(tree, 'usr/sbin/update-initramfs'), '', { mode: 0o755 });
  for (const path of ['conf.d', 'hooks', 'scripts']) mkdirSync(join(conf, path), { recursive: true });
  writeFileSync(join(conf, 'initramfs.conf'), 'MODULES=list\nBUSYBOX=auto\nCOMPRESS=gzip\n');
  const modules = ['virtio_pci', 'virtio_blk', 'virtio_console', 'ext4', 'crc32c_generic', 'overlay'];
  writeFileSync(join(conf, 'modules'), [...modules, 'af_packet', 'virtio_net', 'e1000e', ''].join('\n'));
  cpSync(join(guestFiles, 'boot-script.sh'), join(conf, 'scripts/lab'));
  cpSync(join(guestFiles, 'agent.sh'), join(conf, 'agent.sh'));
  const hook = '#!/bin/sh\n[ "${1:-}" != prereqs ] || exit 0\ncp /etc/initramfs-tools/agent.sh "$DESTDIR/agent.sh"\n';
  writeFileSync(join(conf, 'hooks/lab'), hook, { mode: 0o755 });
  writeFileSync(join(tree, `boot/config-${kernel}`), 'CONFIG_RD_GZIP=y\n');
}

function prepareDracut(tree: string): void {
  const module = join(tree, 'usr/lib/dracut/modules.d/98lab');
  cpSync(join(guestFiles, 'dracut'), module, { recursive: true });
  cpSync(join(guestFiles, 'agent.sh'), join(module, 'agent.sh'));
  appendFileSync(join(tree, 'etc/dracut.conf'), 'compress="gzip"\n');
}
