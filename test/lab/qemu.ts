/** One QEMU process: how its command line is built, its monitor (QMP), and its end. */
import { createConnection, type Socket } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoLater } from './cleanup.ts';
import { poll, startCommand } from './command.ts';
import type { Image } from './image.ts';

/** A failover pair as QEMU is told of it: the standby on one root port, the primary on another, both with one MAC. */
export interface Pair {
  readonly mac: string;
  /** A NIC model that sits on PCI Express; null: the pair has no primary (yet). */
  readonly primary: string | null;
  /** The root port that the primary is on, if not the pair's own: "rp2". */
  readonly bus?: string;
  /** The MTU that the host offers on the virtio NIC; missing: none. */
  readonly hostMtu?: number;
}

export interface MachineOptions {
  readonly image: Image;
  readonly kind: 'minimal' | 'debian';
  readonly pairs: readonly Pair[];
  /** Root ports beyond two for each pair, empty: for a primary that comes back elsewhere. */
  readonly sparePorts?: number;
  /** The names of the taps, two for each pair: standby, primary. */
  readonly taps: readonly string[];
  /** The tar with the scenario's files; a Debian guest only. */
  readonly scenario: string | null;
  /** Where sockets and the console's log go. */
  readonly work: string;
  readonly accelerator: string;
  readonly inside: (...argv: string[]) => readonly string[];
  readonly incoming?: string;
  readonly kernelArguments?: readonly string[];
  /** Further options of QEMU's command line. */
  readonly extraArguments?: readonly string[];
  /** Another QEMU than this machine's own: the program, and what it takes to run it. */
  readonly emulator?: readonly string[];
}

