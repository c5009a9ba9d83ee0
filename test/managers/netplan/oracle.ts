/**
 * netplan's own generator as oracle: each configuration in a root directory of its own, and everything that is written
 * below /run there. Nothing of the machine is read or changed but by `udevadm control --reload`, which 0.106 calls.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigFile } from '../../../src/managers/claim.ts';

export interface NetplanAnswer {
  readonly accepted: boolean;
  /** A signal ended it: that is no verdict. */
  readonly crashed: boolean;
  /** What it printed. */
  readonly message: string;
  /** By path: /run/systemd/network/10-netplan-…. */
  readonly files: ReadonlyMap<string, string>;
}

const generators = ['/usr/libexec/netplan/generate', '/usr/lib/netplan/generate'];

/** `root`: '' for this machine, or a system to chroot into. Why it cannot be asked, or null. */
export function missingNetplan(root: string): string | null {
  if (generatorOf(root) === undefined) return `netplan is missing${root === '' ? '' : ` in ${root}`}`;
  return root !== '' && process.getuid?.() !== 0 ? 'chroot needs root' : null;
}

function generatorOf(root: string): string | undefined {
  return generators.find((path) => existsSync(`${root}${path}`));
}

/** 0.106, 1.1.2. */
export function versionOfNetplan(root: string): string {
  const args = ['-W', '-f', '${Version}', 'netplan.io'];
  const { stdout } =
    root === ''
      ? spawnSync('dpkg-query', args, { encoding: 'utf8' })
      : spawnSync('dpkg-query', [`--root=${root}`, ...args], { encoding: 'utf8' });
  return /^[0-9.]+/.exec(stdout)?.[0] ?? '';
}

const script = `for place in "$1"/*; do
  "$2" --root-dir "$place" >"$place/said" 2>&1
  echo $? >"$place/status"
done`;

export function askNetplan(cases: readonly (readonly ConfigFile[])[], root: string): readonly NetplanAnswer[] {
  const generator = generatorOf(root);
  if (generator === undefined) throw new Error('netplan is missing');
  mkdirSync(`${root}/tmp`, { recursive: true });
  const directory = mkdtempSync(`${root}/tmp/failoverctl-netplan-`);
  try {
    const placeOf = (index: number) => join(directory, String(index).padStart(6, '0'));
    for (const [index, files] of cases.entries()) {
      mkdirSync(placeOf(index));
      for (const { path, source, mode } of files) {
        mkdirSync(join(placeOf(index), dirname(path)), { recursive: true });
        writeFileSync(join(placeOf(index), path), source.text, { mode: mode ?? 0o600 });
      }
    }
    const shell = ['sh', '-c', script, 'sh', directory.slice(root.length), generator];
    const [program = 'sh', ...args] = root === '' ? shell : ['chroot', root, ...shell];
    const run = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
    if (run.status !== 0) throw new Error(`netplan did not answer: ${run.error?.message ?? run.stderr}`);
    return cases.map((_, index) => ({
      accepted: readFileSync(join(placeOf(index), 'status'), 'utf8').trim() === '0',
      crashed: Number(readFileSync(join(placeOf(index), 'status'), 'utf8')) > 128,
      message: readFileSync(join(placeOf(index), 'said'), 'utf8').trim(),
      files: readBelow(placeOf(index)),
    }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readBelow(place: string): ReadonlyMap<string, string> {
  const run = join(place, 'run');
  const found = existsSync(run) ? readdirSync(run, { recursive: true, withFileTypes: true }) : [];
  return new Map(
    found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.endsWith('.yaml'))
      .map((path) => [path.slice(place.length), readFileSync(path, 'utf8')]),
  );
}
