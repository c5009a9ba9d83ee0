/**
 * Makes the systems whose daemons and files judge beside this machine's own, below ~/.cache/failoverctl-oracles
 * (FAILOVERCTL_ORACLES names another place): all, or those whose names are given. Nothing in them is started but single
 * programs in a chroot. Takes about a minute the first time, nothing afterwards.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const place = process.env.FAILOVERCTL_ORACLES ?? join(homedir(), '.cache/failoverctl-oracles');

/** `witness`: a file that only a tree with all packages has. */
const trees = [
  // a Debian 13 with systemd 257, netplan 1.1 and cloud-init 25.1
  {
    name: 'trixie',
    suite: 'trixie',
    variant: 'essential',
    packages: 'systemd,udev,netplan.io,cloud-init',
    witness: 'usr/bin/cloud-init',
  },
  // only unpacked: what Debian's guests on Azure have
  {
    name: 'azure-vm-utils',
    suite: 'trixie',
    variant: 'extract',
    packages: 'azure-vm-utils',
    witness: 'usr/lib/udev/rules.d/10-azure-unmanaged-sriov.rules',
  },
  // a Debian 11 with systemd 247, the oldest that is served. It will leave the mirrors one day: its tests are skipped then
  {
    name: 'bullseye',
    suite: 'bullseye',
    variant: 'essential',
    packages: 'systemd,udev',
    witness: 'usr/lib/systemd/systemd-networkd',
    // /bin, /sbin and /lib in /usr, as its installer has it. mmdebstrap's own hook for that wants packages of Debian 12.
    options: ['--setup-hook=for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d" && ln -s "usr/$d" "$1/$d"; done'],
    mayBeMissing: true,
  },
  // only unpacked, with the daemons' users: unstable's systemd, the newest there is
  {
    name: 'sid',
    suite: 'sid',
    variant: 'extract',
    packages: 'systemd,udev,coreutils,base-files',
    witness: 'usr/lib/systemd/systemd-networkd',
    options: [
      '--extract-hook=chroot "$1" systemd-sysusers',
      // its Release is good for a week, which a mirror or a clock may be behind; what is signed is still looked at
      '--aptopt=Acquire::Check-Valid-Until "false"',
    ],
    mayBeMissing: true,
  },
  // only unpacked: unstable's netplan, 1.2
  {
    name: 'sid-netplan',
    suite: 'sid',
    variant: 'extract',
    packages: 'netplan-generator,dash,coreutils',
    witness: 'usr/libexec/netplan/configure',
    options: [
      '--extract-hook=for d in bin sbin lib lib64; do test -e "$1/$d" || ln -s "usr/$d" "$1/$d"; done',
      '--aptopt=Acquire::Check-Valid-Until "false"',
    ],
    mayBeMissing: true,
  },
  // only unpacked: NetworkManager's nmcli and its generator for the initramfs
  {
    name: 'trixie-network',
    suite: 'trixie',
    variant: 'extract',
    packages: 'network-manager,coreutils,base-files',
    witness: 'usr/bin/nmcli',
  },
  // the same of unstable, with its cloud-init
  {
    name: 'sid-network',
    suite: 'sid',
    variant: 'extract',
    packages: 'network-manager,cloud-init,coreutils,base-files,busybox',
    witness: 'usr/bin/nmcli',
    options: ['--aptopt=Acquire::Check-Valid-Until "false"'],
    mayBeMissing: true,
  },
  // only unpacked: the ifupdown of both, which runs here by the loader of its own tree
  {
    name: 'trixie-ifupdown',
    suite: 'trixie',
    variant: 'extract',
    packages: 'ifupdown',
    witness: 'usr/sbin/ifquery',
  },
  {
    name: 'sid-ifupdown',
    suite: 'sid',
    variant: 'extract',
    packages: 'ifupdown',
    witness: 'usr/sbin/ifquery',
    options: ['--aptopt=Acquire::Check-Valid-Until "false"'],
    mayBeMissing: true,
  },
  // what is in every Debian 12, and every sid: where the packages are installed. For Debian 13 the tree above serves.
  {
    name: 'packages-bookworm',
    suite: 'bookworm',
    variant: 'essential',
    packages: 'dpkg',
    witness: 'usr/bin/dpkg',
    onlyIfNamed: true,
  },
  {
    name: 'packages-sid',
    suite: 'sid',
    variant: 'essential',
    packages: 'dpkg',
    witness: 'usr/bin/dpkg',
    options: ['--aptopt=Acquire::Check-Valid-Until "false"'],
    onlyIfNamed: true,
    mayBeMissing: true,
  },
  // a Debian 13 with libvirt 11 and QEMU 10, which has a card with VFs: what the lab's nested hosts are made of
  {
    name: 'hypervisor',
    suite: 'trixie',
    variant: 'minbase',
    packages: 'qemu-system-x86,libvirt-daemon-system,libvirt-clients,iproute2',
    witness: 'usr/sbin/libvirtd',
    onlyIfNamed: true,
  },
  // the same of Debian's next release: libvirt 12 and QEMU 11
  {
    name: 'hypervisor-sid',
    suite: 'sid',
    variant: 'minbase',
    packages: 'qemu-system-x86,libvirt-daemon-system,libvirt-clients,iproute2',
    witness: 'usr/sbin/libvirtd',
    options: ['--aptopt=Acquire::Check-Valid-Until "false"'],
    onlyIfNamed: true,
    mayBeMissing: true,
  },
];

const named = process.argv.slice(2);
const wanted = trees.filter(({ name, onlyIfNamed }) =>
  named.length === 0 ? onlyIfNamed !== true : named.includes(name),
);
for (const tree of wanted) makeTree(tree);

function makeTree({ name, suite, variant, packages, witness, options = [], mayBeMissing = false }) {
  const root = join(place, name);
  if (existsSync(join(root, witness))) return;
  mkdirSync(place, { recursive: true });
  const partial = `${root}.${process.pid}`;
  process.stderr.write(`making ${root} with ${packages}\n`);
  const { status, stderr, error } = spawnSync(
    'mmdebstrap',
    ['--quiet', `--variant=${variant}`, `--include=${packages}`, ...options, suite, partial],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    process.stderr.write(`${root} could not be made: ${(stderr ?? String(error)).trim()}\n`);
    if (process.env.CI === 'true' && !mayBeMissing) process.exitCode = 1;
    return;
  }
  // Another run may have been quicker, or an older one made it without all packages.
  if (existsSync(root) && !existsSync(join(root, witness))) {
    renameSync(root, `${partial}.old`);
    rmSync(`${partial}.old`, { recursive: true, force: true });
  }
  if (existsSync(root)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, root);
}
