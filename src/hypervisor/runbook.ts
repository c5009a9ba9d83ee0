/**
 * A runbook: steps with a check before, a command, and an undo after. A step that fails, or Ctrl-C, undoes what was done
 * in reverse order, and what could not be undone is reported with the command that does it by hand.
 */
import { type Failure, type Interrupts, isFailure, type ProcessResult, type System } from '../system/system.ts';
import { type HostCommand, inputFile, type Mend, type Step } from './step.ts';

export interface RunbookResult {
  readonly completed: boolean;
  /** Steps whose undo failed, whose state is not known, or that failed when there was no way back: left to do by hand. */
  readonly leftovers: readonly Leftover[];
}

export interface Leftover {
  readonly step: Step;
  readonly command: HostCommand;
}

/** Tells a person how it goes. */
export type Progress = (line: string) => void;

/** Milliseconds. */
const pollInterval = 200;

const progressInterval = 2000;

/** Where the steps can still be undone, an interrupt ends the run between steps, while waiting, and in a command. */
export async function runSteps(
  steps: readonly Step[],
  system: System,
  progress: Progress,
  interrupts: Interrupts,
): Promise<RunbookResult> {
  let undoable: Step[] = [];
  let noWayBack = false;
  const leftovers: Leftover[] = [];
  for (const [index, step] of steps.entries()) {
    const label = `[${index + 1}/${steps.length}] ${step.title}`;
    if (step.effect() === 'present') {
      progress(`${label}: already so`);
      continue;
    }
    const heeded = noWayBack ? noInterrupts : interrupts;
    const problem = (await heeded.pending())
      ? 'interrupted'
      : await takeStep(step, label, system, progress, heeded, () => undoable.push(step));
    if (problem !== null) {
      progress(`${label}: FAILED: ${problem}`);
      if (!noWayBack) return { completed: false, leftovers: await undoSteps(undoable, system, progress) };
      if (step.command !== null) leftovers.push({ step, command: step.command });
    }
    if (step.pointOfNoReturn === true) {
      undoable = [];
      noWayBack = true;
    }
  }
  return { completed: leftovers.length === 0, leftovers };
}

const noInterrupts: Interrupts = { pending: async () => false, noted: () => false, release: () => undefined };

/** Null when the effect is there. */
async function takeStep(
  step: Step,
  label: string,
  system: System,
  progress: Progress,
  interrupts: Interrupts,
  begun: () => void,
): Promise<string | null> {
  progress(label);
  begun();
  if (step.command !== null) {
    const { problem, interrupted } = await runStepCommand(step, step.command, system, progress, interrupts);
    const failed = problem !== null && step.effect() !== 'present';
    if (interrupted && (failed || step.pointOfNoReturn !== true)) {
      return problem === null ? 'interrupted' : `interrupted: ${problem}`;
    }
    if (interrupted) progress('  too late to interrupt it: it is done');
    if (failed) return problem;
    if (problem !== null) progress(`  ${problem}; but its effect is there: continuing`);
  }
  const deadline = system.now() + step.patience;
  let reported = system.now() + progressInterval;
  for (;;) {
    const effect = step.effect();
    if (effect === 'present' || (effect === 'unknown' && step.command !== null)) return null;
    if (await interrupts.pending()) return 'interrupted';
    if (system.now() >= deadline) break;
    if (system.now() >= reported) {
      progress(`  still waiting, ${Math.ceil((deadline - system.now()) / 1000)} s at most`);
      reported += progressInterval;
    }
    system.sleep(pollInterval);
  }
  const timedOut = `no effect within ${step.patience / 1000} s${step.ifLate === undefined ? '' : `: ${step.ifLate}`}`;
  if (step.mayTimeOut !== true) return timedOut;
  progress(`  ${timedOut}: continuing`);
  return null;
}

/**
 * A step's command, with a line on how it goes. An interrupt asks for the end of what it has begun (`abort`, again and
 * again, since there is nothing to abort at first) and else waits for the command: killed halfway it may have its effect
 * after the undo. A second one ends the command itself. `problem` is null when it ended with status 0.
 */
