/** `failoverctl install`: guards, the master's configuration and hooks, into this guest or an image; `--now` heals it too. */
import { applyPlan } from '../install/apply.ts';
import { treeAfter } from '../install/changed-tree.ts';
import { type Manifest, manifestPath } from '../inventory/manifest.ts';
import { awaitUdev, type LiveTarget, planLive, runLive } from '../install/live.ts';
import { readDistribution } from '../inventory/distribution.ts';
import { vendorLayout } from '../inventory/layout.ts';
import { probeMachine } from '../inventory/probe.ts';
import { isEmptyPlan, type Plan } from '../install/plan.ts';
import { cancelRollback, isRollbackPending, isRollbackRunning, scheduleRollback } from '../install/rollback.ts';
import { loadShelf, type Shelf } from '../install/wanted.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { readAddressing } from './addressing-options.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest, type OpenedGuest } from './guest.ts';
import { checkCombination, defineInstall, type InstallOptions, readConfirm, readManager } from './install-options.ts';
import {
  decideBySight,
  describeManagers,
  describeWanted,
  failApply,
  inTurn,
  openTree,
  printOutcome,
  printPreview,
  readInstalled,
  requireRoot,
  verbOf,
} from './install-report.ts';
import { type Preparation, prepareInstall } from './prepare-install.ts';

export { defineInstall as define } from './install-options.ts';

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options } = parseArguments<InstallOptions>(defineInstall(), args, system);
  if (options.keep === true) return keep(system, options);
  readManager(options.manager);
  const confirm = readConfirm(options);
  readAddressing(options);
  checkCombination(options);
  const { tree, asked } = openAsked(system, options);
  const shelf = await loadShelf();
  if (options.confext !== undefined) {
    const { writeConfext } = await import('./confext.ts');
    return writeConfext(system, options.confext, decide(tree, { ...asked, generic: true }, shelf));
  }
  if (options.dryRun === true) return preview(system, tree, asked, shelf);
  requireRoot(system, options.root);
  const { status, isLeft } = inTurn(system, tree, 'install', () =>
    installInTurn(system, tree, asked, { confirm, shelf }),
  );
  const { describeLeft } = await import('./describe-left.ts');
  system.out(await describeLeft(tree, { live: options.root === undefined, isLeft }));
  return status;
}

/** The tree, and the options by what it is. */
function openAsked(
  system: System,
  options: InstallOptions,
): { readonly tree: System; readonly live: boolean; readonly asked: InstallOptions } {
  const recorded = options.snapshot === undefined ? null : openGuest(system, options);
  const given = recorded?.tree ?? openTree(system, options.root);
  const placed = options.root !== undefined && isImageBased(given) && options.confext === undefined;
  // of an image there are no links to look at
  const asked: InstallOptions = {
    ...options,
    ...(recorded?.live === false ? { generic: true } : {}),
    ...(placed ? { vendor: true } : {}),
  };
  const tree = asked.vendor === true ? vendorLayout(given) : given;
  return { tree, live: recorded?.live ?? options.root === undefined, asked };
}

/** A guest as an installation with these arguments would leave it. Nothing is changed. */
export async function openInstalled(args: readonly string[], system: System): Promise<OpenedGuest> {
  const { tree, live, asked } = openAsked(
    system,
    parseArguments<InstallOptions>(defineInstall(), args, system).options,
  );
  return { tree: treeAfter(tree, decide(tree, asked, await loadShelf()).plan), live };
}

/** ostree and bootc: /usr is what reaches a machine at each upgrade. */
function isImageBased(tree: System): boolean {
  const { value } = readDistribution(probeMachine(tree)).image;
  return value === 'ostree' || value === 'bootc';
}

/** What to make of a tree, as it is now. */
interface Intent extends Preparation {
  readonly installed: Manifest | null;
  /** In words: who configures links, and what is kept. */
  readonly found: string;
  /** What to make of the running guest, or null. */
  readonly target: LiveTarget | null;
}

function decide(tree: System, options: InstallOptions, shelf: Shelf): Intent {
  return decideBySight(tree, (system) => decideFor(system, options, shelf));
}

function decideFor(tree: System, options: InstallOptions, shelf: Shelf): Intent {
  const installed = readInstalled(tree);
  const prepared = prepareInstall(tree, options, installed, shelf);
  const { managers, chosen, wanted, supplied, plan } = prepared;
  const found = describeManagers(managers, chosen, wanted.leftToCloudInit) + describeWanted(wanted, chosen);
  const paths = [...wanted.files.map(({ path }) => path), ...supplied];
  const startedAs = new Map(
    wanted.kept.flatMap(({ master, startedAs: as }) => (as === undefined ? [] : [[master, as]])),
  );
  const target = options.now === true ? { managers, chosen, startedAs, changed: plan.changed, installed: paths } : null;
  return { ...prepared, installed, found, target };
}

