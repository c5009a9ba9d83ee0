/** Many guests on all cores: the same program on a part of them each, which prints a report a line. */
import { isFailure, type System } from '../system/system.ts';
import { CommandError } from './command.ts';
import { nameOf, type FleetReport, type GuestPlace } from './guest-place.ts';
import type { Reporting } from './report-findings.ts';

/** More would wait for the disk. */
const mostWorkers = 64;
/** Below so many guests a worker costs more than it spares: it parses for itself what guests have in common. */
const leastOfWorker = 8;

/** `jobs`: as many as that. */
export function countWorkers(guests: readonly GuestPlace[], jobs: number | undefined, system: System): number {
  // standard input cannot be handed on
  if (guests.some(({ snapshot }) => snapshot === '-')) return 1;
  const wanted = jobs ?? Math.min(countCores(system), Math.floor(guests.length / leastOfWorker));
  return Math.max(1, Math.min(wanted, mostWorkers));
}

/** Those that this process may run on; proc_pid_status(5). */
function countCores(system: System): number {
  const status = system.read('/proc/self/status');
  const list = isFailure(status) ? undefined : /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  const ranges = (list ?? '0').split(',').map((range) => range.split('-').map(Number));
  return ranges.reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0);
}

/** Calls `take` for each guest that a worker has judged. One that fails leaves guests out. */
export async function runWorkers(
  guests: readonly GuestPlace[],
  count: number,
  args: readonly string[],
  { colour }: Reporting,
  take: (guest: GuestPlace, report: FleetReport) => void,
  system: System,
): Promise<void> {
  const shares = Array.from({ length: count }, (_, own) => guests.filter((_guest, at) => at % count === own));
  const common = [system.programPath(), 'lint', ...args, '--worker', `--color=${colour ? 'always' : 'never'}`];
  const next = shares.map((share) => share.values());
  const results = await system.followAll(
    shares.map((share) => common.concat(share.map(asOption))),
    (line, which) => {
      const guest = next[which]?.next().value;
      if (guest !== undefined) take(guest, JSON.parse(line) as FleetReport);
      return true;
    },
  );
  const stopped = results.some((one) => !isFailure(one) && (one.signal === 'SIGTERM' || one.signal === 'SIGINT'));
  if (stopped) throw new CommandError('interrupted; with --resume FILE a run can be begun again');
}

function asOption(guest: GuestPlace): string {
  return `${guest.root === undefined ? '--snapshot' : '--root'}=${nameOf(guest)}`;
}
