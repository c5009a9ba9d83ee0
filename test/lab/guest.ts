/** A running guest on its own segment: QEMU, agent and network as one thing that a scenario talks to. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connectAgent, type Answer } from './agent.ts';
import { undoLater } from './cleanup.ts';
import { mustRun } from './command.ts';
import type { Image } from './image.ts';
import { startMachine, type Machine, type MachineOptions, type Pair } from './qemu.ts';
import { makeSegment, type Segment } from './segment.ts';

/** What is at a path of the guest: a file's text (mode 644 unless told), or a link's target. */
export type GuestFile = string | { readonly text: string; readonly mode: number } | { readonly link: string };
export type GuestFiles = Readonly<Record<string, GuestFile>>;

export interface GuestOptions {
  readonly image: Image;
  readonly accelerator: string;
  readonly kind?: 'minimal' | 'debian';
  readonly pairs?: readonly Pair[];
  readonly files?: GuestFiles;
  /** Packages that lie beside the image: unpacked over the guest's root, not configured. */
  readonly packages?: readonly string[];
  /** A folder on the host that is copied over the guest's root. */
  readonly folder?: string;
  /** Programs to put into the guest: path in the guest → path on the host. */
  readonly programs?: Readonly<Record<string, string>>;
  /** A script for busybox sh that init runs on the tree in /newroot before the guest's own boot. */
  readonly beforeBoot?: string;
  readonly kernelArguments?: readonly string[];
  /** Further options of QEMU's command line: disks, credentials. */
  readonly extraArguments?: readonly string[];
  /** What the guest writes outlasts its reboot (and it cannot be migrated). */
  readonly keepsState?: boolean;
  /** Taps on the segment beyond two for each pair: another host's, to which the guest can be migrated. */
  readonly spareTaps?: number;
  /** Root ports beyond two for each pair. */
  readonly sparePorts?: number;
  /** Another QEMU than this machine's own: see `MachineOptions`. */
  readonly emulator?: readonly string[];
  /** The segment hands out IPv6 addresses by DHCP too. */
  readonly dhcpv6?: boolean;
}

export interface Guest {
  readonly segment: Segment;
  readonly machine: Machine;
  /** How its machine was started: what it can be migrated to has to be started like it. */
  readonly startedWith: MachineOptions;
  readonly pairs: readonly Pair[];
  readonly run: (script: string, timeoutMs?: number) => Promise<Answer>;
  /** Runs a script that must succeed, and gives its standard output. */
  readonly must: (script: string, timeoutMs?: number) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export const defaultMac = '52:54:00:00:12:53';
export const onePair: readonly Pair[] = [{ mac: defaultMac, primary: 'e1000e' }];

/** Starts a guest and waits until its agent answers; its managers may not have begun by then. */
export async function startGuest(options: GuestOptions): Promise<Guest> {
  const kind = options.kind ?? 'debian';
  const pairs = options.pairs ?? onePair;
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-lab-'));
  const removeWork = undoLater(() => rmSync(work, { recursive: true, force: true }));
  const parts: (() => Promise<void>)[] = [removeWork];
  const stop = async () => {
    for (const undo of parts.splice(0).reverse()) await undo();
  };
  let console = () => '';
  try {
    const segment = await makeSegment(2 * pairs.length + (options.spareTaps ?? 0), work, {
      dhcpv6: options.dhcpv6 ?? false,
    });
    parts.push(segment.remove);
    const startedWith: MachineOptions = {
      image: kind === 'minimal' ? await addPrograms(options, work) : options.image,
      accelerator: options.accelerator,
      inside: segment.inside,
      kind,
      pairs,
      work,
      taps: pairs.flatMap((_, index) => [segment.tap(2 * index), segment.tap(2 * index + 1)]),
      scenario: kind === 'minimal' ? null : await packScenario(options, work),
      kernelArguments: [...(options.kernelArguments ?? []), ...(options.keepsState === true ? ['lab.state=vdc'] : [])],
      extraArguments: [
        ...(options.keepsState === true ? await makeStateDisk(work) : []),
        ...(options.extraArguments ?? []),
      ],
      sparePorts: options.sparePorts ?? 0,
      ...(options.emulator === undefined ? {} : { emulator: options.emulator }),
    };
    const machine = await startMachine(startedWith);
    parts.push(machine.stop);
    console = machine.console;
    const agent = await connectAgent(machine.agentSocket, 900_000, () => {
      if (machine.ended()) throw new Error('the guest ended before it answered');
    });
    parts.push(async () => agent.close());
    return { segment, machine, startedWith, pairs, run: agent.run, must: demandSuccess(agent.run), stop };
  } catch (error) {
    const screen = console().trim().slice(-2000);
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}; the guest's console:\n${screen}`, {
      cause: error,
    });
  }
}

