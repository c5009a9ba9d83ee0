/** The measured moves in words, for a row of the table. */
import type { DhcpTraffic, MeasuredMoves } from './measure-moves.ts';
import type { Reachability } from './reachability.ts';
import type { StreamResult } from './stream.ts';

export function tellMoves({ moves, before, after, dhcp, removals }: MeasuredMoves): string {
  const lost = moves.map(({ outside }) => outside.lost);
  const lostOfAll = sum(lost) / Math.max(1, sum(moves.map(({ outside }) => outside.sent)));
  return [
    `lost of the 50 ms pings ${range(lost, 0)} a migration (${Math.round(100 * lostOfAll)} %)`,
    `longest gap ${range(
      moves.map(({ outside }) => outside.longestGap),
      1,
    )} s`,
    `CPU stopped ${range(
      moves.map(({ arrival }) => arrival.downtime),
      0,
    )} ms`,
    tellAddress(before, after, removals),
    tellDhcp(dhcp),
  ].join('; ');
}

export function tellReachability({ sent, lost, longestGap }: Reachability): string {
  return `${lost} of ${sent} pings lost, longest gap ${longestGap.toFixed(1)} s`;
}

export function tellAddress(before: readonly string[], after: readonly string[], removals: number): string {
  const kept =
    before.join() === after.join()
      ? `${after.join(', ') || 'none'} before and after`
      : `${before.join(', ') || 'none'}, then ${after.join(', ') || 'none'}`;
  return `master's address ${kept}${removals === 0 ? '' : `, taken away ${removals} times`}`;
}

export function tellDhcp({ discovers, requests, addresses }: DhcpTraffic): string {
  return `DHCP: ${discovers} DISCOVER, ${requests} REQUEST, acknowledged ${addresses.join(', ') || 'nothing'}`;
}

export function tellStream(stream: StreamResult | null): string {
  if (stream === null) return 'TCP: no connection';
  const { fromGuest, toGuest, bytes, longestSilence } = stream;
  return `TCP: one connection, ${fromGuest} lines out (${bytes} bytes) and ${toGuest} in, none missing, longest silence ${longestSilence.toFixed(1)} s`;
}

/** "72 (67–77)": the median, the least and the most. */
function range(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((one, other) => one - other);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map(
    (value) => value?.toFixed(digits) ?? '-',
  );
  return least === most ? `${median}` : `${median} (${least}–${most})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
