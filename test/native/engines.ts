/** The two programs that are made of one source, run side by side. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';

export const bundle = resolve('dist/failoverctl.cjs');
export const executable = resolve('dist/failoverctl-linux-x64');
export const executableArm64 = resolve('dist/failoverctl-linux-arm64');

/** Why a test cannot run, or false. Under CI a missing executable is a failure. */
export const withoutExecutables: string | false =
  existsSync(executable) && existsSync(executableArm64)
    ? false
    : process.env['CI'] === 'true'
      ? assert.fail('the static executables are missing: npm run build:native')
      : 'the static executables are missing: npm run build:native';

export interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  /** Bytes, one character each. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function runProgram(program: readonly string[], args: readonly string[], around: Surroundings = {}): Outcome {
  const [file = '', ...first] = program;
  const { status, signal, stdout, stderr } = spawnSync(file, [...first, ...args], {
    input: around.input ?? '',
    maxBuffer: 256 * 1024 * 1024,
    encoding: 'latin1',
    timeout: 300_000,
    ...(around.cwd === undefined ? {} : { cwd: around.cwd }),
    env: { ...process.env, ...around.env },
  });
  return { status, signal, stdout, stderr };
}

export const onNode = [process.execPath, bundle];
export const onQuickJs = [executable];

/** Both programs say the same, byte for byte; what they say is given back. */
export function assertSame(args: readonly string[], around: Surroundings = {}): Outcome {
  const expected = runProgram(onNode, args, around);
  assert.deepEqual(runProgram(onQuickJs, args, around), expected, `failoverctl ${args.join(' ')}`);
  assert.doesNotMatch(expected.stderr, /internal error|\n {4}at /, `failoverctl ${args.join(' ')}`);
  return expected;
}

/** A directory that is gone after the test. */
export function scratch(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-native-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