function installInTurn(
  system: System,
  tree: System,
  options: InstallOptions,
  { confirm, shelf }: { readonly confirm: number | null; readonly shelf: Shelf },
): { readonly status: number; readonly isLeft: boolean } {
  if (options.now === true) awaitUdev(system);
  const intent = decide(tree, options, shelf);
  const { plan, installed } = intent;
  const isImage = options.root !== undefined;
  system.out(intent.found);
  if (confirm !== null && installed !== null && plan.changes.length > 0) {
    throw new CommandError('--confirm: an older installation would be taken back with it; uninstall that first');
  }
  if (!isImage && isRollbackPending(system)) {
    const pending =
      "an earlier one is going to be taken back, as --confirm asked; 'failoverctl install --keep' keeps it";
    if (plan.changes.length > 0) throw new CommandError(`${pending}; nothing has been changed`);
    system.err(`failoverctl install: ${pending}\n`);
  }
  const status = install(system, tree, intent, { isImage, confirm: plan.changes.length > 0 ? confirm : null });
  return { status, isLeft: intent.wanted.leftToCloudInit };
}

interface Execution {
  readonly isImage: boolean;
  /** Seconds after which it is taken back, or null. */
  readonly confirm: number | null;
}

function preview(system: System, tree: System, options: InstallOptions, shelf: Shelf): number {
  const { found, plan, target } = decide(tree, options, shelf);
  const live = target === null ? null : planLive(tree, target);
  if (isFailure(live)) throw new CommandError(`cannot look at the links: ${explainFailure(live)}`);
  system.out(printPreview({ found, plan, live, undo: 'failoverctl uninstall' }, options));
  const differs = !isEmptyPlan(plan) || plan.conflicts.length > 0 || (live?.steps.length ?? 0) > 0;
  return differs ? exitStatus.findings : exitStatus.clean;
}

function install(system: System, tree: System, intent: Intent, { isImage, confirm }: Execution): number {
  const { plan, installed, target } = intent;
  if (plan.conflicts.length > 0) {
    for (const { path, why } of plan.conflicts) system.err(`failoverctl install: '${printable(path)}' ${why}\n`);
    system.err('failoverctl install: nothing has been changed; --force overwrites, and uninstall then restores\n');
    return exitStatus.findings;
  }
  // a connection that breaks, or Ctrl-C, must not leave it half done
  const interrupts = system.catchInterrupts();
  try {
    const started = system.now();
    const unscheduled = confirm === null ? null : scheduleRollback(system, confirm);
    if (unscheduled !== null) throw new CommandError(`--confirm: ${unscheduled}; nothing has been changed`);
    const failed = applyPlan(tree, plan);
    if (failed !== null && confirm !== null) cancelRollback(system);
    if (failed !== null) failApply(failed);
    const live = target === null ? null : runLive(tree, target);
    if (isFailure(live)) throw new CommandError(`cannot look at the links: ${explainFailure(live)}`);
    system.out(describeChanges(plan, installed));
    if (confirm !== null) {
      const left = Math.max(0, confirm - Math.ceil((system.now() - started) / 1000));
      system.out(`taken back in ${left} seconds unless: failoverctl install --keep\n`);
    }
    if (live !== null) return printOutcome(system, 'install', live);
    if (!isImage && plan.changed.length > 0)
      system.out("the daemons have not been told: '--now' does that, or a reboot\n");
    return exitStatus.clean;
  } finally {
    interrupts.release();
  }
}

/** The answer to `--confirm`. */
export function keep(system: System, options: InstallOptions): number {
  const others = Object.entries(options).filter(([, value]) => value !== undefined && !Array.isArray(value));
  if (others.length > 1) throw new CommandError('--keep stands alone', exitStatus.usage);
  requireRoot(system, undefined);
  if (isRollbackRunning(system)) {
    throw new CommandError('--keep: too late, it is being taken back', exitStatus.findings);
  }
  if (!isRollbackPending(system)) {
    throw new CommandError('--keep: nothing is going to be taken back', exitStatus.findings);
  }
  const failure = cancelRollback(system);
  if (failure !== null) throw new CommandError(`--keep: ${failure}`);
  system.out('kept\n');
  return exitStatus.clean;
}

function describeChanges({ changes }: Plan, installed: Manifest | null): string {
  const files = changes.filter(({ path }) => path !== manifestPath);
  if (files.length === 0) return installed === null ? '' : 'nothing to change: it is installed already\n';
  return files
    .map(
      (file) => `${{ write: 'wrote', change: 'changed', remove: 'removed' }[verbOf(file)]} ${printable(file.path)}\n`,
    )
    .join('');
}
