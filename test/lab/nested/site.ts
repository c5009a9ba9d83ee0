/**
 * Two virtualization hosts in one guest of the lab, each with an igb card whose VFs QEMU 10 emulates, a libvirt of Debian 13
 * and a bridge: what hosts.sh makes of it. All parts of a host are real but for the silicon.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildInitramfs } from '../../hypervisor/hosts/guest.ts';
import type { Answer } from '../agent.ts';
import type { CheckOptions } from '../checks/check.ts';
import { undoLater } from '../cleanup.ts';
import { mustRun, poll } from '../command.ts';
import { startGuest, type Guest } from '../guest.ts';
import { findProgram, installedAt } from '../program.ts';

export interface Site {
  readonly guest: Guest;
  readonly run: (host: 1 | 2, command: string) => Promise<Answer>;
  /** A command that must succeed, its words as sh reads them: what it printed. */
  readonly on: (host: 1 | 2, command: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** What stands below a guest, in a step: emulated twice over, and beside other guests. */
const patience = 3_600_000;

/** What Debian's kernels are packed with: the first bytes, and what unpacks them. */
const packers = [
  { magic: [0x28, 0xb5, 0x2f, 0xfd], argv: ['zstd', '-dc'] },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], argv: ['xz', '-dc', '--single-stream'] },
];

/**
 * The kernel of a bzImage, unpacked, which QEMU starts by its PVH entry: a guest that is emulated twice spends minutes on
 * unpacking itself. Where that fails, the bzImage. Source: the kernel's scripts/extract-vmlinux.
 */
function unpackKernel(image: string, work: string): string {
  const packed = readFileSync(image);
  for (const { magic, argv } of packers) {
    const start = packed.indexOf(Buffer.from(magic));
    const [program = '', ...words] = argv;
    if (start < 0) continue;
    // They complain of what follows the kernel, and have written it by then.
    const options = { input: packed.subarray(start), maxBuffer: 512 * 1024 * 1024 };
    const { stdout } = spawnSync(program, words, options);
    if (stdout?.subarray(0, 4).toString('latin1') !== '\x7fELF') continue;
    const path = join(work, 'vmlinux');
    writeFileSync(path, stdout);
    return path;
  }
  return image;
}

/** Where the parts of the hosts are: Debian's packages, unpacked. Throws where they cannot be had. */
function provideHypervisor(): string {
  const tree = join(process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'), 'hypervisor');
  const { stderr } = spawnSync(process.execPath, ['test/setup-oracles.mjs', 'hypervisor'], { encoding: 'utf8' });
  if (existsSync(join(tree, 'usr/sbin/libvirtd'))) return tree;
  throw new Error(`there is no QEMU with igb and no libvirt to put into a guest: ${stderr.trim()}`);
}

/** The QEMU of another Debian, by its own loader and libraries. */
function emulatorOf(tree: string): readonly string[] {
  const usr = join(tree, 'usr');
  return [
    [join(usr, 'lib64/ld-linux-x86-64.so.2'), '--library-path', join(usr, 'lib/x86_64-linux-gnu')],
    [join(usr, 'bin/qemu-system-x86_64'), '-L', join(usr, 'share/qemu'), '-L', join(usr, 'share/seabios')],
  ].flat();
}

/** One on a root port of its own, so that its VFs can be passed on one by one. */
function cardArguments(number: number): readonly string[] {
  return [
    ['-device', `pcie-root-port,id=card${number},chassis=${20 + number},addr=0x${10 + number}`],
    ['-netdev', `tap,id=wire${number},ifname=tap${number - 1},script=no,downscript=no`],
    ['-device', `igb,bus=card${number},netdev=wire${number},mac=52:54:00:00:20:0${number},romfile=`],
  ].flat();
}

export async function startSite(
  { image, accelerator }: CheckOptions,
  files: Readonly<Record<string, string>>,
): Promise<Site> {
  const tree = provideHypervisor();
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-lab-'));
  const removeWork = undoLater(() => rmSync(work, { recursive: true, force: true }));
  const disk = join(work, 'hypervisor.img');
  await mustRun(['mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal,^metadata_csum', '-d', tree, disk, '1200M']);
  const guest = await startGuest({
    image,
    accelerator,
    emulator: emulatorOf(tree),
    pairs: [],
    spareTaps: 2,
    files,
    programs: {
      ...findProgram(false).files,
      '/lab/hosts.sh': 'test/lab/nested/hosts.sh',
      '/lab/host-up.sh': 'test/lab/nested/host-up.sh',
      '/lab/vmlinuz': unpackKernel(image.kernel, work),
      '/lab/initramfs': buildInitramfs(dirname(image.kernel), work, ['nested']),
    },
    kernelArguments: ['intel_iommu=on'],
    extraArguments: [
      ['-machine', 'kernel-irqchip=split', '-m', '2048', '-smp', '2'],
      ['-device', 'intel-iommu,caching-mode=on,intremap=on'],
      cardArguments(1),
      cardArguments(2),
      ['-drive', `if=none,id=hypervisor,format=raw,readonly=on,file=${disk}`],
      ['-device', 'virtio-blk-pci,drive=hypervisor,addr=0xc'],
    ].flat(),
  });
  const stop = async () => {
    await guest.stop();
    await removeWork();
  };
  try {
    await guest.run('systemctl is-system-running --wait', patience);
    await guest.must(`sh /lab/hosts.sh ${installedAt}`, patience);
    await mustRun(guest.segment.inside('ip', 'address', 'add', '10.9.0.254/24', 'dev', 'br0'));
    const run: Site['run'] = async (host, command) => await guest.run(`on ${host} ${command}`, patience);
    const on: Site['on'] = async (host, command) => await guest.must(`on ${host} ${command}`, patience);
    for (const host of [1, 2] as const) {
      await poll(
        `libvirt on host ${host}`,
        patience,
        async () => (await run(host, 'virsh version --daemon')).status === 0,
      );
    }
    return { guest, run, on, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
