/** `failoverctl uninstall`: takes back, byte for byte, what `install` has done. */
import { applyPlan } from '../install/apply.ts';
import { planUninstallReload, runReload } from '../install/live.ts';
import { loadManagers, type LoadedManagers } from '../managers/all.ts';
import { findGivenBack } from '../install/give-back.ts';
import { findManagers, type ManagerUses } from '../inventory/managers-in-use.ts';
import { installedLayout } from '../inventory/layout.ts';
import { manifestPath } from '../inventory/manifest.ts';
import { guardPackage, ownPaths, readSupplied } from '../inventory/supplied.ts';
import { isEmptyPlan, planClearing, planUninstall, type Plan } from '../install/plan.ts';
import { cancelRollback, isRollbackPending } from '../install/rollback.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { defineCommand, parseArguments, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import { checkTree, diffOption, type TreeOptions } from './install-options.ts';
import {
  decideBySight,
  failApply,
  inTurn,
  openTree,
  printOutcome,
  printPreview,
  readInstalled,
  requireRoot,
} from './install-report.ts';

interface UninstallOptions extends TreeOptions {
  readonly force?: true;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options } = parseArguments<UninstallOptions>(define(), args, system);
  checkTree(options);
  const tree = installedLayout(
    options.snapshot === undefined ? openTree(system, options.root) : openGuest(system, options).tree,
  );
  // all that is read of the program is read before anything is changed
  const loaded: LoadedManagers = options.now === true ? await loadManagers() : new Map();
  if (options.dryRun === true) return preview(system, tree, options, loaded);
  requireRoot(system, options.root);
  return inTurn(system, tree, 'uninstall', () => uninstallInTurn(system, tree, options, loaded));
}

/** What to take back from a tree, as it is now; null: nothing is installed there. */
function decide(system: System, tree: System, options: UninstallOptions) {
  return decideBySight(tree, (watched) => decideFor(system, watched, options));
}

function decideFor(system: System, tree: System, options: UninstallOptions) {
  const installed = readInstalled(tree);
  const plan = installed === null ? planClearing(tree) : planUninstall(tree, installed, options.force === true);
  if (isFailure(plan)) throw new CommandError(explainFailure(plan));
  if (installed === null && isEmptyPlan(plan)) {
    const guard = readSupplied(tree) === null ? '' : `; the guards are of the package ${guardPackage}`;
    system.out(`nothing is installed: there is no ${manifestPath}${guard}\n`);
    return null;
  }
  // as they will be without us: what is ours is no evidence
  return {
    plan,
    undo: installed?.command ?? 'failoverctl install',
    managers: findManagers(tree, ownPaths(tree, installed)),
  };
}

function preview(system: System, tree: System, options: UninstallOptions, loaded: LoadedManagers): number {
  const decided = decide(system, tree, options);
  if (decided === null) return exitStatus.clean;
  const { plan, managers, undo } = decided;
  const live =
    options.now === true
      ? {
          steps: [
            ...planUninstallReload(tree, managers, plan.changed),
            ...findGivenBack(tree, managers, loaded, (path) => plan.changed.includes(path)),
          ],
          problems: [],
        }
      : null;
  system.out(printPreview({ found: '', plan, live, undo }, options));
  return !isEmptyPlan(plan) || plan.conflicts.length > 0 ? exitStatus.findings : exitStatus.clean;
}

function uninstallInTurn(system: System, tree: System, options: UninstallOptions, loaded: LoadedManagers): number {
  const decided = decide(system, tree, options);
  if (decided === null) return exitStatus.clean;
  const live = options.now === true ? { managers: decided.managers, loaded } : null;
  const status = uninstall(system, tree, decided.plan, live);
  // else the timer of --confirm would take back the next installation
  const failure = options.root === undefined && isRollbackPending(system) ? cancelRollback(system) : null;
  if (failure !== null) system.err(`failoverctl uninstall: the timer of --confirm cannot be stopped: ${failure}\n`);
  return status;
}

interface Live {
  readonly managers: ManagerUses;
  readonly loaded: LoadedManagers;
}

function uninstall(system: System, tree: System, plan: Plan, live: Live | null): number {
  const interrupts = system.catchInterrupts();
  try {
    const failed = applyPlan(tree, plan);
    if (failed !== null) failApply(failed);
    const done = live === null ? [] : runReload(tree, live.managers, plan.changed, live.loaded);
    for (const path of plan.leftovers) system.out(`removed ${printable(path)}, left by a run that was killed\n`);
    for (const { path, to } of plan.changes) {
      if (path !== manifestPath) system.out(`${to.kind === 'absent' ? 'removed' : 'restored'} ${printable(path)}\n`);
    }
    const status = printOutcome(system, 'uninstall', { done, problems: [] });
    for (const { path, why } of plan.conflicts) {
      system.err(`failoverctl uninstall: '${printable(path)}' ${why}: left as it is; --force undoes it all the same\n`);
    }
    return plan.conflicts.length > 0 ? Math.max(status, exitStatus.findings) : status;
  } finally {
    interrupts.release();
  }
}

export function define() {
  return defineCommand('uninstall', "Takes back what 'failoverctl install' has done to this guest, or to an image.")
    .option('-n, --dry-run', 'change nothing; print what would be')
    .option(...diffOption)
    .option('--now', 'tell the daemons to read their files again')
    .option(...rootOption)
    .option(...snapshotOption)
    .option('-f, --force', 'undo files too that have been changed since')
    .addHelpText(
      'after',
      `
Every file is as it was before the installation, with its mode and owner; directories that were made for it go if they
are empty. ${manifestPath} knows what there was.

A file that somebody has changed since is left as it is and named; all others are undone. The manifest stays until that
file is undone too, by --force or by hand. All is undone together or, if something fails, nothing.

Without --now the daemons go on as they are until they read their files again. With it udev, netplan, networkd and
NetworkManager read what has changed. Addresses are not touched. What the rules have set (no IPv6 on a slave) stays
until the link comes anew.

Exit status: 0 done, or nothing is installed; 1 a file has been changed since, or with --dry-run: something would be
changed; 2 wrong usage; 3 something failed.

Examples:
  failoverctl uninstall --dry-run
  failoverctl uninstall --root /mnt/image
`,
    );
}
