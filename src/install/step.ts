/** Prints and does the steps that change a running guest. */
import type { Step } from '../managers/step.ts';
import { isFailure, type System } from '../system/system.ts';

/** How a person would type it. */
export function printStep(step: Step): string {
  if ('run' in step) return step.run.map(quoteWord).join(' ');
  if ('stop' in step) return `kill ${step.stop}`;
  return 'remove' in step ? `rm ${quoteWord(step.remove)}` : `write ${quoteWord(step.write)}`;
}

/** Does it. The result is what went wrong, in words, or null. */
export function runStep(system: System, step: Step): string | null {
  if ('stop' in step) return stopProcess(system, step.stop);
  if ('remove' in step) {
    const failure = system.remove(step.remove);
    return failure === null || failure.errno === 'ENOENT' ? null : failure.errno;
  }
  if ('write' in step) {
    const beside = `${step.write}.failoverctl-new`;
    system.remove(beside); // an interrupted run may have left one
    const failure = system.create(beside, step.text, step.mode) ?? system.rename(beside, step.write);
    return failure?.errno ?? null;
  }
  const failure = runProgram(system, step.run);
  const gone = step.link === undefined ? null : system.lstat(`/sys/class/net/${step.link}`);
  return failure !== null && gone !== null && isFailure(gone) && gone.errno === 'ENOENT' ? null : failure;
}

function runProgram(system: System, argv: readonly string[]): string | null {
  const result = system.run(argv, { timeoutMs: 150_000 });
  if (isFailure(result)) return result.errno === 'ENOENT' ? `${argv[0]} is not installed` : result.errno;
  if (result.status === 0) return null;
  const lastLine = result.stderr.trim().split('\n').at(-1) ?? '';
  const how = result.signal === null ? `exit status ${result.status}` : `ended by ${result.signal}`;
  return lastLine === '' ? how : `${how}: ${lastLine}`;
}

/** SIGTERM, and SIGKILL after three seconds. kill(1) is sh's own: a minimal guest has no other. */
function stopProcess(system: System, pid: number): string | null {
  const isGone = () => {
    const command = system.read(`/proc/${pid}/cmdline`);
    return isFailure(command) || command === ''; // a process that nobody has waited for yet has none
  };
  for (const signal of ['TERM', 'KILL']) {
    const result = system.run(['sh', '-c', 'kill -s "$1" "$2"', 'sh', signal, String(pid)]);
    if (isFailure(result)) return result.errno;
    for (const deadline = system.now() + 3000; system.now() < deadline && !isGone();) system.sleep(50);
    if (isGone()) return null;
  }
  return `process ${pid} does not end`;
}

/** For sh(1): as it is where it is plain, else in single quotes. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
