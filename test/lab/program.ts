/** failoverctl in the guest: the static executable, which needs nothing there; or, while developing, the bundle with Node. */
import { existsSync } from 'node:fs';

export const installedAt = '/usr/local/sbin/failoverctl';

export interface GuestProgram {
  /** For the table. */
  readonly title: string;
  /** Path in the guest → path on the host. */
  readonly files: Readonly<Record<string, string>>;
  /** A command on the tree in /newroot (`install`, `lint --fix`), as busybox sh runs it before the guest boots. */
  readonly onImage: (command: string) => string;
}

const executable = 'dist/failoverctl-linux-x64';

/**
 * The static executable if it has been built (`npm run build:native`). Else, or if `node` asks for it, this machine's Node and
 * the bundle that run.mjs made of src now; Debian's C library must be new enough for it. The table says which.
 */
export function findProgram(node: boolean): GuestProgram {
  if (node || !existsSync(executable)) {
    const { FAILOVERCTL_LAB_BUNDLE: bundle = 'dist/failoverctl.cjs' } = process.env;
    return {
      title: `the bundle, with Node ${process.version}`,
      files: { '/usr/bin/node': process.execPath, [installedAt]: bundle },
      onImage: (command) => `sh -c '${withNode(command)}'`,
    };
  }
  return {
    title: executable,
    files: { [installedAt]: executable },
    onImage: (command) => `/newroot${installedAt} ${command} --root /newroot`,
  };
}

/** Node needs its libraries, so it runs in the tree; which is mounted once more, so that it is another tree to it. */
const withNode = (command: string) => `
mkdir -p /image
mount --bind /newroot /image
mount -t proc proc /newroot/proc
mount -t devtmpfs devtmpfs /newroot/dev
mount -t tmpfs tmpfs /newroot/mnt
mkdir /newroot/mnt/image
mount --bind /image /newroot/mnt/image
chroot /newroot ${installedAt} ${command} --root /mnt/image
status=$?
umount /newroot/mnt/image /newroot/mnt /newroot/dev /newroot/proc /image
exit $status`;
