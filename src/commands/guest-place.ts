/** One of many guests: where it is, and what is told of it. */
import type { GuestReport } from '../report/fleet.ts';
import type { Linted } from './report-findings.ts';

/** A tree or a snapshot. */
export interface GuestPlace {
  readonly root?: string;
  readonly snapshot?: string;
}

export function nameOf({ root, snapshot }: GuestPlace): string {
  return root ?? snapshot ?? 'this system';
}

/** A guest's report, and what else the last lines say. */
export interface FleetReport extends GuestReport {
  readonly assumed: readonly string[];
  readonly configuration?: NonNullable<Linted['configuration']>;
  /** Of JSON lines. */
  readonly line?: string;
}
