/** A System that notes reads that failed, so that nothing is decided by what could not be looked at. */
import { isFailure, type Failure, type System } from './system.ts';

export interface Watched {
  /** Answers as the machine does. */
  readonly system: System;
  /** Reads that say nothing of what is there, in their order, each path once. */
  readonly failures: readonly Failure[];
}

/**
 * Failures that are an answer: nothing is there, or nothing of that kind (EINVAL: no link; EISDIR: no file; ELOOP: a link that
 * leads nowhere), a driver has no such attribute (sysfs: EINVAL, EOPNOTSUPP, ENODEV, ENXIO), a process has ended (ESRCH), a
 * snapshot does not hold it (ENODATA). All others are the machine's trouble, whatever is there.
 */
const answers = new Set(
  'ENOENT ENOTDIR EINVAL EISDIR ELOOP EOPNOTSUPP ENODEV ENXIO ESRCH ENODATA ENAMETOOLONG'.split(' '),
);

export function watchingSystem(system: System): Watched {
  const failures = new Map<string, Failure>();
  const note = <Value>(outcome: Value | Failure): Value | Failure => {
    if (isFailure(outcome) && !answers.has(outcome.errno)) failures.set(outcome.path, outcome);
    return outcome;
  };
  return {
    get failures() {
      return [...failures.values()];
    },
    system: {
      ...system,
      list: (path) => note(system.list(path)),
      readlink: (path) => note(system.readlink(path)),
      read: (path) => note(system.read(path)),
      stat: (path) => note(system.stat(path)),
      lstat: (path) => note(system.lstat(path)),
    },
  };
}
