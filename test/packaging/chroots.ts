/** Where packages are installed: Debian's releases, each in an overlay that is gone with its mount namespace. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const place = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

/** By release: the tree of test/setup-oracles.mjs that it is. */
const trees = { bookworm: 'packages-bookworm', trixie: 'trixie', sid: 'packages-sid' } as const;

type Release = keyof typeof trees;

const releases: readonly Release[] = ['bookworm', 'trixie', 'sid'];

/** One by turns, a day each; those that FAILOVERCTL_CHROOTS names, or with FAILOVERCTL_LONG all. */
export function chosenReleases(): readonly Release[] {
  const { FAILOVERCTL_CHROOTS: named, FAILOVERCTL_LONG: long } = process.env;
  if (named !== undefined) return releases.filter((one) => named.split(',').includes(one));
  if (long !== undefined) return releases;
  return releases.filter((_, index) => index === Math.floor(Date.now() / 86_400_000) % releases.length);
}

/** The release's tree, made if it is not there; or why it cannot be had. */
export function treeOf(release: Release): { readonly root: string } | { readonly reason: string } {
  const root = join(place, trees[release]);
  if (existsSync(join(root, 'usr/bin/dpkg'))) return { root };
  const { stderr } = spawnSync(process.execPath, ['test/setup-oracles.mjs', trees[release]], { encoding: 'utf8' });
  return existsSync(join(root, 'usr/bin/dpkg')) ? { root } : { reason: stderr.trim() };
}

/** Runs a script of bash as root in the release; `given` lies in /tmp/given. Returns what it printed; throws if it fails. */
export function runInside(root: string, given: string, script: string): string {
  const outside = `
set -e
over=$(mktemp -d)
trap 'umount -R "$over/merged" "$over" 2>/dev/null; rmdir "$over"' EXIT
mount -t tmpfs tmpfs "$over"
mkdir "$over/upper" "$over/work" "$over/merged"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$over/upper,workdir=$over/work" "$over/merged"
at=$over/merged
mount -t proc proc "$at/proc"
mount --rbind /dev "$at/dev"
mount -t tmpfs tmpfs "$at/tmp"
mount -t tmpfs tmpfs "$at/run"
mkdir "$at/tmp/given"
mount --bind "$2" "$at/tmp/given"
chroot "$at" /bin/bash -c "$3"`;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-m', '-p', '--fork', '--kill-child', 'bash', '-c', outside, 'bash', root, given, script],
    {
      encoding: 'utf8',
      timeout: 240_000,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LC_ALL: 'C.UTF-8',
        HOME: '/root',
        DEBIAN_FRONTEND: 'noninteractive',
      },
    },
  );
  if (status !== 0) throw new Error(`status ${status}: ${stderr}\n${stdout}`);
  return stdout;
}

/** Why there can be no chroot, or false. */
export const withoutChroots: string | false =
  process.geteuid?.() !== 0
    ? 'not root: no mount namespaces can be made'
    : readFileSync('/proc/filesystems', 'utf8').includes('overlay')
      ? false
      : 'this kernel has no overlay file system';
