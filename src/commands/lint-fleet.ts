/** `lint` over many guests: each its own, judged one after the other, kept no longer than its report takes. */
import { addGuest, addTroubles, newFleet, renderFleet, summariseFleet } from '../report/fleet.ts';
import { createPaint } from '../report/frame.ts';
import { describeConfiguration } from '../lint/coverage.ts';
import { joinLeftOut } from '../lint/configured-findings.ts';
import { printable } from '../report/table.ts';
import { renderJsonLine } from '../report/json.ts';
import { withRoot } from '../report/checkout-paths.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest, type OpenedGuest } from './guest.ts';
import { nameGuest } from './lint-any-version.ts';
import { joinLinted } from './lint-look.ts';
import { whyUnfinished, type Linted, type Reporting } from './report-findings.ts';

/** A tree or a snapshot. */
export interface GuestPlace {
  readonly root?: string;
  readonly snapshot?: string;
}

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

/** One report of all. A guest that cannot be read is told and counted, and the others are judged. */
export async function lintFleet(
  guests: readonly GuestPlace[],
  look: LookAt,
  reporting: Reporting,
  system: System,
): Promise<number> {
  const fleet = newFleet();
  const paint = createPaint(reporting.colour);
  let fails = false;
  let configuration: Linted['configuration'];
  const assumed = new Set<string>();
  const tick = progress(guests.length, system);
  for (const [at, guest] of guests.entries()) {
    const name = nameOf(guest);
    const { linted, troubles } = await lookSafely(guest, look, system);
    tick(at + 1);
    const findings = linted?.findings ?? [];
    addTroubles(fleet, name, troubles);
    addGuest(fleet, name, { findings, isWhole: troubles.length === 0 }, paint);
    if (reporting.format === 'jsonl') system.out(renderJsonLine(name, findings, troubles, linted?.coverage));
    fails ||= findings.some(({ severity }) => reporting.failing.includes(severity));
    if (linted === null) continue;
    for (const one of linted.coverage?.assumed ?? []) assumed.add(one);
    if (linted.configuration !== undefined)
      configuration = {
        file: linted.configuration.file,
        leftOut: joinLeftOut([...(configuration?.leftOut ?? []), ...linted.configuration.leftOut]),
      };
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
  return fails ? exitStatus.findings : exitStatus.clean;
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

export function nameOf({ root, snapshot }: GuestPlace): string {
  return root ?? snapshot ?? 'this system';
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