/** `run` for scripts that must succeed: gives their standard output. */
export function demandSuccess(run: Guest['run']): Guest['must'] {
  return async (script, timeoutMs) => {
    const { status, stdout, stderr } = await run(script, timeoutMs);
    if (status !== 0) throw new Error(`in the guest: exit status ${status} from: ${script}\n${stderr || stdout}`);
    return stdout;
  };
}

/** The minimal guest has no disk: what is put into it comes as a second archive behind the initramfs. */
async function addPrograms({ image, programs = {} }: GuestOptions, work: string): Promise<Image> {
  if (Object.keys(programs).length === 0) return image;
  const tree = join(work, 'programs');
  for (const [path, source] of Object.entries(programs)) placeProgram(join(tree, path), source);
  const archive = join(work, 'programs.cpio');
  const names = await mustRun(['find', '.'], { cwd: tree });
  await mustRun(['cpio', '--quiet', '-o', '-H', 'newc', '-F', archive], { cwd: tree, input: names });
  const initramfs = join(work, 'initramfs');
  writeFileSync(initramfs, Buffer.concat([readFileSync(image.initramfs), readFileSync(archive)]));
  return { ...image, initramfs };
}

/** The third disk, next to the scenario's: an empty file system. */
async function makeStateDisk(work: string): Promise<readonly string[]> {
  const file = join(work, 'state.img');
  await mustRun(['mke2fs', '-q', '-t', 'ext4', '-O', '^metadata_csum', file, '400M']);
  return [
    ['-drive', `if=none,id=state,format=raw,cache=unsafe,file=${file}`],
    ['-device', 'virtio-blk-pci,drive=state,addr=0xb'],
  ].flat();
}

function placeProgram(path: string, source: string): void {
  mkdirSync(dirname(path), { recursive: true });
  cpSync(source, path, { dereference: true });
  chmodSync(path, 0o755);
}

async function packScenario(options: GuestOptions, work: string): Promise<string> {
  const stage = join(work, 'scenario');
  const tree = join(stage, 'tree');
  mkdirSync(tree, { recursive: true });
  for (const name of options.packages ?? []) await unpackPackage(join(options.image.beside, `${name}.deb`), tree);
  if (options.folder !== undefined) cpSync(options.folder, tree, { recursive: true, verbatimSymlinks: true });
  for (const [path, file] of Object.entries(options.files ?? {})) placeFile(join(tree, path), file);
  for (const [path, source] of Object.entries(options.programs ?? {})) placeProgram(join(tree, path), source);
  if (options.beforeBoot !== undefined) writeFileSync(join(stage, 'before-boot.sh'), options.beforeBoot);
  // A directory of the tar would give its mode to the guest's own: leave out all but files and links.
  const packed = join(work, 'scenario.tar');
  const names = await mustRun(['find', '.', '!', '-type', 'd', '-printf', '%P\\0'], { cwd: stage });
  await mustRun(
    ['tar', '-c', '-f', packed, '-C', stage, '--owner=0', '--group=0', '--null', '--no-recursion', '-T', '-'],
    { input: `${names}` },
  );
  rmSync(stage, { recursive: true });
  return packed;
}

/** A package may still say /lib where the guest has a link to usr/lib. */
async function unpackPackage(file: string, tree: string): Promise<void> {
  const unpacked = mkdtempSync(`${tree}-`);
  await mustRun(['dpkg-deb', '-x', file, unpacked]);
  for (const name of readdirSync(unpacked)) {
    const merged = ['bin', 'sbin', 'lib', 'lib64'].includes(name) ? join('usr', name) : name;
    cpSync(join(unpacked, name), join(tree, merged), { recursive: true, verbatimSymlinks: true });
  }
  rmSync(unpacked, { recursive: true });
}

function placeFile(path: string, file: GuestFile): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof file !== 'string' && 'link' in file) {
    symlinkSync(file.link, path);
    return;
  }
  writeFileSync(path, typeof file === 'string' ? file : file.text);
  chmodSync(path, typeof file === 'string' ? 0o644 : file.mode);
}
