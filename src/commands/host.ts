/** `failoverctl host …`: the hypervisor's half. Each subcommand's module loads when it is asked for. */
import { CommandError, exitStatus, type RunCommand } from './command.ts';
import type { System } from '../system/system.ts';

interface HostEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

const subcommands: Readonly<Record<string, HostEntry>> = {
  'lint-domain': {
    summary: 'say what would go wrong with a domain, and mend it',
    load: () => import('./host-lint-domain.ts'),
  },
  'domain-xml': {
    summary: 'print the interface pair, or put it into a domain',
    load: () => import('./host-domain-xml.ts'),
  },
  check: {
    summary: 'say whether the guest inside is set up, before a migration',
    load: () => import('./host-check.ts'),
  },
  migrate: {
    summary: 'migrate a guest away, step by step, undone on failure',
    load: () => import('./host-migrate.ts'),
  },
  reattach: {
    summary: 'prepare this host, and give the VF back after a migration',
    load: () => import('./host-reattach.ts'),
  },
};

export async function run(args: readonly string[], system: System): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    if (name === undefined) system.err(helpText());
    else system.out(helpText());
    return name === undefined ? exitStatus.usage : exitStatus.clean;
  }
  const entry = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (entry === undefined) {
    throw new CommandError(`unknown subcommand '${name}'; see 'failoverctl host --help'`, exitStatus.usage);
  }
  return (await entry.load()).run(rest, system);
}

function helpText(): string {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length)) + 2;
  const lines = Object.entries(subcommands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `usage: failoverctl host SUBCOMMAND [OPTION…]

The hypervisor's half: libvirt domains whose guests have a failover NIC.

subcommands:
${lines.join('\n')}

  failoverctl host SUBCOMMAND --help   what it does, its options, examples
`;
}
