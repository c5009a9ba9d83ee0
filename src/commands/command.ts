/** What every command has in common: its shape, its exit status, how it fails. Loads nothing that a command can do without. */
import { printable } from '../report/table.ts';
import { fileLimit, type Failure, type System } from '../system/system.ts';

/** A subcommand: a function of its arguments and the machine. The result is the exit status. */
export type RunCommand = (args: readonly string[], system: System) => number | Promise<number>;

/** 0 clean · 1 findings, or unhealthy · 2 the command line is wrong · 3 unreadable input, or a failure of our own. */
export const exitStatus = { clean: 0, findings: 1, usage: 2, failure: 3 } as const;

/** Ends a command with a message for its user, who can do something about it. Anything else that is thrown is our bug. */
export class CommandError extends Error {
  readonly status: number;
  constructor(message: string, status: number = exitStatus.failure) {
    super(message);
    this.status = status;
  }
}

/** The command line has been answered already (`--help`). */
export class CommandDone extends Error {
  readonly status: number = exitStatus.clean;
}

const plainWords: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'something is there already',
  ELOOP: 'too many symbolic links',
  EIO: 'input/output error',
  EFTYPE: 'it is not a regular file',
  EFBIG: `it is larger than ${fileLimit / 1024 / 1024} MiB, the most that is read`,
  ENOMEM: 'out of memory',
  EMFILE: 'too many open files',
  ENODATA: 'it is not in the snapshot',
};

/** "'PATH': no such file or directory (ENOENT)". */
export function explainFailure({ errno, path }: Failure): string {
  const words = plainWords[errno];
  return words === undefined ? `'${printable(path)}': ${errno}` : `'${printable(path)}': ${words} (${errno})`;
}
