/** A runbook as a bash script for review: the same commands, the same undo in reverse, no check of effects in between. */
import { shellCommand, shellQuote } from './shell.ts';
import type { Mend, Runbook, Step } from './step.ts';

/** `command` is the command line that wrote it, for the header. */
export function renderScript({ steps, facts, notes }: Runbook, command: string): string {
  const header = [
    '#!/usr/bin/env bash',
    '# shellcheck disable=SC2016', // a name with $ in it is not to be expanded
    `# Written by: ${oneLine(command)}`,
    ...facts.map((fact) => `# ${oneLine(fact)}`),
    ...notes.map((note) => `# note: ${oneLine(note)}`),
    '#',
    '# Each step runs its command; a failure, or Ctrl-C, undoes in reverse order the steps that were begun. Unlike',
    "# 'failoverctl host', this script does not look whether an effect is there: an undo of what was never done may fail,",
    '# and says so.',
    'set -u',
    'export LC_ALL=C',
    '',
    'undo=()',
    'left=0',
    'give_up() {',
    "  trap '' INT TERM",
    `  printf 'FAILED: %s\\n' "$1" >&2`,
    '  for ((i = ${#undo[@]} - 1; i >= 0; i--)); do',
    `    "\${undo[i]}" || { left=1; printf 'not undone: %s\\n' "\${undo[i]}" >&2; }`,
    '  done',
    `  ((left)) && printf 'some undo steps failed: see above\\n' >&2`,
    '  exit 3',
    '}',
    "trap 'give_up interrupted' INT TERM",
    '',
    ...(steps.some((step) => step.abort !== undefined) ? abortable : []),
  ];
  const last = steps.findIndex((step) => step.pointOfNoReturn === true);
  const body = steps.flatMap((step, index) => renderStep(step, index + 1, steps.length, last >= 0 && index > last));
  return [...header, ...body, '((left)) && exit 3', "printf 'done\\n'", ''].join('\n');
}

/** A job that continues without its client: virsh in the background survives, gets no Ctrl-C, and waits for the job's end. */
const abortable = [
  '# run_until_aborted ABORT COMMAND...: at Ctrl-C asks ABORT for the end of it until it has ended; its exit status.',
  'run_until_aborted() {',
  '  local abort=$1 interrupted=0 seconds=0',
  '  shift',
  "  trap 'interrupted=1' INT TERM",
  '  "$@" &',
  '  while kill -0 $! 2>/dev/null; do',
  '    ((interrupted)) && "$abort" >/dev/null 2>&1',
  '    sleep 1',
  '    ((seconds += 1, seconds % 5)) || printf \'  still running, %s s\\n\' "$seconds" >&2',
  '  done',
  "  trap 'give_up interrupted' INT TERM",
  '  wait $!',
  '}',
  '',
];

/** `noWayBack`: what cannot be undone has happened, so a step that fails does not keep the next from being taken. */
function renderStep(step: Step, number: number, count: number, noWayBack: boolean): readonly string[] {
  const name = `${number}_${step.id.replaceAll('-', '_')}`;
  const title = shellQuote(`[${number}/${count}] ${step.title}`);
  if (step.command === null) {
    return [`printf '%s\\n' ${title}`, `sleep ${Math.ceil(step.patience / 1000)}`, ''];
  }
  if (noWayBack) {
    const words = shellQuote(`left to do by hand: ${shellCommand(step.command)}`);
    return [`printf '%s\\n' ${title}`, `${shellCommand(step.command)} || { left=1; printf '%s\\n' ${words} >&2; }`, ''];
  }
  const abort = `abort_${name}`;
  const command = shellCommand(step.command);
  return [
    ...(step.abort === undefined ? [] : [`${abort}() {`, `  ${shellCommand(step.abort)}`, '}']),
    ...(step.undo === null ? [] : [`undo_${name}() {`, `  ${shellCommand(step.undo)}`, '}', `undo+=(undo_${name})`]),
    ...(step.mend === undefined ? [] : renderMend(step.mend, `mend_${name}`)),
    `printf '%s\\n' ${title}`,
    `${step.abort === undefined ? command : `run_until_aborted ${abort} ${command}`} || give_up ${title}`,
    ...(step.pointOfNoReturn === true ? ['undo=()', "trap '' INT TERM"] : []),
    '',
  ];
}

/** Whether it may be run is left to a person. */
function renderMend({ title, neededIf, command }: Mend, name: string): readonly string[] {
  const words = shellQuote(`left to do by hand, if nothing speaks against it (${title}): ${shellCommand(command)}`);
  return [
    `${name}() {`,
    `  [ "$(${shellCommand(neededIf.command)})" != ${shellQuote(neededIf.says)} ] || { printf '%s\\n' ${words} >&2; return 1; }`,
    '}',
    `undo+=(${name})`,
  ];
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, '?');
}
