/**
 * What systeminformation asks of Node's modules, served through the System port: it runs the same in the static
 * executable, and its questions go where the command's do. The bundler puts these in place of Node's own
 * (src/build/system-information.mjs). Only what its modules `system` and `osinfo` use on Linux is here.
 */
import { isFailure, type System } from '../system/system.ts';

let served: System | null = null;

/** The machine that is asked from now on. */
export function serveNodeModules(system: System): void {
  served = system;
}

function machine(): System {
  if (served === null) throw new Error('systeminformation was asked before serveNodeModules');
  return served;
}

type Answer = (error: Error | null, stdout: string, stderr: string) => void;
type Done = (error: Error | null, value?: unknown) => void;

/** A shell, as Node's exec has it. What would be its error on Node is one here. */
function runShell(command: string): { readonly error: Error | null; readonly stdout: string; readonly stderr: string } {
  const result = machine().run(['sh', '-c', command], { timeoutMs: 10_000 });
  if (isFailure(result)) return { error: new Error(result.errno), stdout: '', stderr: '' };
  const { status, stdout, stderr } = result;
  return { error: status === 0 ? null : new Error(`exit status ${status}: ${command}`), stdout, stderr };
}

function readFile(path: string): string {
  const text = machine().read(path);
  if (isFailure(text)) throw new Error(`${text.errno}: ${path}`);
  return text;
}

function later(work: () => void): void {
  void Promise.resolve().then(work);
}

/** The callback is the last argument, whatever stands before it. */
function lastOf<Callback>(args: readonly unknown[]): Callback {
  return args.at(-1) as Callback;
}

function exec(command: string, ...args: readonly unknown[]): void {
  const { error, stdout, stderr } = runShell(command);
  later(() => lastOf<Answer>(args)(error, stdout, stderr));
}

function refuse(): never {
  throw new Error('ENOSYS: failoverctl starts no such program');
}

export const child_process = {
  exec,
  execSync: (command: string) => {
    const { error, stdout } = runShell(command);
    if (error !== null) throw error;
    return stdout;
  },
  execFile: refuse,
  execFileSync: refuse,
  spawn: refuse,
};

export const fs = {
  existsSync: (path: string) => !isFailure(machine().stat(path)),
  readFileSync: readFile,
  readFile: (path: string, ...args: readonly unknown[]) =>
    later(() => {
      const text = machine().read(path);
      if (isFailure(text)) lastOf<Done>(args)(new Error(text.errno));
      else lastOf<Done>(args)(null, text);
    }),
  stat: (path: string, ...args: readonly unknown[]) =>
    later(() => {
      const status = machine().stat(path);
      lastOf<Done>(args)(isFailure(status) ? new Error(status.errno) : null, status);
    }),
};

function firstLine(path: string): string {
  const text = machine().read(path);
  return isFailure(text) ? '' : (text.split('\n', 1)[0] ?? '');
}

export const os = {
  EOL: '\n',
  release: () => firstLine('/proc/sys/kernel/osrelease'),
  hostname: () => firstLine('/proc/sys/kernel/hostname'),
  arch: () => '',
  // only for a serial number, which nobody asks for
  networkInterfaces: () => ({}),
};

export const util = {
  promisify:
    (call: typeof exec) =>
    (command: string): Promise<{ stdout: string; stderr: string }> =>
      new Promise((resolve, reject) => {
        call(command, (error: Error | null, stdout: string, stderr: string) =>
          error === null ? resolve({ stdout, stderr }) : reject(error),
        );
      }),
};

export const path = {};

/** Node's global. */
export const process = {
  platform: 'linux',
  arch: '',
  env: {},
  versions: {},
  nextTick: later,
};
