/**
 * `lint --resume FILE`: a line for each guest that was judged, so that a run that was killed goes on. The first line says what was
 * asked; where that differs, all are judged again. A guest is told to be unchanged by its file's inode, size and time of change.
 */
import { addGuest, newFleet, wantsFrame } from '../report/fleet.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import type { FleetReport, GuestPlace } from './guest-place.ts';

interface FleetState {
  /** Null: it is to be judged. */
  readonly reportOf: (guest: GuestPlace) => FleetReport | null;
  readonly keep: (guest: GuestPlace, report: FleetReport) => void;
}

/** What a line holds. */
interface Kept {
  readonly input: string;
  readonly report: FleetReport;
}

const mark = '{"failoverctl lint":';

export function openState(file: string, asked: string, guests: readonly GuestPlace[], system: System): FleetState {
  const head = `${mark}${JSON.stringify(asked)}}`;
  const text = system.read(file);
  if (isFailure(text) && text.errno !== 'ENOENT') fail(text);
  const [first = '', ...lines] = isFailure(text) ? [] : text.split('\n');
  if (first !== '' && !first.startsWith(mark))
    throw new CommandError(
      `--resume: '${file}' is not what a run has left: expected a new file's name`,
      exitStatus.usage,
    );
  const inputs = new Map(guests.map((guest) => [guest, describeInput(guest, system)]));
  const kept = first === head ? keepUseful(lines, inputs) : new Map<GuestPlace, string>();
  // written anew: what is no longer true is left out, and a line that the end came into
  const fresh = `${file}.new`;
  system.remove(fresh);
  const failure = system.create(fresh, [head, ...kept.values(), ''].join('\n'), 0o600) ?? system.rename(fresh, file);
  if (failure !== null) fail(failure);
  return {
    reportOf: (guest) => {
      const line = kept.get(guest);
      return line === undefined ? null : (JSON.parse(line) as Kept).report;
    },
    keep: (guest, report) => {
      const input = inputs.get(guest) ?? null;
      const failed = input === null ? null : system.append(file, `${JSON.stringify({ input, report })}\n`);
      if (failed !== null) fail(failed);
    },
  };
}

function fail(failure: Failure): never {
  throw new CommandError(`--resume: ${explainFailure(failure)}`);
}

/** Null: nobody can tell whether it has changed. */
function describeInput({ snapshot = '' }: GuestPlace, system: System): string | null {
  const status = system.stat(snapshot);
  return isFailure(status) ? null : [status.id, status.size, status.changed, snapshot].join(' ');
}

/** The lines of guests that are as they were. A cause's frame is with the first guest that has it: without it a line is of no use. */
function keepUseful(
  lines: readonly string[],
  inputs: ReadonlyMap<GuestPlace, string | null>,
): ReadonlyMap<GuestPlace, string> {
  const byInput = new Map<string, string>();
  for (const line of lines) {
    const input = /^\{"input":("(?:[^"\\]|\\.)*"),.*\}\}$/.exec(line)?.[1];
    if (input !== undefined) byInput.set(JSON.parse(input) as string, line);
  }
  const kept = new Map<GuestPlace, string>();
  const fleet = newFleet();
  for (const [guest, input] of inputs) {
    const line = byInput.get(input ?? '');
    if (line === undefined) continue;
    const { report } = JSON.parse(line) as Kept;
    if (report.causes.some(({ key, shown }) => shown === undefined && wantsFrame(fleet, key))) continue;
    addGuest(fleet, report);
    kept.set(guest, line);
  }
  return kept;
}
