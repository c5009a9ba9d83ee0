/** Programs on the host: run to their end, or kept in the background until the lab is done with them. */
import { spawn, type ChildProcess } from 'node:child_process';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

export async function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => stderr.push(data));
  child.stdin.on('error', () => undefined); // a program that does not read its input
  child.stdin.end(options.input ?? '');
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout: textOf(stdout), stderr: textOf(stderr) }));
  });
}

/** Runs a program that must succeed, and gives its standard output. */
export async function mustRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await runCommand(argv, options);
  if (status === 0) return stdout;
  throw new Error(`${argv.join(' ')}: exit status ${status}\n${(stderr || stdout).trim().slice(-2000)}`);
}

export interface Background {
  readonly process: ChildProcess;
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** What the program has written to standard error so far. */
  readonly complaints: () => string;
  readonly ended: () => boolean;
}

/** Starts a program in the background. `stop` ends it (SIGKILL after two seconds) and waits until it has gone. */
export function startCommand(argv: readonly string[], output: 'ignore' | number = 'ignore'): Background {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['ignore', output, 'pipe'] });
  const stderr: Buffer[] = [];
  child.stderr?.on('data', (data: Buffer) => stderr.push(data));
  child.on('error', (error) => stderr.push(Buffer.from(`${error.message}\n`)));
  let over = false;
  const end = new Promise<void>((resolve) => {
    const finish = () => {
      over = true;
      resolve();
    };
    child.on('exit', finish);
    child.on('error', finish);
  });
  return {
    process: child,
    stop: async (signal = 'SIGTERM') => {
      if (over) return;
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 2000);
      await end;
      clearTimeout(late);
    },
    complaints: () => textOf(stderr),
    ended: () => over,
  };
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Asks every `everyMs` until the answer is neither null nor false; an error that says what was awaited, after `timeoutMs`. */
export async function poll<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | null | false> | T | null | false,
  everyMs = 200,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not after ${Math.round(timeoutMs / 1000)} s`);
    await pause(everyMs);
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
