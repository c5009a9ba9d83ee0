/** Sends a guest from host to host and back, and measures what the outside and the DHCP server see of it. */
import { pause, poll } from '../command.ts';
import { linkOf, readLinks } from '../links.ts';
import { watchMastersAddresses } from '../master-addresses.ts';
import { acknowledgedAddresses, ipv4Addresses } from '../state.ts';
import { judgeProbes, startProbes, type Reachability } from './reachability.ts';
import type { Arrival, Move, MovingGuest } from './moving-guest.ts';

/** What the DHCP server logged in a stretch of time. */
export interface DhcpTraffic {
  readonly discovers: number;
  readonly requests: number;
  /** The addresses that it acknowledged, each once. */
  readonly addresses: readonly string[];
}

export interface MeasuredMove {
  readonly arrival: Arrival;
  readonly outside: Reachability;
}

export interface MeasuredMoves {
  readonly moves: readonly MeasuredMove[];
  /** The master's addresses, before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly dhcp: DhcpTraffic;
  /** Times that an IPv4 address was taken from the master, as the guest's own `ip monitor` saw it. */
  readonly removals: number;
}

export function readDhcp(log: string): DhcpTraffic {
  return {
    discovers: log.match(/DHCPDISCOVER\(/g)?.length ?? 0,
    requests: log.match(/DHCPREQUEST\(/g)?.length ?? 0,
    addresses: acknowledgedAddresses(log),
  };
}

/** Watched from outside: probes to the address, what passes through the DHCP server, and what happens to the master's addresses. */
export interface Watch {
  /** Waits until the guest answers. */
  readonly answers: () => Promise<void>;
  readonly end: () => Promise<
    Pick<MeasuredMoves, 'dhcp' | 'removals'> & {
      readonly judge: (from: number, to: number) => Reachability;
    }
  >;
}

export async function watchFromOutside(guest: MovingGuest, address: string): Promise<Watch> {
  const mark = guest.segment.log().length;
  const addresses = await watchMastersAddresses(guest);
  const probing = startProbes(guest.segment, address, guest.startedWith.work);
  return {
    answers: async () => {
      const since = now();
      await poll('the guest can be reached again', 300_000, () => probing.answeredSince(since));
    },
    end: async () => {
      const probes = await probing.stop();
      const removals = (await addresses.end()).length;
      return {
        judge: (from, to) => judgeProbes(probes, from, to),
        dhcp: readDhcp(guest.segment.log().slice(mark)),
        removals,
      };
    },
  };
}

export const now = (): number => Date.now() / 1000;

export interface Journey {
  /** How often to move, each time to the other host. */
  readonly count: number;
  /** What each target is like. */
  readonly move?: Move;
  /** A guest that will not answer; else each move lasts until it does. */
  readonly dark?: boolean;
  /** What the host does once the primary has carrier. */
  readonly onCarrier?: () => Promise<void>;
}

/** Migrates, and waits after each move until the primary has carrier, the guest answers, and two seconds more. */
export async function measureMoves(
  guest: MovingGuest,
  { count, move, dark = false, onCarrier }: Journey,
): Promise<MeasuredMoves> {
  const before = await mastersAddresses(guest);
  const watch = await watchFromOutside(guest, before[0] ?? 'the master has no address');
  await pause(1000);
  const arrivals: { readonly arrival: Arrival; readonly from: number; readonly to: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = now();
    const arrival = await guest.migrate(move);
    await awaitCarrier(guest);
    await onCarrier?.();
    if (!dark) await watch.answers();
    await pause(2000);
    arrivals.push({ arrival, from, to: now() });
  }
  const after = await mastersAddresses(guest);
  const { judge, dhcp, removals } = await watch.end();
  await guest.discardSource();
  const moves = arrivals.map(({ arrival, from, to }) => ({ arrival, outside: judge(from, to) }));
  return { moves, before, after, dhcp, removals };
}

export async function mastersAddresses(guest: MovingGuest): Promise<readonly string[]> {
  return ipv4Addresses(linkOf(await readLinks(guest), 'master'));
}

/** The primary that the host has is enslaved and its link is up. */
export async function awaitCarrier(guest: MovingGuest): Promise<void> {
  await poll(
    'the primary is back and has carrier',
    300_000,
    async () => {
      const links = await readLinks(guest);
      return guest.pairs.every(
        ({ primary }, pair) => primary === null || linkOf(links, 'primary', pair)?.carrier === true,
      );
    },
    500,
  );
}
