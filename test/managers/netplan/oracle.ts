/**
 * netplan's own programs as oracle: each configuration in a root directory of its own, and everything that is written
 * below /run there. Nothing of the machine is read or changed but by `udevadm control --reload`, which 0.106 calls.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { sidNetplan, trixie } from '../namespace.ts';

export interface NetplanAnswer {
  readonly accepted: boolean;
  /** A signal ended it: that is no verdict. */
  readonly crashed: boolean;
  /** What it printed. */
  readonly message: string;
  /** By path: /run/systemd/network/10-netplan-…. */
  readonly files: ReadonlyMap<string, string>;
}

/** netplan as `netplan generate` and `netplan apply` run it, or as the boot does. */
export type Way = 'command' | 'boot';

/** Debian 12's netplan 0.106, 13's 1.1.2, sid's 1.2. */
export const netplanSystems: readonly string[] = ['', trixie, sidNetplan];

/** From 1.2 the generator writes units only, and `configure` the rest. */
const programs = ['/usr/libexec/netplan/configure', '/usr/libexec/netplan/generate', '/usr/lib/netplan/generate'];

/** `root`: '' for this machine, or a system to chroot into. Why it cannot be asked, or null. */
export function missingNetplan(root: string): string | null {
  if (programOf(root) === undefined) return `netplan is missing${root === '' ? '' : ` in ${root}`}`;
  return root !== '' && process.getuid?.() !== 0 ? 'chroot needs root' : null;
}

/** Without it netplan refuses what is Open vSwitch's. */
export function hasOpenVSwitch(root: string): boolean {
  return existsSync(`${root}/usr/bin/ovs-vsctl`);
}

function programOf(root: string): string | undefined {
  return programs.find((path) => existsSync(`${root}${path}`));
}

/** 0.106, 1.1.2: as the package's log of changes has it, since a tree that is only unpacked has no package database. */
export function versionOfNetplan(root: string): string {
  const logs = ['netplan-generator', 'netplan.io'].map((name) => `${root}/usr/share/doc/${name}/changelog.Debian.gz`);
  const log = logs.find((path) => existsSync(path));
  const text = log === undefined ? '' : gunzipSync(readFileSync(log)).toString('utf8');
  return /^netplan\.io \(([0-9.]+)/.exec(text)?.[1] ?? '';
}

/** As a generator netplan is called by that name. */
const script = `for place in "$1"/*; do
  if test "$3" = command; then "$2" --root-dir "$place" >"$place/said" 2>&1
  elif test "\${2##*/}" = configure; then NETPLAN_PARSER_IGNORE_ERRORS=1 "$2" --root-dir "$place" >"$place/said" 2>&1
  else
    mkdir -p "$place/boot/systemd/system-generators"
    ln -s "$2" "$place/boot/systemd/system-generators/netplan"
    "$place/boot/systemd/system-generators/netplan" --root-dir "$place" "$place/boot" "$place/boot" "$place/boot" >"$place/said" 2>&1
  fi
  echo $? >"$place/status"
done`;

export function askNetplan(
  cases: readonly (readonly ConfigFile[])[],
  root: string,
  way: Way = 'command',
): readonly NetplanAnswer[] {
  const program = programOf(root);
  if (program === undefined) throw new Error('netplan is missing');
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
    const shell = ['sh', '-c', script, 'sh', directory.slice(root.length), program, way];
    const [first = 'sh', ...args] = root === '' ? shell : ['chroot', root, ...shell];
    const run = spawnSync(first, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
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
