/** `failoverctl rule`: what the rules are about, from the files that hold them. */
import { domainRules } from '../hypervisor/rules/all.ts';
import { renderRule, renderRuleTable, type DocumentedRule } from '../report/rule-docs.ts';
import { rules } from '../lint/rules/all.ts';
import { formatTable } from '../report/table.ts';
import type { Example } from '../findings/rule.ts';
import type { System } from '../system/system.ts';
import { guessWord } from '../text/nearest.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';

interface RuleOptions {
  readonly json?: true;
  readonly markdown?: true;
}

export function run(args: readonly string[], system: System): number {
  const { options, operands } = parseArguments<RuleOptions>(define(), args, system);
  const all = documentedRules();
  const wanted = operands.map((word) => {
    const rule = all.find(({ id, name }) => id === word.toUpperCase() || name === word);
    if (rule === undefined) {
      const guess = guessWord(
        word,
        all.map(({ name }) => name),
      );
      throw new CommandError(`'${word}' is no rule${guess}; 'failoverctl rule' lists them`, exitStatus.usage);
    }
    return rule;
  });
  const chosen = wanted.length === 0 ? all : wanted;
  if (options.json === true) system.out(`${JSON.stringify({ version: 1, rules: chosen }, null, 2)}\n`);
  else if (options.markdown === true) system.out(renderRuleTable(chosen));
  else if (wanted.length > 0) system.out(wanted.map(renderRule).join('\n'));
  else
    system.out(
      formatTable(
        ['ID', 'NAME', 'SEVERITY', 'FORBIDS'],
        all.map(({ id, name, severity, what }) => [id, name, severity, what]),
      ),
    );
  return exitStatus.clean;
}

export function define() {
  return defineCommand('rule', 'Prints the documentation of rules; without an id, the list of all.')
    .argument('[id...]', 'FO101, or dhcp-on-slave')
    .option('--json', 'print JSON, version 1')
    .option('--markdown', 'print the table that is in docs/rules.md')
    .addHelpText(
      'after',
      `
FO0xx files that a daemon rejects or ignores; FO1xx what takes a slave or misses the master; FO2xx addressing; FO3xx names;
FO4xx boot, initramfs, hooks; FO5xx libvirt domains ('failoverctl host'); FO9xx comments that ignore rules.

Exit status: 0; 2 for an unknown rule.

Examples:
  failoverctl rule FO101
`,
    );
}

/** The rules about guests and those about libvirt domains, in the order of their numbers. */
export function documentedRules(): readonly DocumentedRule[] {
  const ours = rules.map((rule) => document(rule, rule.bad.map(printExample), rule.good.map(printExample)));
  const domains = domainRules.map((rule) => document(rule, rule.bad, rule.good));
  return [...ours, ...domains].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function document(
  { id, name, severity, what, why, source }: Omit<DocumentedRule, 'bad' | 'good'>,
  bad: readonly string[],
  good: readonly string[],
): DocumentedRule {
  return { id, name, severity, what, why, source, bad, good };
}

function printExample({ files }: Example): string {
  return Object.entries(files)
    .map(([path, file]) => `${path}:\n${(typeof file === 'string' ? file : file.text).replace(/^(?=.)/gm, '  ')}`)
    .join('');
}
