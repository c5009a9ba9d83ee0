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
}

export interface MachineOptions {
  readonly image: Image;
  readonly kind: 'minimal' | 'debian';
  readonly pairs: readonly Pair[];
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

export function primaryDevice(pair: Pair, index: number, bus = `rp${2 * index + 1}`): Readonly<Record<string, string>> {
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

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { image, kind, work, pairs } = options;
  const agentSocket = join(work, 'agent.sock');
  const qmpSocket = join(work, 'qmp.sock');
  const consoleFile = join(work, 'console.log');
  const kernelArguments = [
    ...['console=ttyS0', 'loglevel=3', 'panic=-1', 'random.trust_cpu=on', 'mitigations=off', 'tsc=reliable'],
    ...[
      'systemd.show_status=0',
      'systemd.getty_auto=0',
      'systemd.machine_id=5f6c0de5f6c0de5f6c0de5f6c0de0001',
      'systemd.log_target=journal',
      'udev.log_level=info',
    ],
    ...[`lab.guest=${kind}`, ...(options.kernelArguments ?? [])],
  ];
  const disks =
    options.scenario === null
      ? []
      : [
          ...['-drive', `if=none,id=root,format=raw,readonly=on,file.locking=off,file=${image.root}`],
          ...['-device', 'virtio-blk-pci,drive=root,addr=0x8'],
          ...['-drive', `if=none,id=scenario,format=raw,readonly=on,file=${options.scenario}`],
          ...['-device', 'virtio-blk-pci,drive=scenario,addr=0x9'],
        ];
  const networks = pairs.flatMap((pair, index) => [
    ...['-device', `pcie-root-port,id=rp${2 * index},chassis=${2 * index + 1},addr=0x${2 + 2 * index}`],
    ...['-device', `pcie-root-port,id=rp${2 * index + 1},chassis=${2 * index + 2},addr=0x${3 + 2 * index}`],
    ...[0, 1].flatMap((half) => [
      '-netdev',
      `tap,id=u${2 * index + half},ifname=${options.taps[2 * index + half]},script=no,downscript=no`,
    ]),
    ...[
      '-device',
      `virtio-net-pci,id=net${index},bus=rp${2 * index},netdev=u${2 * index},mac=${pair.mac},failover=on,romfile=`,
    ],
    // JSON, since from key=value syntax QEMU 7.2 keeps the options, and a later device_add answers "Duplicate ID".
    ...(pair.primary === null ? [] : ['-device', JSON.stringify(primaryDevice(pair, index))]),
  ]);
  const qemu = startCommand(
    options.inside(
      ...['qemu-system-x86_64', '-machine', `q35,accel=${options.accelerator}`, '-cpu', 'max', '-smp', '1'],
      ...['-m', kind === 'minimal' ? '192' : '640', '-nodefaults', '-no-user-config', '-display', 'none'],
      ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', kernelArguments.join(' ')],
      ...['-serial', `file:${consoleFile}`, '-qmp', `unix:${qmpSocket},server=on,wait=off`],
      ...['-chardev', `socket,id=agent,path=${agentSocket},server=on,wait=off`],
      ...['-device', 'virtio-serial-pci,addr=0xa', '-device', 'virtserialport,chardev=agent,name=lab.agent'],
      ...disks,
      ...networks,
      ...(options.incoming === undefined ? [] : ['-incoming', options.incoming]),
    ),
  );
  const stop = undoLater(async () => await qemu.stop('SIGKILL'));
  const console = () => (existsSync(consoleFile) ? readFileSync(consoleFile, 'utf8') : '');
  const monitor = await poll('QEMU opens its monitor', 20_000, async () => {
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
