/** `lint` over many guests: each its own, judged one after the other, kept no longer than its report takes. */
import { addGuest, newFleet, renderFleet, reportGuest, summariseFleet, type Fleet } from '../report/fleet.ts';
import { createPaint } from '../report/frame.ts';
import { describeConfiguration } from '../lint/coverage.ts';
import { joinLeftOut } from '../lint/configured-findings.ts';
import { printable } from '../report/table.ts';
import { renderJsonLine } from '../report/json.ts';
import { withRoot } from '../report/checkout-paths.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openState } from './fleet-state.ts';
import { countWorkers, runWorkers } from './fleet-workers.ts';
import { openGuest, type OpenedGuest } from './guest.ts';
import { nameOf, type FleetReport, type GuestPlace } from './guest-place.ts';
import { nameGuest } from './lint-any-version.ts';
import { joinLinted } from './lint-look.ts';
import { whyUnfinished, type Linted, type Reporting } from './report-findings.ts';

export type LookAt = (guest: OpenedGuest & GuestPlace) => Promise<Linted>;

/** How long a run is silent, and how often it says how far it is, in milliseconds. */
const patience = 2000;

/** A folder stands for the snapshots in it. Throws where it cannot be read, or holds none. */
export function expandSnapshots(paths: readonly string[], system: System): readonly string[] {
  return paths.flatMap((path) => {
    const status = path === '-' ? null : system.stat(path);
    if (status === null || isFailure(status) || status.kind !== 'directory') return [path];
    const names = system.list(path);
    if (isFailure(names)) throw new CommandError(`--snapshot: ${explainFailure(names)}`);
    const files = [...names].filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
    if (files.length > 0) return files.map((name) => `${path.replace(/\/+$/, '')}/${name}`);
    throw new CommandError(`--snapshot: '${path}' holds no snapshot: expected files that end in .json`);
  });
}

/** What else is asked of a run over many guests. */
export interface FleetRun {
  /** The command line, of which workers are given all but the guests. */
  readonly args: readonly string[];
  /** How many processes; undefined: one a core, where there are guests enough. */
  readonly jobs: number | undefined;
  /** Where the state is kept of a run that may be killed, and what was asked of it. */
  readonly resume: { readonly file: string; readonly asked: string } | null;
}

/** One report of all. A guest that cannot be read is told and counted, and the others are judged. */
export async function lintFleet(
  guests: readonly GuestPlace[],
  look: LookAt,
  reporting: Reporting,
  { args, jobs, resume }: FleetRun,
  system: System,
): Promise<number> {
  const fleet = newFleet();
  const paint = createPaint(reporting.colour);
  let configuration: Linted['configuration'];
  const assumed = new Set<string>();
  const state = resume === null ? null : openState(resume.file, resume.asked, guests, system);
  const merge = (report: FleetReport): void => {
    addGuest(fleet, report);
    if (report.line !== undefined) system.out(report.line);
    for (const one of report.assumed) assumed.add(one);
    if (report.configuration !== undefined)
      configuration = {
        file: report.configuration.file,
        leftOut: joinLeftOut([...(configuration?.leftOut ?? []), ...report.configuration.leftOut]),
      };
  };
  const workers = countWorkers(guests, jobs, system);
  const tick = progress(guests.length, system);
  for (const round of divide(guests, workers * mostOfRound)) {
    const done = new Map(round.map((guest) => [guest, state?.reportOf(guest) ?? null]));
    let next = 0;
    /** In the order of the guests, whoever is done first. */
    const mergeNext = (): void => {
      for (let at = round[next]; at !== undefined; at = round[next]) {
        const report = done.get(at) ?? null;
        if (report === null) return;
        done.delete(at);
        next += 1;
        merge(report);
        tick(fleet.guests);
      }
    };
    const take = (guest: GuestPlace, report: FleetReport): void => {
      state?.keep(guest, report);
      done.set(guest, report);
      mergeNext();
    };
    mergeNext();
    const missing = round.filter((guest) => done.get(guest) === null);
    if (workers > 1 && missing.length > 1) await runWorkers(missing, workers, args, reporting, take, system);
    for (const guest of missing)
      if (done.get(guest) === null) take(guest, await reportOn(guest, look, fleet, reporting, system));
  }
  if (reporting.format === 'jsonl') system.out(`${JSON.stringify(summariseFleet(fleet))}\n`);
  else system.out(renderFleet(fleet, paint));
  const closing = [
    ...(assumed.size === 0 ? [] : [`assumed: ${[...assumed].slice(0, 4).join(', ')}`]),
    ...(configuration === undefined ? [] : describeConfiguration(configuration)),
  ];
  if (closing.length > 0 && !reporting.quiet)
    (reporting.format === 'jsonl' ? system.err : system.out)(`${printable(closing.join('; '))}\n`);
  if (fleet.failed > 0) return exitStatus.failure;
  return reporting.failing.some((severity) => fleet.worst[severity] > 0) ? exitStatus.findings : exitStatus.clean;
}

/** Guests of one worker: it ends then, and what it has parsed is forgotten. */
const mostOfRound = 256;

function divide<One>(all: readonly One[], size: number): readonly (readonly One[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** What a worker does: a line for each guest. */
export async function reportFleet(
  guests: readonly GuestPlace[],
  look: LookAt,
  reporting: Reporting,
  system: System,
): Promise<number> {
  const fleet = newFleet();
  for (const guest of guests) {
    const report = await reportOn(guest, look, fleet, reporting, system);
    addGuest(fleet, report);
    system.out(`${JSON.stringify(report)}\n`);
  }
  return exitStatus.clean;
}

async function reportOn(
  guest: GuestPlace,
  look: LookAt,
  fleet: Fleet,
  { colour, format }: Reporting,
  system: System,
): Promise<FleetReport> {
  const name = nameOf(guest);
  const { linted, troubles } = await lookSafely(guest, look, system);
  const findings = linted?.findings ?? [];
  const { coverage, configuration } = linted ?? {};
  return {
    ...reportGuest(fleet, name, { findings, troubles }, createPaint(colour)),
    assumed: coverage?.assumed ?? [],
    ...(configuration === undefined ? {} : { configuration }),
    ...(format === 'jsonl' ? { line: renderJsonLine(name, findings, troubles, coverage) } : {}),
  };
}

async function lookSafely(
  guest: GuestPlace,
  look: LookAt,
  system: System,
): Promise<{ readonly linted: Linted | null; readonly troubles: readonly string[] }> {
  try {
    const linted = await look({ ...openGuest(system, guest), ...guest });
    return { linted, troubles: whyUnfinished(linted) };
  } catch (error) {
    if (error instanceof CommandError) return { linted: null, troubles: [error.message] };
    throw error;
  }
}

/** All findings at once, for formats that are one document. */
export async function collectFleet(guests: readonly GuestPlace[], look: LookAt, system: System): Promise<Linted> {
  const parts: Linted[] = [];
  for (const guest of guests) {
    const linted = await look({ ...openGuest(system, guest), ...guest });
    const { root } = guest;
    const there = root === undefined ? linted.findings : withRoot(linted.findings, root);
    parts.push({ ...linted, findings: nameGuest(there, nameOf(guest)) });
  }
  return joinLinted(parts);
}

/** On a terminal, once a run is long. */
function progress(count: number, system: System): (done: number) => void {
  if (!system.isTerminal('stderr')) return () => undefined;
  let last = system.now();
  return (done) => {
    const now = system.now();
    if (now - last < patience || done === count) return;
    last = now;
    system.err(`failoverctl lint: ${done} of ${count} guests\n`);
  };
}
