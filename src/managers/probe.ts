/** What a manager may ask of a machine to find itself there. src/inventory answers; a manager knows no more of it. */
import type { System } from '../system/system.ts';

/** Undefined: not known. The evidence is what was seen, in either case. */
export interface Answer<Value> {
  readonly value: Value | undefined;
  readonly evidence: string;
}

/** Files alone, so that a mounted image answers like a running guest. What cannot be read is reported, and taken for absent. */
export interface Probe {
  /** The first of these paths at which there is something; null: none. */
  readonly first: (paths: readonly string[]) => string | null;
  /** A file's text; null: there is none. */
  readonly read: (path: string) => string | null;
  /** Where a symbolic link points, as it is written; null: no link. */
  readonly readlink: (path: string) => string | null;
  /** Names in a directory, sorted; empty where there is none. */
  readonly list: (directory: string) => readonly string[];
  /** The files that a daemon reads of its directories, by precedence: a name in an earlier one hides later ones. Sorted by name. */
  readonly files: (directories: readonly string[], wanted: RegExp) => readonly string[];
  /** A YAML file as plain values, whatever is wrong in it; null: there is none. */
  readonly yaml: (path: string) => unknown;
  /** Will a systemd unit run? */
  readonly unit: (name: string) => UnitState;
  /** The upstream version of the first of these packages that is installed, by the package databases. */
  readonly packageVersion: (names: readonly string[]) => Answer<string>;
}

export interface UnitState {
  readonly installed: boolean;
  /** It will be started at boot. */
  readonly enabled: boolean;
  readonly masked: boolean;
  /** The path that says so. */
  readonly evidence: string;
}

/** A running guest. */
export interface Asker {
  readonly system: System;
  /** Is this unit active? */
  readonly isRunning: (unit: string) => boolean;
  /** For a daemon that no service manager started: is there a process of this program? */
  readonly hasProcess: (program: string) => boolean;
}
