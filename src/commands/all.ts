/** Every command: what it is for in a line, and its module, which loads when it is asked for. */
import type { Command } from 'commander';
import type { RunCommand } from './command.ts';

export interface CommandModule {
  readonly run: RunCommand;
  /** Its options and its help; `host` has none of its own. */
  readonly define?: () => Command | Promise<Command>;
}

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** The commands, in the order in which help lists them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  detect: { summary: 'find failover groups and the role of every link', load: () => import('./detect.ts') },
  generate: {
    summary: 'write what makes a network manager use the master alone',
    load: () => import('./generate.ts'),
  },
  install: {
    summary: 'make the network managers configure the master alone; --now heals the running guest',
    load: () => import('./install.ts'),
  },
  uninstall: { summary: 'take back what install has done', load: () => import('./uninstall.ts') },
  lint: {
    summary: 'say what would go wrong in a network configuration, and mend it',
    load: () => import('./lint.ts'),
  },
  status: {
    summary: 'say how the failover NICs are now and what is wrong; --watch, --metrics',
    load: () => import('./status.ts'),
  },
  explain: {
    summary: 'say which file and line configures a link, and why',
    load: () => import('./explain.ts'),
  },
  map: {
    summary: 'draw the guest: who claims which link, phase by phase; text, SVG, HTML',
    load: () => import('./map.ts'),
  },
  rule: { summary: 'print what a rule of lint is about', load: () => import('./rule.ts') },
  'cloud-config': {
    summary: 'print user data that brings hooks or program into a guest',
    load: () => import('./cloud-config.ts'),
  },
  doctor: {
    summary: 'say whether this guest is able and ready, and what to do if not',
    load: () => import('./doctor.ts'),
  },
  snapshot: {
    summary: 'record this guest in one file that other commands take as --snapshot',
    load: () => import('./snapshot.ts'),
  },
  completion: {
    summary: 'print the completion of a shell: bash, zsh or fish',
    load: () => import('./completion.ts'),
  },
  host: { summary: "the hypervisor's half: libvirt domains, migration", load: () => import('./host.ts') },
};

/** What `host` has below it. */
export const hostCommands: Readonly<Record<string, CommandEntry>> = {
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

/** The definition of each command by its name, `host migrate` for what is below `host`: for manual pages and completions. */
export async function loadDefinitions(): Promise<ReadonlyMap<string, Command>> {
  const definitions = new Map<string, Command>();
  const below = Object.entries(hostCommands).map(([name, entry]) => [`host ${name}`, entry] as const);
  for (const [name, { load }] of [...Object.entries(commands), ...below]) {
    const { define } = await load();
    if (define !== undefined) definitions.set(name, await define());
  }
  return definitions;
}
