/** A real initramfs of initramfs-tools for a guest of the lab, with or without what `install` writes for it. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoLater } from './cleanup.ts';
import { mustRun } from './command.ts';
import { guestFiles, type Image } from './image.ts';

/** Why none can be made here, or null. */
export function whyNoInitramfs(): string | null {
  return existsSync('/usr/sbin/mkinitramfs') ? null : '/usr/sbin/mkinitramfs of initramfs-tools-core is missing';
}

/** An image builder's view of a guest that boots with ip=dhcp: as much of its tree as `install --root` looks at. */
async function installInto(tree: string, program: string): Promise<void> {
  for (const path of ['usr/sbin/update-initramfs', 'usr/lib/systemd/systemd-networkd']) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), '', { mode: 0o755 });
  }
  mkdirSync(join(tree, 'etc/default'), { recursive: true });
  writeFileSync(join(tree, 'etc/hostname'), 'guest\n');
  writeFileSync(join(tree, 'etc/default/grub'), 'GRUB_CMDLINE_LINUX="ip=dhcp"\n');
  await mustRun([program, 'install', '--root', tree]);
}

/** `program`: failoverctl, which puts its hooks in; null: as Debian makes it. The tools are this machine's. */
export async function makeInitramfs(image: Image, program: string | null): Promise<Image> {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-lab-'));
  undoLater(() => rmSync(work, { recursive: true, force: true }));
  const tree = join(work, 'tree');
  const conf = join(tree, 'etc/initramfs-tools');
  for (const path of [conf, join(tree, 'etc/udev/rules.d')]) mkdirSync(path, { recursive: true });
  if (program !== null) await installInto(tree, program);
  for (const path of ['conf.d', 'hooks', 'scripts']) mkdirSync(join(conf, path), { recursive: true });
  writeFileSync(join(conf, 'initramfs.conf'), 'MODULES=list\nBUSYBOX=y\nCOMPRESS=gzip\n');
  const modules = ['virtio_pci', 'virtio_blk', 'virtio_console', 'ext4', 'crc32c_generic', 'overlay'];
  writeFileSync(join(conf, 'modules'), [...modules, 'af_packet', 'virtio_net', 'e1000e', ''].join('\n'));
  cpSync(join(guestFiles, 'boot-script.sh'), join(conf, 'scripts/lab'));
  const hook = `#!/bin/sh\n[ "\${1:-}" != prereqs ] || exit 0\ncp ${join(process.cwd(), guestFiles, 'agent.sh')} "$DESTDIR/agent.sh"\n`;
  writeFileSync(join(conf, 'hooks/lab'), hook, { mode: 0o755 });

  await mustRun(['debugfs', '-R', `rdump /usr/lib/modules ${work}`, image.root]);
  const [kernel = ''] = readdirSync(join(work, 'modules'));
  writeFileSync(join(work, `config-${kernel}`), 'CONFIG_RD_GZIP=y\n');
  const initramfs = join(work, 'initrd');
  const script = `
    set -eu
    mount --make-rprivate /
    mkdir -p /lib/modules /etc/udev/rules.d
    mount --bind "$1/modules" /lib/modules
    mount -t tmpfs tmpfs /boot
    cp "$1/config-$2" /boot/
    mount --bind "$1/tree/etc/udev/rules.d" /etc/udev/rules.d
    mkinitramfs -d "$1/tree/etc/initramfs-tools" -o "$1/initrd" "$2"
  `;
  await mustRun(['unshare', '--mount', 'sh', '-c', script, 'sh', work, kernel], { timeoutMs: 600_000 });
  return { ...image, initramfs };
}