async function runStepCommand(
  step: Step,
  command: HostCommand,
  system: System,
  progress: Progress,
  interrupts: Interrupts,
): Promise<{ readonly problem: string | null; readonly interrupted: boolean }> {
  const started = system.now();
  let reported = started;
  let asked = 0;
  const problem = await withInput(command, system, (argv) =>
    system.runWatched(argv, pollInterval, () => {
      if (interrupts.noted()) {
        asked += 1;
        if (asked === 1) progress('  interrupted: waiting for its end; Ctrl-C again does not wait');
      }
      if (asked > 0 && step.abort !== undefined) system.run(step.abort.argv, { timeoutMs: progressInterval });
      if (system.now() >= reported + progressInterval) {
        reported = system.now();
        progress(`  ${step.describeProgress?.() ?? `still running, ${Math.round((reported - started) / 1000)} s`}`);
      }
      return asked < 2;
    }),
  );
  return { problem, interrupted: asked > 0 };
}

/** Null when it ended with status 0. */
function runCommand(command: HostCommand, system: System): Promise<string | null> {
  return withInput(command, system, async (argv) => system.run(argv));
}

/** Null when it ended with status 0. */
async function withInput(
  { argv, input }: HostCommand,
  system: System,
  run: (argv: readonly string[]) => Promise<ProcessResult | Failure>,
): Promise<string | null> {
  if (input === undefined) return describeResult(argv, await run(argv));
  const file = createTemporaryFile(input, system);
  if (isFailure(file)) return `cannot write '${file.path}': ${file.errno}`;
  const result = await run(argv.map((word) => (word === inputFile ? file : word)));
  system.remove(file);
  return describeResult(argv, result);
}

/** Its name. */
function createTemporaryFile(text: string, system: System): string | Failure {
  const directory = system.env('TMPDIR') ?? '/tmp';
  for (let number = system.now(); ; number += 1) {
    const path = `${directory}/failoverctl-${number}.xml`;
    const failure = system.create(path, text, 0o600);
    if (failure === null) return path;
    if (failure.errno !== 'EEXIST') return failure;
  }
}

function describeResult(argv: readonly string[], result: ProcessResult | Failure): string | null {
  const name = argv[0] ?? '';
  if (isFailure(result)) return result.errno === 'ENOENT' ? `'${name}' is not installed` : `'${name}': ${result.errno}`;
  if (result.status === 0) return null;
  const lastLine = result.stderr.trim().split('\n').at(-1) ?? '';
  const how = result.signal === null ? `status ${result.status}` : `killed by ${result.signal}`;
  return lastLine === '' ? `'${name}' ended with ${how}` : `'${name}' ended with ${how}: ${lastLine}`;
}

async function undoSteps(begun: readonly Step[], system: System, progress: Progress): Promise<readonly Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const step of [...begun].reverse()) {
    if (step.mend !== undefined) leftovers.push(...(await mendStep(step, step.mend, system, progress)));
    const undo = step.undoAs?.() ?? step.undo;
    if (undo === null) continue;
    if (step.abort !== undefined) await runCommand(step.abort, system);
    if (step.effect() === 'absent') continue;
    progress(`undoing: ${step.title}`);
    const problem = await runCommand(undo, system);
    const deadline = system.now() + step.patience;
    while (step.effect() === 'present' && system.now() < deadline) system.sleep(pollInterval);
    if (step.effect() === 'absent' || (problem === null && step.effect() === 'unknown')) continue;
    progress(`  could not be undone: ${problem ?? 'its effect is still there'}`);
    leftovers.push({ step, command: undo });
  }
  return leftovers;
}

async function mendStep(step: Step, mend: Mend, system: System, progress: Progress): Promise<readonly Leftover[]> {
  const asked = system.run(mend.neededIf.command.argv, { env: { LC_ALL: 'C' } });
  if (isFailure(asked) || asked.stdout.trim() !== mend.neededIf.says) return [];
  progress(`undoing: ${mend.title}`);
  const problem = mend.whyNot() ?? (await runCommand(mend.command, system));
  if (problem === null) return [];
  progress(`  not done: ${problem}`);
  return [{ step: { ...step, title: mend.title }, command: mend.command }];
}
