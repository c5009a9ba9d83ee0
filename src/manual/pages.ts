/** Every manual page, from the commands' own definitions and the rules: what a package installs. */
import { commands, hostCommands, loadDefinitions } from '../commands/all.ts';
import { documentedRules } from '../commands/rule.ts';
import { pageName, renderCommandPage, renderRulesPage, type DocumentedCommand, type Edition } from './render.ts';
import type { Command } from 'commander';

export interface ManualPage {
  /** failoverctl-lint.1. */
  readonly file: string;
  readonly text: string;
}

/** `help`: what `failoverctl --help` prints. */
export async function renderManual(help: string, edition: Edition): Promise<readonly ManualPage[]> {
  const definitions = await loadDefinitions();
  const summaries = Object.entries({
    ...commands,
    ...Object.fromEntries(Object.entries(hostCommands).map(([name, entry]) => [`host ${name}`, entry])),
  });
  const documented = summaries.map(([name, { summary }]) => documentCommand(name, summary, definitions.get(name)));
  const pages = ['', ...summaries.map(([name]) => name)].map((name) => `${pageName(name)} (1)`);
  const seeAlso = (name: string) => [
    ...pages.filter((page) => page !== `${pageName(name)} (1)`),
    'failoverctl-rules (7)',
  ];
  const all = [documentProgram(help), ...documented];
  return [
    ...all.map((command) => ({
      file: `${pageName(command.name)}.1`,
      text: renderCommandPage(command, seeAlso(command.name), edition),
    })),
    { file: 'failoverctl-rules.7', text: renderRulesPage(documentedRules(), edition) },
  ];
}

function documentProgram(help: string): DocumentedCommand {
  const [usage = '', description = '', ...rest] = help.split('\n\n');
  return {
    name: '',
    summary: 'makes guests with a net_failover NIC work',
    usage: usage.replace(/^usage: /, ''),
    description: description.replaceAll('\n', ' '),
    operands: [],
    options: [],
    text: rest.join('\n\n'),
  };
}

function documentCommand(name: string, summary: string, definition: Command | undefined): DocumentedCommand {
  const base = { name, summary };
  if (definition === undefined)
    return {
      ...base,
      usage: `failoverctl ${name} SUBCOMMAND [OPTION…]`,
      description: `${summary}.`,
      operands: [],
      options: [],
      text: subcommandText(),
    };
  return {
    ...base,
    usage: `${definition.name()} ${definition.usage()}`,
    description: definition.description(),
    operands: definition.registeredArguments.map((one) => ({ name: one.name(), description: one.description })),
    options: definition.options.map(({ flags, description }) => ({ flags, description })),
    text: textAfter(definition),
  };
}

function subcommandText(): string {
  const lines = Object.entries(hostCommands).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  return `Subcommands:\n${lines.join('\n')}\n`;
}

/** What addHelpText('after') would print. */
function textAfter(definition: Command): string {
  let text = '';
  const context = { error: false, command: definition, write: (part: string) => void (text += part) };
  // commander keeps such texts as listeners; its types do not say that a Command is an EventEmitter
  (definition as unknown as { emit(event: string, context: object): void }).emit('afterHelp', context);
  return text;
}
