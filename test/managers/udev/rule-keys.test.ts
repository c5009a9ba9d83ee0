/**
 * Which lines of rules `udevadm verify` complains of, and which we do: random lines, right and wrong, of Debian 13's udev and
 * unstable's. FAILOVERCTL_RUNS sets the number of lines (in tens), FC_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { accountsOf } from '../../../src/managers/udev/accounts.ts';
import { parseRules } from '../../../src/managers/udev/rules.ts';
import type { JudgeContext } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';
import { missingDaemons, sid, trixie } from '../namespace.ts';
import { tokenChoices } from './random-tokens.ts';

const seed = Number(process.env['FC_SEED'] ?? 20261130);
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 60);

/** Line to what udevadm says of it. */
function verify(root: string, text: string): { version: number; told: ReadonlyMap<number, string> } {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-verify-'));
  try {
    writeFileSync(join(work, 'a.rules'), text);
    const script = `mount --make-rprivate / && mount -t proc proc $1/proc && mount -t tmpfs tmpfs $1/tmp &&
      cp $2/a.rules $1/tmp && chroot $1 udevadm --version && chroot $1 udevadm verify --no-style --no-summary /tmp/a.rules`;
    const { stdout, stderr } = spawnSync('unshare', ['-m', '--fork', 'sh', '-c', script, 'sh', root, work], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const told = new Map<number, string>();
    for (const [, line = '', message = ''] of `${stdout}\n${stderr}`.matchAll(/^\/tmp\/a\.rules:(\d+) (.*)$/gm))
      if (!message.startsWith('style:')) told.set(Number(line), `${told.get(Number(line)) ?? ''}${message} `);
    return { version: Number.parseInt(stdout, 10), told };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** The accounts of another system's tree. */
function contextOf(root: string): JudgeContext {
  return {
    include: (path) => (existsSync(root + path) ? [configFile(path, readFileSync(root + path, 'utf8'))] : []),
  };
}

const line = fc
  .tuple(
    fc.array(tokenChoices, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(', ENV{Z}="1"', ', ENV{Z}="1"', ''),
    fc.constantFrom(', ', ', ', ',', ' '),
  )
  .map(([tokens, end, between]) => tokens.join(between) + end);

/** udevadm takes two tags or links for a contradiction, of which a device may have both: see check-line.ts. */
const ofMany = /\b(TAG|TAGS|SYMLINK)=="[^"]*".*\b\1=="/;

for (const root of [trixie, sid]) {
  const missing = missingDaemons(root);
  test(`complains of the lines that ${basename(root)}'s udevadm verify complains of`, (t) => {
    if (missing !== null && (process.env['CI'] !== 'true' || root === sid)) return t.skip(missing);
    assert.equal(missing, null);
    const lines = [...fc.sample(line, { seed, numRuns: runs * 10 }), 'LABEL="end"'];
    const text = lines.join('\n');
    const { version, told } = verify(root, text);
    const { faults } = parseRules({ path: '/etc/udev/rules.d/a.rules', text }, version, accountsOf(contextOf(root)));
    const ours = new Map(faults.map((fault) => [fault.line, fault.message]));
    const differ = lines.flatMap((written, index) => {
      const theirs = told.get(index + 1);
      const own = ours.get(index + 1);
      if ((theirs === undefined) === (own === undefined)) return [];
      if (own === undefined && ofMany.test(written) && /^conflicting[^:]*$/.test(theirs ?? '')) return [];
      return `${written}: udev ${theirs}, we ${own}`;
    });
    t.diagnostic(`seed ${seed}: systemd ${version}: ${told.size} of ${lines.length} lines are wrong`);
    assert.ok(told.size > lines.length / 5 && told.size < lines.length, 'right lines and wrong ones');
    assert.deepEqual(differ.slice(0, 10), []);
  });
}

test('syntax of newer releases is judged by the version', () => {
  const faultsOf = (text: string, version?: number) =>
    parseRules({ path: 'x.rules', text }, version).faults.map(({ message }) => message);
  const newer = [
    ['SYMLINK-="a"', 252, 253],
    ['CONST{cvm}=="?*", ENV{A}="1"', 257, 258],
    ['OPTIONS="dump"', 257, 258],
    ['OPTIONS="dump-json"', 257, 258],
    ['IMPORT{builtin}="net_driver"', 254, 255],
    ['IMPORT{builtin}="tpm2_id"', 257, 258],
    ['IMPORT{builtin}="factory_reset status"', 257, 258],
    ['RUN{builtin}="dissect_image"', 257, 258],
  ] as const;
  for (const [text, before, since] of newer) {
    assert.ok(faultsOf(text, before).length > 0, `${text} in ${before}`);
    assert.deepEqual(faultsOf(text, since), [], `${text} in ${since}`);
    assert.deepEqual(faultsOf(text), [], `${text} where the version is not known`);
  }
  // what is expected instead is what that release knows
  assert.deepEqual(faultsOf('SYMLINK-="a"', 252), [
    "SYMLINK: '-=' needs systemd 253, expected '==', '!=', '=', '+=' or ':='",
  ]);
  assert.deepEqual(faultsOf('CONST{cvm}=="?*", ENV{A}="1"', 257), [
    "CONST: '{cvm}' needs systemd 258, expected one of arch, virt",
  ]);
  assert.doesNotMatch(faultsOf('OPTIONS="dump", ENV{A}="1"', 257).join(), /dump-json/);
  // what 258 took away
  assert.deepEqual(faultsOf('ENV{MODALIAS}="1"', 257), []);
  assert.deepEqual(faultsOf('ENV{MODALIAS}="1"', 258), [
    "ENV: 'MODALIAS' cannot be set, expected a property of your own",
  ]);
  assert.deepEqual(faultsOf('IMPORT{builtin}="net"', 257), []);
  assert.equal(faultsOf('IMPORT{builtin}="net"', 258).length, 1);
});
