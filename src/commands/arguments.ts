/** A command line, as commander reads it by the definition that `--help` prints too. */
import { Command, CommanderError } from 'commander';
import { helpWidth, wrapHelp } from '../report/wrap-help.ts';
import type { System } from '../system/system.ts';
import { CommandDone, CommandError, exitStatus } from './command.ts';

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
  const width = helpWidth(system);
  definition
    .exitOverride()
    .helpOption('-h, --help', 'print this text')
    .configureHelp({ helpWidth: width ?? 100, minWidthToWrap: width === null ? 40 : 20 })
    .configureOutput({ writeOut: (text) => system.out(wrapHelp(text, width)), writeErr: () => undefined });
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

export const snapshotOption = [
  '--snapshot <file>',
  "look at the guest that FILE holds, as 'failoverctl snapshot' wrote it; '-' is standard input",
] as const;
