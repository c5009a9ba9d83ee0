/** `failoverctl doctor`: is this guest able and ready, and what is to be done if it is not. */
import { diagnose } from '../doctor/diagnose.ts';
import { describeCoverage } from '../lint/coverage.ts';
import { allRules } from '../findings/settle.ts';
import { formatTable, printable } from '../report/table.ts';
import { check, type Check } from '../doctor/check.ts';
import { defineCommand, parseArguments, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest, type GuestOptions } from './guest.ts';
import { findOtherwise } from '../install/guard-package.ts';
import { loadShelf } from '../install/wanted.ts';
import { planAgain } from './prepare-install.ts';
import { lintAnyVersion } from './lint-any-version.ts';
import { readSystemTarget, type Target } from './lint-target.ts';
import { watchingSystem } from '../system/watching.ts';
import type { TargetFacts } from '../inventory/releases.ts';
import type { Manifest } from '../inventory/manifest.ts';
import type { Plan } from '../install/plan.ts';
import type { System } from '../system/system.ts';

interface DoctorOptions extends GuestOptions {
  readonly json?: true;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options } = parseArguments<DoctorOptions>(define(), args, system);
  const { tree, live } = openGuest(system, options);
  const watched = watchingSystem(tree);
  const checks = await examine(watched.system, live);
  system.out(options.json === true ? `${JSON.stringify({ version: 1, checks }, null, 2)}\n` : render(checks));
  for (const failure of watched.failures) system.err(`failoverctl doctor: cannot read ${explainFailure(failure)}\n`);
  if (watched.failures.length > 0) return exitStatus.failure;
  return checks.some(({ state }) => state === 'todo') ? exitStatus.findings : exitStatus.clean;
}

/** All checks, with what lint says of the configuration. */
export async function examine(tree: System, live: boolean): Promise<readonly Check[]> {
  const shelf = await loadShelf();
  const again = (installed: Manifest): Plan | string => {
    try {
      return planAgain(tree, installed, shelf);
    } catch (error) {
      if (error instanceof CommandError) return error.message;
      throw error;
    }
  };
  const otherwise = (supplied: Manifest) => findOtherwise(supplied, shelf.renderings);
  return [...(await diagnose(tree, live, again, otherwise)), await checkConfiguration(tree, live)];
}

async function checkConfiguration(tree: System, live: boolean): Promise<Check> {
  const options = { assumption: null, live, command: 'failoverctl doctor', name: 'this system' };
  const read = async (target: TargetFacts): Promise<readonly [Target]> => [
    await readSystemTarget(tree, { ...options, target }),
  ];
  const { targets, findings } = await lintAnyVersion(read, allRules);
  const [{ view, coverage, troubles }] = targets;
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const guest = view.assumed ? ', for a guest with one triple' : '';
  if (errors + warnings > 0) {
    const words = [plural(errors, 'error'), plural(warnings, 'warning')].filter((word) => !word.startsWith('0 '));
    const advice = "'failoverctl lint' says what and where; '--fix' mends what is safe to mend";
    return check('configuration', 'todo', `lint finds ${words.join(' and ')}${guest}`, advice);
  }
  const [trouble] = troubles;
  if (trouble !== undefined) return check('configuration', 'unknown', `cannot be judged: ${trouble}`);
  if (coverage.judged.length === 0) return check('configuration', 'unknown', describeCoverage(coverage));
  return check('configuration', 'ok', `lint finds nothing wrong${guest}`);
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

export function define() {
  return defineCommand('doctor', 'Says whether this guest, or an image, is able and ready for a failover NIC.')
    .option('--json', 'print JSON, version 1')
    .option(...rootOption)
    .option(...snapshotOption)
    .addHelpText(
      'after',
      `
Looked at: distribution and hypervisor, the kernel and its modules, the failover NIC, network managers and their versions,
our hooks (in place, as they were written, current), the initramfs, cloud-init, and what lint says of the configuration.
Each line is ok, a note, something to do, or unknown: what cannot be told, in an image or without a shell, is said to be so.

Nothing is changed. On a running guest systeminformation is asked for the hypervisor; it runs a few programs in a shell.

Exit status: 0 ready; 1 something is to be done; 2 wrong usage; 3 unreadable input.

Examples:
  failoverctl doctor
  failoverctl doctor --root /mnt/image --json
`,
    );
}

function render(checks: readonly Check[]): string {
  const rows = checks.map(({ subject, state, found }) => [subject, state, printable(found)]);
  const advice = checks
    .filter((line) => line.advice !== null)
    .map(
      ({ subject, state, advice: text }) =>
        `${state === 'todo' ? 'to do' : 'note'}, ${subject}: ${printable(text ?? '')}\n`,
    );
  return `${formatTable(['CHECK', 'STATE', 'FOUND'], rows)}${advice.length === 0 ? '' : '\n'}${advice.join('')}`;
}