export interface Machine {
  readonly agentSocket: string;
  readonly console: () => string;
  readonly qmp: (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  readonly events: () => readonly QmpEvent[];
  readonly ended: () => boolean;
  readonly stop: () => Promise<void>;
}

export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A pair's virtio NIC: master and standby of the guest. */
export function standbyDevice(pair: Pair, index: number): Readonly<Record<string, string | boolean | number>> {
  return {
    driver: 'virtio-net-pci',
    id: `net${index}`,
    bus: `rp${2 * index}`,
    netdev: `u${2 * index}`,
    mac: pair.mac,
    romfile: '',
    failover: true,
    ...(pair.hostMtu === undefined ? {} : { host_mtu: pair.hostMtu }),
  };
}

export function primaryDevice(
  pair: Pair,
  index: number,
  bus = pair.bus ?? `rp${2 * index + 1}`,
): Readonly<Record<string, string>> {
  return {
    driver: pair.primary ?? '',
    id: `vf${index}`,
    bus,
    netdev: `u${2 * index + 1}`,
    mac: pair.mac,
    romfile: '',
    failover_pair_id: `net${index}`,
  };
}

/**
 * 192 and 640 MiB, and 8 KiB, so that it is no multiple of 256 KiB. Where it is, QEMU before 9.0 takes the dirty bits of all memory
 * at once and does not tell TCG's TLB (cpu_physical_memory_sync_dirty_bitmap(); mended by 03bfc2188f06): what the guest
 * then writes may not be sent, and it finds its memory corrupted on the other host. A Debian guest's kernel panicked at its
 * 28th move, a list of its memory allocator corrupted. 178 moves of a minimal guest with 192 MiB, made to show it, did not.
 */
const memory = { minimal: '196616K', debian: '655368K' };

/** Every entry is one argument, or an option with its value. */
function commandLine(
  options: MachineOptions,
  sockets: Readonly<Record<'agent' | 'qmp' | 'console', string>>,
): string[] {
  const { image, kind, pairs } = options;
  const kernelArguments = [
    'console=ttyS0 loglevel=3 panic=-1 random.trust_cpu=on mitigations=off tsc=reliable',
    'systemd.show_status=0 systemd.getty_auto=0 systemd.machine_id=5f6c0de5f6c0de5f6c0de5f6c0de0001',
    `systemd.log_target=journal lab.guest=${kind}`,
    // Where the emulator has to wait for a CPU, the kernel measures the TSC wrong: a guest's clock has run seven times too fast.
    ...(options.accelerator === 'tcg' ? ['clocksource=hpet'] : []),
    ...(options.kernelArguments ?? []),
  ];
  const disks = [
    ['-drive', `if=none,id=root,format=raw,readonly=on,file.locking=off,file=${image.root}`],
    ['-device', 'virtio-blk-pci,drive=root,addr=0x8'],
    ['-drive', `if=none,id=scenario,format=raw,readonly=on,file=${options.scenario}`],
    ['-device', 'virtio-blk-pci,drive=scenario,addr=0x9'],
  ];
  return [
    [
      ...(options.emulator ?? ['qemu-system-x86_64']),
      '-machine',
      `q35,accel=${options.accelerator}`,
      '-cpu',
      'max',
      '-smp',
      '1',
    ],
    ['-m', memory[kind], '-nodefaults', '-no-user-config', '-display', 'none'],
    ['-kernel', image.kernel, '-initrd', image.initramfs, '-append', kernelArguments.join(' ')],
    ['-serial', `file:${sockets.console}`, '-qmp', `unix:${sockets.qmp},server=on,wait=off`],
    ['-chardev', `socket,id=agent,path=${sockets.agent},server=on,wait=off`],
    ['-device', 'virtio-serial-pci,addr=0xa', '-device', 'virtserialport,chardev=agent,name=lab.agent'],
    ...(options.scenario === null ? [] : disks),
    ...Array.from({ length: 2 * pairs.length + (options.sparePorts ?? 0) }, (_, port) => rootPort(port)),
    ...pairs.map((pair, index) => pairArguments(pair, index, options.taps)),
    options.incoming === undefined ? [] : ['-incoming', options.incoming],
    options.extraArguments ?? [],
  ].flat();
}

function rootPort(port: number): readonly string[] {
  return ['-device', `pcie-root-port,id=rp${port},chassis=${port + 1},addr=0x${2 + port}`];
}

function pairArguments(pair: Pair, index: number, taps: readonly string[]): readonly string[] {
  const [standby, primary] = [2 * index, 2 * index + 1];
  const tap = (port: number) => `tap,id=u${port},ifname=${taps[port]},script=no,downscript=no`;
  return [
    ['-netdev', tap(standby), '-netdev', tap(primary), '-device', JSON.stringify(standbyDevice(pair, index))],
    // JSON, since from key=value syntax QEMU 7.2 keeps the options, and a later device_add answers "Duplicate ID".
    pair.primary === null ? [] : ['-device', JSON.stringify(primaryDevice(pair, index))],
  ].flat();
}

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { work } = options;
  const agentSocket = join(work, 'agent.sock');
  const qmpSocket = join(work, 'qmp.sock');
  const consoleFile = join(work, 'console.log');
  const sockets = { agent: agentSocket, qmp: qmpSocket, console: consoleFile };
  const qemu = startCommand(options.inside(...commandLine(options, sockets)));
  const stop = undoLater(async () => await qemu.stop('SIGKILL'));
  const console = () => (existsSync(consoleFile) ? readFileSync(consoleFile, 'utf8') : '');
  const monitor = await poll('QEMU opens its monitor', 120_000, async () => {
    if (qemu.ended()) throw new Error(`qemu-system-x86_64: ${qemu.complaints().trim()}`);
    return existsSync(qmpSocket) && (await connectMonitor(qmpSocket));
  });
  return {
    agentSocket,
    console,
    qmp: async (command, args) => {
      if (qemu.ended()) throw new Error(`QEMU has ended: ${qemu.complaints().trim()}`);
      return await monitor.execute(command, args);
    },
    events: () => monitor.events,
    ended: qemu.ended,
    stop: async () => {
      monitor.close();
      await stop();
    },
  };
}

interface Monitor {
  readonly execute: (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  readonly events: readonly QmpEvent[];
  readonly close: () => void;
}

async function connectMonitor(path: string): Promise<Monitor | null> {
  const socket = await connectSocket(path);
  if (socket === null) return null;
  const events: QmpEvent[] = [];
  const waiting: ((answer: { readonly return?: unknown; readonly error?: { readonly desc: string } }) => void)[] = [];
  onLines(socket, (line) => {
    const message = JSON.parse(line);
    if ('event' in message) events.push(message);
    else if (!('QMP' in message)) waiting.shift()?.(message);
  });
  const execute = async (command: string, args?: Readonly<Record<string, unknown>>) =>
    await new Promise((resolve, reject) => {
      waiting.push((answer) =>
        answer.error === undefined ? resolve(answer.return) : reject(new Error(`QMP ${command}: ${answer.error.desc}`)),
      );
      socket.write(`${JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) })}\n`);
    });
  await execute('qmp_capabilities');
  return { execute, events, close: () => void socket.destroy() };
}

/** A UNIX socket's connection, or null while nobody listens yet. */
export async function connectSocket(path: string): Promise<Socket | null> {
  const socket = createConnection(path);
  return await new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}

export function onLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (data: string) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  });
  socket.on('error', () => undefined); // the other side ended; whoever waits has a time-out
}
