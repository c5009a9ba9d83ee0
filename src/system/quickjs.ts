/**
 * The System port in the static executable. The C files in quickjs/ put their functions on a global object, in the port's
 * own shapes; here is only what C cannot say well.
 */
import { isFailure, type Failure, type FileOperations, type ProcessResult, type System } from './system.ts';

type Direct = Exclude<keyof System, 'run' | 'follow' | 'followAll' | 'runWatched' | 'catchInterrupts' | 'openBelow'>;

/** What quickjs/files.c, processes.c and main.c offer. */
interface Host extends Pick<System, Direct> {
  /** Arguments without the program's name. */
  readonly args: readonly string[];
  exit(status: number): never;
  /** An open directory, which the functions about files take as one argument more; null: the kernel has no openat2(2). */
  openRoot(path: string): number | Failure | null;
  /** `timeoutMs` below zero: none. `env`: NAME=value texts. */
  run(argv: readonly string[], input: string, timeoutMs: number, env: readonly string[]): ProcessResult | Failure;
  /** `quietMs` below zero: never. */
  follow(
    argvs: readonly (readonly string[])[],
    onLine: (line: string, which: number) => boolean,
    quietMs: number,
    onQuiet: () => boolean,
  ): readonly [ProcessResult | Failure, ...(ProcessResult | Failure)[]];
  runWatched(argv: readonly string[], everyMs: number, onTick: () => boolean): ProcessResult | Failure;
  catchInterrupts(): void;
  interruptPending(): boolean;
  releaseInterrupts(): void;
}

declare const failoverctlHost: Host;

export const { args, exit } = failoverctlHost;

export function quickjsSystem(): System {
  const host = failoverctlHost;
  return {
    ...host,
    run: (argv, { input = '', timeoutMs = -1, env = {} } = {}) =>
      host.run(
        argv,
        input,
        timeoutMs,
        Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ),
    follow: async (argv, onLine, { afterMs, act } = { afterMs: -1, act: () => true }) =>
      host.follow([argv], onLine, afterMs, act)[0],
    followAll: async (argvs, onLine) => host.follow(argvs, onLine, -1, () => true),
    openBelow: (path) => {
      const root = host.openRoot(path);
      return root === null || isFailure(root) ? root : filesBelow(root);
    },
    runWatched: async (argv, everyMs, onTick) => host.runWatched(argv, everyMs, onTick),
    catchInterrupts: () => {
      host.catchInterrupts();
      return {
        pending: async () => host.interruptPending(),
        noted: () => host.interruptPending(),
        release: () => host.releaseInterrupts(),
      };
    },
  };
}

/** The host's functions about files with one argument more. */
type Below = {
  readonly [Name in keyof FileOperations]: (...args: [...Parameters<FileOperations[Name]>, number]) => never;
};

function filesBelow(root: number): FileOperations {
  const host: Below = failoverctlHost as unknown as Below;
  return {
    list: (path) => host.list(path, root),
    readlink: (path) => host.readlink(path, root),
    read: (path) => host.read(path, root),
    stat: (path) => host.stat(path, root),
    lstat: (path) => host.lstat(path, root),
    create: (path, text, mode) => host.create(path, text, mode, root),
    append: (path, text) => host.append(path, text, root),
    rename: (from, to) => host.rename(from, to, root),
    link: (from, to) => host.link(from, to, root),
    remove: (path) => host.remove(path, root),
    makeDirectory: (path, mode) => host.makeDirectory(path, mode, root),
    removeDirectory: (path) => host.removeDirectory(path, root),
    symlink: (target, path) => host.symlink(target, path, root),
    chmod: (path, mode) => host.chmod(path, mode, root),
    chown: (path, uid, gid) => host.chown(path, uid, gid, root),
  };
}
