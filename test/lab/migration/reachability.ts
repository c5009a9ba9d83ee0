/** Is the guest reachable from outside? A ping every 50 ms, of which every probe's fate is known, so that any stretch of time can be judged. */
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoLater } from '../cleanup.ts';
import { startCommand } from '../command.ts';
import type { Segment } from '../segment.ts';

export const interval = 0.05;

export interface Probe {
  /** Seconds since 1970 when it was answered; or, never answered, when ping gave it up to send the next. */
  readonly at: number;
  readonly answered: boolean;
}

export interface Reachability {
  readonly sent: number;
  readonly lost: number;
  /** The longest stretch without an answer, in seconds. */
  readonly longestGap: number;
}

export interface Probing {
  /** Has anything sent after this moment been answered? In seconds since 1970. */
  readonly answeredSince: (time: number) => boolean;
  /** Ends it, and gives each probe that was sent, in order. */
  readonly stop: () => Promise<readonly Probe[]>;
}

/** `work`: a folder for ping's output. */
export function startProbes(segment: Segment, address: string, work: string): Probing {
  const file = join(work, `probes-${Date.now()}`);
  const ping = startCommand(
    segment.inside('ping', '-n', '-D', '-O', '-i', String(interval), address),
    openSync(file, 'w'),
  );
  const stop = undoLater(async () => await ping.stop('SIGINT'));
  const soFar = () => readProbes(readFileSync(file, 'utf8'));
  return {
    answeredSince: (time) => soFar().some(({ at, answered }) => answered && at > time),
    stop: async () => {
      await stop();
      return soFar();
    },
  };
}

/**
 * Lines of ping(8) with -D and -O: "[TIME] 64 bytes from …: icmp_seq=N …", "[TIME] no answer yet for icmp_seq=N". An answer that
 * is late counts. While the kernel has no neighbour to send to, ping says the same of the same N every time: each is a
 * probe that is lost.
 */
export function readProbes(text: string): readonly Probe[] {
  const probes: Probe[] = [];
  const places = new Map<string, number>();
  for (const [, time, kind, sequence = ''] of text.matchAll(
    /^\[(\d+\.\d+)\] (\d+ bytes from|no answer yet for|From).*?icmp_seq=(\d+)/gm,
  )) {
    const answered = /^\d/.test(kind ?? '');
    const place = places.get(sequence);
    if (place === undefined) places.set(sequence, probes.push({ at: Number(time), answered }) - 1);
    else if (answered)
      probes[place] = probes[place]?.answered === true ? probes[place] : { at: Number(time), answered };
    else if (kind === 'no answer yet for') probes.push({ at: Number(time), answered });
  }
  return probes.toSorted((one, other) => one.at - other.at);
}

/** What became of the probes of a stretch of time, in seconds since 1970. */
export function judgeProbes(probes: readonly Probe[], from: number, to: number): Reachability {
  const within = probes.filter(({ at }) => at >= from && at <= to);
  let last = from;
  let longestGap = 0;
  for (const { at } of within.filter(({ answered }) => answered)) {
    longestGap = Math.max(longestGap, at - last);
    last = at;
  }
  longestGap = Math.max(longestGap, within.length === 0 ? 0 : to - last);
  return { sent: within.length, lost: within.filter(({ answered }) => !answered).length, longestGap };
}
