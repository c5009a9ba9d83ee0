/** `failoverctl host …`: the hypervisor's half. Each subcommand's module loads when it is asked for. */
import { hostCommands } from './all.ts';
import { CommandError, exitStatus } from './command.ts';
import { helpWidth, wrapHelp } from '../report/wrap-help.ts';
import { guessWord } from '../text/nearest.ts';
import type { System } from '../system/system.ts';

export async function run(args: readonly string[], system: System): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    (name === undefined ? system.err : system.out)(wrapHelp(helpText(), helpWidth(system)));
    return name === undefined ? exitStatus.usage : exitStatus.clean;
  }
  const entry = Object.hasOwn(hostCommands, name) ? hostCommands[name] : undefined;
  if (entry === undefined) {
    const guess = guessWord(name, Object.keys(hostCommands));
    throw new CommandError(`unknown subcommand '${name}'${guess}; see 'failoverctl host --help'`, exitStatus.usage);
  }
  return (await entry.load()).run(rest, system);
}

function helpText(): string {
  const width = Math.max(...Object.keys(hostCommands).map((name) => name.length)) + 2;
  const lines = Object.entries(hostCommands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `usage: failoverctl host SUBCOMMAND [OPTION…]

The hypervisor's half: libvirt domains whose guests have a failover NIC.

subcommands:
${lines.join('\n')}

  failoverctl host SUBCOMMAND --help   what it does, its options, examples
`;
}
