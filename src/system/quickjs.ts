/**
 * The System port in the static executable. The C files in quickjs/ put their functions on a global object, in the port's
 * own shapes; here is only what C cannot say well.
 */
import type { ProcessResult, Failure, System } from './system.ts';

type Direct = Exclude<keyof System, 'run' | 'follow' | 'runWatched' | 'catchInterrupts'>;

/** What quickjs/files.c, processes.c and main.c offer. */
interface Host extends Pick<System, Direct> {
  /** Arguments without the program's name. */
  readonly args: readonly string[];
  exit(status: number): never;
  /** `timeoutMs` below zero: none. `env`: NAME=value texts. */
  run(argv: readonly string[], input: string, timeoutMs: number, env: readonly string[]): ProcessResult | Failure;
  /** `quietMs` below zero: never. */
  follow(
    argv: readonly string[],
    onLine: (line: string) => boolean,
    quietMs: number,
    onQuiet: () => boolean,
  ): ProcessResult | Failure;
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
      host.follow(argv, onLine, afterMs, act),
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
