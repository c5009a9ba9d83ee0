/** The program as a function: arguments and a machine in, an exit status out. Each command's module loads when it is asked for. */
import { visibleControls } from './report/table.ts';
import { commands, hostCommands } from './commands/all.ts';
import { withProgress } from './system/progress.ts';
import type { System } from './system/system.ts';

/** What goes to standard error quotes names and settings of others: none of their control characters gets to a terminal. */
export async function main(args: readonly string[], machine: System): Promise<number> {
  const system: System = { ...machine, err: (text) => machine.err(visibleControls(text)) };
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = rest[0];
    if (name === 'help' && topic !== undefined && Object.hasOwn(commands, topic))
      return main([topic, '--help'], system);
    const { helpWidth, wrapHelp } = await import('./report/wrap-help.ts');
    (name === undefined ? system.err : system.out)(wrapHelp(helpText(), helpWidth(system)));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    system.out(`${FAILOVERCTL_VERSION}\n`);
    return 0;
  }
  if (name === '--licenses') {
    const { text } = await import('notices:all');
    system.out(text);
    return 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    const what = name.startsWith('-') ? 'option' : 'command';
    const { guessWord } = await import('./text/nearest.ts');
    const guess = guessWord(name, Object.keys(commands));
    system.err(`failoverctl: unknown ${what} '${name}'${guess}; see 'failoverctl --help'\n`);
    return 2;
  }
  try {
    const { run } = await entry.load();
    return await withProgress(system, name, machine.err, (shown) => run(rest, shown));
  } catch (error) {
    const [subcommand = ''] = name === 'host' && Object.hasOwn(hostCommands, rest[0] ?? '') ? rest : [];
    return explainError(`${name} ${subcommand}`.trimEnd(), error, system);
  }
}

/**
 * CommandError and CommandDone carry a status; they are told by it, so that commander need not load for `--version`.
 * Anything else is our bug. Where it is, is said only when asked for: a stack trace is nothing for a user.
 */
function explainError(name: string, error: unknown, system: System): number {
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    if (error.message !== '') system.err(`failoverctl ${name}: ${error.message}\n`);
    return error.status;
  }
  // QuickJS throws null where there is no room for an error object.
  if (error === null) {
    system.err(`failoverctl ${name}: out of memory\n`);
    return 3;
  }
  const stack = error instanceof Error && system.env('FAILOVERCTL_DEBUG') !== undefined ? `\n${error.stack ?? ''}` : '';
  system.err(`failoverctl ${name}: internal error, please report it with what you ran: ${String(error)}${stack}\n`);
  return 3;
}

function helpText(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2;
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `usage: failoverctl COMMAND [OPTION…]

Makes a guest with a Linux net_failover NIC (virtio-net standby and SR-IOV VF behind one master, one MAC) work: its
network managers ask for an address on the master alone, through hot-plug and live migration.

commands:
${lines.join('\n')}

  failoverctl COMMAND --help   what a command does, its options, examples
  failoverctl --version        the version
  failoverctl --licenses       the notices of all that is in the program

exit status: 0 clean, 1 findings or unhealthy, 2 wrong usage, 3 unreadable input or a failure
`;
}
