/** The System port on Node. */
import * as child from 'node:child_process';
import * as fs from 'node:fs';
import { decodeBytes, encodeText } from './bytes.ts';
import { asFailure, attempt, decodeFile, nodeFiles, readToEnd } from './node-files.ts';
import { nodeTree } from './node-tree.ts';
import type { Failure, Interrupts, ProcessResult, Quiet, RunOptions, System } from './system.ts';

export function nodeSystem(): System {
  return {
    ...nodeFiles({ locate: (path) => path, directory: (path) => path, resolved: false, changed: () => undefined }),
    openBelow: (root) => attempt(root, () => nodeTree(root)),

    run: runProgram,
    follow: followProgram,
    followAll: async (argvs, onLine) => {
      let bug: { readonly error: unknown } | undefined;
      const handOver = (line: string, which: number): boolean => {
        try {
          return onLine(line, which);
        } catch (error) {
          bug ??= { error };
          return false;
        }
      };
      const enough = new AbortController();
      const take = (line: string, which: number): boolean => {
        if (!enough.signal.aborted && !handOver(line, which)) enough.abort();
        return !enough.signal.aborted;
      };
      const all = argvs.map((argv, which) =>
        followProgram(argv, (line) => take(line, which), undefined, enough.signal),
      );
      const results = await Promise.all(all);
      if (bug !== undefined) throw bug.error;
      return results;
    },
    runWatched: runProgramWatched,
    catchInterrupts,

    env: (name) => process.env[name],
    now: () => Date.now(),
    sleep: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
    uid: () => process.geteuid?.() ?? 0,
    programPath: () => fs.realpathSync(process.argv[1] ?? process.execPath),

    stdin: (limit) =>
      attempt('standard input', () => {
        const bytes = readToEnd(0, 0, limit);
        return bytes === null ? { errno: 'EFBIG', path: 'standard input' } : decodeFile(bytes);
      }),
    out: (text) => writeStream(1, text),
    err: (text) => writeStream(2, text),
    columns: () => (process.stdout.isTTY ? process.stdout.columns || null : null),
    isTerminal: (stream) => (stream === 'stdout' ? process.stdout.isTTY : process.stderr.isTTY) === true,
  };
}

function writeStream(file: number, text: string): void {
  const bytes = encodeText(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(file, bytes, at);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      if (error.code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (error.code === 'EPIPE') process.exit(file === 1 ? 141 : 3);
      else if (file === 1) {
        writeStream(2, `failoverctl: cannot write standard output: ${String(error.code)}\n`);
        process.exit(3);
      } else process.exit(3);
    }
  }
}

/**
 * Node encodes arguments by itself, and would put U+FFFD for a byte that is not UTF-8: the program would be asked about
 * something else. The static executable has no such limit.
 */
function cannotPass(texts: readonly string[]): boolean {
  return texts.some((text) => /(?<![\ud800-\udbff])[\udc80-\udcff]/.test(text));
}

function runProgram(argv: readonly string[], options: RunOptions = {}): ProcessResult | Failure {
  const [program = '', ...args] = argv;
  if (cannotPass([...argv, ...Object.values(options.env ?? {})])) return { errno: 'EILSEQ', path: program };
  const result = child.spawnSync(program, args, {
    input: Buffer.from(encodeText(options.input ?? '')),
    maxBuffer: 256 * 1024 * 1024,
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
    ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
  });
  if (result.error !== undefined && result.pid === 0) return asFailure(result.error, program);
  return {
    status: result.status,
    signal: result.signal,
    stdout: decodeBytes(result.stdout ?? new Uint8Array()),
    stderr: decodeBytes(result.stderr ?? new Uint8Array()),
  };
}

function followProgram(
  argv: readonly string[],
  onLine: (line: string) => boolean,
  quiet?: Quiet,
  enough?: AbortSignal,
): Promise<ProcessResult | Failure> {
  const [program = '', ...args] = argv;
  if (cannotPass(argv)) return Promise.resolve({ errno: 'EILSEQ', path: program });
  return new Promise((resolve, reject) => {
    const stop = () => void running.kill('SIGTERM');
    // before there is a program that a signal would leave behind
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    enough?.addEventListener('abort', stop);
    const running = child.spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // Bytes until a line is whole: a read may end within a character.
    let rest: Buffer = Buffer.alloc(0);
    const stderr: Buffer[] = [];
    let silence: NodeJS.Timeout | undefined;
    running.stdout.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      const end = rest.lastIndexOf('\n');
      if (end < 0) return;
      const lines = decodeBytes(rest.subarray(0, end)).split('\n');
      rest = rest.subarray(end + 1);
      clearTimeout(silence);
      if (!lines.every((line) => onLine(line))) stop();
      else if (quiet !== undefined) silence = setTimeout(() => void (quiet.act() || stop()), quiet.afterMs);
    });
    running.stderr.on('data', (chunk: Buffer) => void stderr.push(chunk));
    running.on('error', (error) => {
      try {
        resolve(asFailure(error, program));
      } catch (bug) {
        reject(bug);
      }
    });
    running.on('close', (status, signal) => {
      clearTimeout(silence);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      enough?.removeEventListener('abort', stop);
      resolve({ status, signal, stdout: decodeBytes(rest), stderr: decodeBytes(Buffer.concat(stderr)) });
    });
  });
}

function runProgramWatched(
  argv: readonly string[],
  everyMs: number,
  onTick: () => boolean,
): Promise<ProcessResult | Failure> {
  const [program = '', ...args] = argv;
  if (cannotPass(argv)) return Promise.resolve({ errno: 'EILSEQ', path: program });
  return new Promise((resolve, reject) => {
    const running = child.spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    running.stdout.on('data', (chunk: Buffer) => void stdout.push(chunk));
    running.stderr.on('data', (chunk: Buffer) => void stderr.push(chunk));
    const ticks = setInterval(() => {
      try {
        if (!onTick()) running.kill('SIGTERM');
      } catch (bug) {
        clearInterval(ticks);
        running.kill('SIGTERM');
        reject(bug);
      }
    }, everyMs);
    running.on('error', (error) => {
      clearInterval(ticks);
      try {
        resolve(asFailure(error, program));
      } catch (bug) {
        reject(bug);
      }
    });
    running.on('close', (status, signal) => {
      clearInterval(ticks);
      resolve({
        status,
        signal,
        stdout: decodeBytes(Buffer.concat(stdout)),
        stderr: decodeBytes(Buffer.concat(stderr)),
      });
    });
  });
}

/** A handler runs only when the event loop turns, so `pending` lets it turn once. */
function catchInterrupts(): Interrupts {
  let caught = false;
  const note = () => void (caught = true);
  process.on('SIGINT', note).on('SIGTERM', note).on('SIGHUP', note);
  const noted = () => {
    const was = caught;
    caught = false;
    return was;
  };
  return {
    noted,
    pending: async () => {
      await new Promise((resolve) => void setImmediate(resolve));
      return noted();
    },
    release: () => void process.off('SIGINT', note).off('SIGTERM', note).off('SIGHUP', note),
  };
}
