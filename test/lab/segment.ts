/**
 * One L2 segment on the host, in a network namespace of its own: a bridge, a tap for each NIC of a guest, and a DHCP server
 * that hands out by client id, as servers in the field do (QEMU's user-mode network keys on the MAC and hides the bug).
 */
import { createReadStream, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { undoLater } from './cleanup.ts';
import { mustRun, poll, runCommand, startCommand, type Background } from './command.ts';

const prefix = 'failoverctl-lab';
export const hostAddress = '10.66.0.1';
/** For a guest that has one of its own: the DHCP server does not give it out. */
export const staticAddress = '10.66.0.20';

export interface Segment {
  readonly namespace: string;
  readonly tap: (index: number) => string;
  /** A command line that runs inside the segment's namespace. */
  readonly inside: (...argv: string[]) => readonly string[];
  readonly leases: () => readonly Lease[];
  /** The DHCP server's log. */
  readonly log: () => string;
  readonly ping: (address: string, seconds: number) => Promise<PingResult>;
  /** Pings in the background until stopped; the result counts all that was sent. */
  readonly startPing: (address: string) => Promise<() => Promise<PingResult>>;
  /** tcpdump's own lines of what passes a tap, until stopped. */
  readonly startCapture: (tap: number, filter: string) => Promise<() => Promise<readonly string[]>>;
  /** The bytes of tcpdump's file (pcap) of what comes from the guest by a tap, until stopped. */
  readonly startPacketCapture: (tap: number, filter: string) => Promise<() => Promise<Uint8Array>>;
  readonly remove: () => Promise<void>;
}

export interface Lease {
  readonly mac: string;
  readonly address: string;
  readonly clientId: string;
}

export interface PingResult {
  readonly sent: number;
  readonly lost: number;
  /** The longest time in seconds without an answer, from the answers' own time stamps. */
  readonly longestGap: number;
}

let made = 0;

/** Removes what labs left behind that were killed: namespaces carry the process id of their lab. */
export async function sweepSegments(): Promise<void> {
  for (const line of (await mustRun(['ip', 'netns', 'list'])).split('\n')) {
    const [, name, pid] = new RegExp(`^(${prefix}-(\\d+)-\\d+)\\b`).exec(line) ?? [];
    if (name !== undefined && !existsSync(`/proc/${pid}`)) await runCommand(['ip', 'netns', 'delete', name]);
  }
}

/**
 * `taps`: how many guest NICs; `work`: where lease file and logs go; `dhcpv6`: routers say that addresses are to be had by it,
 * which is what makes networkd ask.
 */
export async function makeSegment(taps: number, work: string, { dhcpv6 = false } = {}): Promise<Segment> {
  const namespace = `${prefix}-${process.pid}-${(made += 1)}`;
  const inside = (...argv: string[]) => ['ip', 'netns', 'exec', namespace, ...argv];
  const background: Background[] = [];
  await mustRun(['ip', 'netns', 'add', namespace]);
  const remove = undoLater(async () => {
    await Promise.all(background.map((one) => one.stop('SIGKILL')));
    await mustRun(['ip', 'netns', 'delete', namespace]);
  });
  const tap = (index: number) => `tap${index}`;
  const steps = [
    'link set lo up',
    'link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    `address add ${hostAddress}/24 dev br0`,
    'address add fd66::1/64 dev br0 nodad',
    'link set br0 up',
    ...Array.from({ length: taps }, (_, index) => [
      `tuntap add ${tap(index)} mode tap`,
      `link set ${tap(index)} master br0 up`,
    ]).flat(),
  ];
  await mustRun(['ip', '-n', namespace, '-batch', '-'], { input: `${steps.join('\n')}\n` });

  const leaseFile = join(work, 'leases');
  const logFile = join(work, 'dnsmasq.log');
  const server = startCommand(
    inside(
      ...[
        ['dnsmasq', '--keep-in-foreground', '--user=root', '--conf-file=/dev/null', '--port=0', '--pid-file='],
        ['--interface=br0', '--bind-interfaces', '--no-ping', '--dhcp-authoritative', '--log-dhcp'],
        [
          '--dhcp-range=10.66.0.50,10.66.0.250,255.255.255.0,1h',
          '--enable-ra',
          dhcpv6 ? '--dhcp-range=fd66::1000,fd66::1fff,64,1h' : '--dhcp-range=fd66::,ra-only',
        ],
        [`--dhcp-leasefile=${leaseFile}`, `--log-facility=${logFile}`],
      ].flat(),
    ),
  );
  background.push(server);
  await poll('dnsmasq serves', 60_000, () => {
    if (server.ended()) throw new Error(`dnsmasq: ${server.complaints().trim()}`);
    return existsSync(logFile) && readFileSync(logFile, 'utf8').includes('started');
  });

  const startTcpdump = async (options: readonly string[], output: 'ignore' | number = 'ignore') => {
    const one = startCommand(inside('tcpdump', ...options), output);
    background.push(one);
    await poll('tcpdump listens', 60_000, () => {
      if (one.ended()) throw new Error(`tcpdump: ${one.complaints().trim()}`);
      return one.complaints().includes('listening on');
    });
    return async () => await one.stop('SIGINT');
  };
  const startPing = async (address: string) => {
    const file = join(work, `ping-${readdirSync(work).length}`);
    const one = startCommand(inside('ping', '-n', '-D', '-i', '0.05', address), openSync(file, 'w'));
    background.push(one);
    return async () => {
      await one.stop('SIGINT');
      return await readPing(file);
    };
  };
  return {
    namespace,
    tap,
    inside,
    leases: () => (existsSync(leaseFile) ? readLeases(readFileSync(leaseFile, 'utf8')) : []),
    log: () => readFileSync(logFile, 'utf8'),
    ping: async (address, seconds) => {
      const { stdout } = await runCommand(
        inside('ping', '-n', '-q', '-i', '0.05', '-W', '2', '-c', String(seconds * 20), address),
        { timeoutMs: (seconds * 3 + 120) * 1000 },
      );
      const [, sent = '0', received = '0'] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
      return { sent: Number(sent), lost: Number(sent) - Number(received), longestGap: 0 };
    },
    startPing,
    startCapture: async (index, filter) => {
      const file = join(work, `capture-${readdirSync(work).length}`);
      const stop = await startTcpdump(['-n', '-e', '-l', '-v', '-i', tap(index), filter], openSync(file, 'w'));
      return async () => {
        await stop();
        return readFileSync(file, 'utf8').split('\n').filter(Boolean);
      };
    },
    startPacketCapture: async (index, filter) => {
      const file = join(work, `packets-${readdirSync(work).length}`);
      // What comes from the guest comes in by its tap. -Z: tcpdump run by root would write as a user who may not.
      const stop = await startTcpdump(['-U', '-Z', 'root', '-Q', 'in', '-w', file, '-i', tap(index), filter]);
      return async () => {
        await stop();
        return readFileSync(file);
      };
    },
    remove,
  };
}

/** dnsmasq's lease file: expiry, MAC, address, name, client id; IPv6 leases follow a line that starts with `duid`. */
function readLeases(text: string): readonly Lease[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([expiry, , address]) => /^\d+$/.test(expiry ?? '') && address?.includes('.'))
    .map(([, mac = '', address = '', , clientId = '']) => ({ mac, address, clientId }));
}

async function readPing(file: string): Promise<PingResult> {
  let answered = 0;
  let sent = 0;
  let last: number | null = null;
  let longestGap = 0;
  for await (const line of createInterface(createReadStream(file))) {
    // one that came twice is said to be a duplicate
    const [, stamp] = /^\[(\d+\.\d+)\] \d+ bytes from(?!.*\(DUP!\))/.exec(line) ?? [];
    if (stamp !== undefined) {
      answered += 1;
      if (last !== null) longestGap = Math.max(longestGap, Number(stamp) - last);
      last = Number(stamp);
    }
    sent = Number(/^(\d+) packets transmitted/.exec(line)?.[1] ?? sent);
  }
  return { sent, lost: sent - answered, longestGap };
}
