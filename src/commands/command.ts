/** What every command has in common: its shape, its options, how it fails. */
import { Command, CommanderError } from 'commander';
import { printable } from '../report/table.ts';
import { parseSnapshot } from '../snapshot/format.ts';
import { treeSystem } from '../system/rooted.ts';
import { snapshotSystem } from '../system/snapshot.ts';
import { fileLimit, isFailure, type Failure, type System } from '../system/system.ts';

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

export interface ParsedArguments<Options> {
  readonly options: Options;
  readonly operands: readonly string[];
}

/**
 * Parses arguments by a commander definition. Throws CommandDone after `--help`, and CommandError with status 2 where
 * the arguments are wrong.
 */
export function parseArguments<Options>(
  definition: Command,
  args: readonly string[],
  system: System,
): ParsedArguments<Options> {
  definition
    .exitOverride()
    .helpOption('-h, --help', 'print this text')
    .configureHelp({ helpWidth: 100 })
    .configureOutput({ writeOut: (text) => system.out(text), writeErr: () => undefined });
  try {
    definition.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new CommandDone();
    const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
    throw new CommandError(`${message}; see '${definition.name()} --help'`, exitStatus.usage);
  }
  return { options: definition.opts<Options & Record<string, unknown>>() as Options, operands: definition.args };
}

/** A definition with a name, a one-line purpose and the description that `--help` prints below it. */
export function defineCommand(name: string, purpose: string): Command {
  return new Command(`failoverctl ${name}`).description(purpose);
}

export const rootOption = [
  '--root <dir>',
  "work on the tree below DIR: its /sys, /etc, /run and /usr/lib, never the host's",
] as const;

/** The machine, or the tree that `--root` names. */
export function systemAt(system: System, root: string | undefined): System {
  if (root === undefined) return system;
  const status = system.stat(root);
  if (isFailure(status)) throw new CommandError(`--root: ${explainFailure(status)}`);
  if (status.kind !== 'directory') throw new CommandError(`--root: '${root}' is not a directory`);
  const tree = treeSystem(system, root);
  if (isFailure(tree)) throw new CommandError(`--root: ${explainFailure(tree)}`);
  return tree;
}

export const snapshotOption = [
  '--snapshot <file>',
  "look at the guest that FILE holds, as 'failoverctl snapshot' wrote it; '-' is standard input",
] as const;

export interface GuestOptions {
  readonly root?: string;
  readonly snapshot?: string;
}

/** A guest to look at, and whether it is a running one, whose kernel is known. */
export interface OpenedGuest {
  readonly tree: System;
  readonly live: boolean;
}

/** The machine, or what `--root` or `--snapshot` names. */
export function openGuest(system: System, { root, snapshot: file }: GuestOptions): OpenedGuest {
  if (file === undefined) return { tree: systemAt(system, root), live: root === undefined };
  if (root !== undefined) throw new CommandError('--root and --snapshot differ: give one of them', exitStatus.usage);
  const text = file === '-' ? system.stdin() : system.read(file);
  if (isFailure(text)) throw new CommandError(`--snapshot: ${explainFailure(text)}`);
  const snapshot = parseSnapshot(text);
  if (typeof snapshot === 'string') throw new CommandError(`--snapshot: '${file}' is no snapshot: ${snapshot}`);
  const programs = new Map(snapshot.programs.map(({ argv, result }) => [argv.join('\0'), result]));
  const noProgram = snapshot.live ? 'ENOENT' : 'ENOSYS';
  return { tree: snapshotSystem(system, snapshot.nodes, programs, noProgram), live: snapshot.live };
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
