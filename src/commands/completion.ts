/** `failoverctl completion SHELL`: what completes its commands, options, link names, rules and managers. */
import { domainRules } from '../hypervisor/rules/all.ts';
import { rules } from '../lint/rules/all.ts';
import { installableManagers, renderedManagers } from '../managers/all.ts';
import { renderBash, renderFish, renderZsh, type CompletedCommand, type Values } from '../report/completion.ts';
import { commands, hostCommands, loadDefinitions } from './all.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import type { Command } from 'commander';
import { mapFormats } from './map.ts';
import { formats } from './report-options.ts';
import type { System } from '../system/system.ts';

const shells: Readonly<Record<string, (all: readonly CompletedCommand[]) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
};

export async function run(args: readonly string[], system: System): Promise<number> {
  const { operands } = parseArguments(define(), args, system);
  const [shell = ''] = operands;
  const render = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (render === undefined)
    throw new CommandError(`'${shell}': expected ${Object.keys(shells).join(', ')}`, exitStatus.usage);
  system.out(render(await describeCommands()));
  return exitStatus.clean;
}

async function describeCommands(): Promise<readonly CompletedCommand[]> {
  const definitions = await loadDefinitions();
  const summaries = new Map(
    [
      ...Object.entries(commands),
      ...Object.entries(hostCommands).map(([name, entry]) => [`host ${name}`, entry] as const),
    ].map(([name, { summary }]) => [name, summary]),
  );
  return [...summaries].map(([name, summary]) => describeCommand(name, summary, definitions.get(name)));
}

function describeCommand(name: string, summary: string, definition: Command | undefined): CompletedCommand {
  const options = (definition?.options ?? []).map(({ short, long, flags, description }) => ({
    words: [short, long].filter((word) => word !== undefined),
    description,
    values: valuesOf(name, /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? null, long),
  }));
  const operand = definition?.registeredArguments[0]?.name() ?? null;
  return { name, summary, options, operand: operand === null ? null : operandsOf(name, operand) };
}

/** By what the usage calls the value; an option without a value has null. */
function valuesOf(command: string, placeholder: string | null, long: string | undefined): Values | null {
  if (placeholder === null) return null;
  if (placeholder === 'dir') return 'directories';
  if (placeholder.startsWith('file')) return 'files';
  if (placeholder === 'link') return 'links';
  if (placeholder.startsWith('rule')) return ruleIds();
  if (long === '--manager') return installableManagers.map(({ name }) => name);
  if (long === '--format') return command === 'map' || command === 'status' ? mapFormats : formats;
  if (long === '--color') return ['auto', 'always', 'never'];
  if (long === '--assume') return ['triple', 'pair'];
  return 'anything';
}

function operandsOf(command: string, operand: string): Values {
  if (command === 'rule') return ruleIds();
  if (command === 'explain') return 'links';
  if (command === 'generate') return renderedManagers.map(({ name }) => name).sort();
  if (command === 'completion') return Object.keys(shells);
  return operand === 'link' ? 'links' : 'files';
}

function ruleIds(): readonly string[] {
  return [...new Set([...rules, ...domainRules].map(({ id }) => id))].sort();
}

export function define(): Command {
  return defineCommand('completion', 'Prints the completion of a shell.')
    .argument('<shell>', Object.keys(shells).join(', '))
    .addHelpText(
      'after',
      `
It completes commands, options, files, names of links (from /sys/class/net), rules and managers.

Exit status: 0; 2 wrong usage.

Examples:
  failoverctl completion bash >/etc/bash_completion.d/failoverctl
  failoverctl completion zsh >/usr/local/share/zsh/site-functions/_failoverctl
  failoverctl completion fish >~/.config/fish/completions/failoverctl.fish
`,
    );
}
