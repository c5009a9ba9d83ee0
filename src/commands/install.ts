/** `failoverctl install`: guards, the master's configuration and hooks, into this guest or an image; `--now` heals it too. */
import { applyPlan } from '../install/apply.ts';
import { findClosedFolder } from '../install/closed-folders.ts';
import { manifestPath, type Manifest } from '../inventory/manifest.ts';
import { chooseManager, findManagers, type ManagerUses } from '../inventory/managers-in-use.ts';
import { awaitUdev, planLive, runLive, type LiveTarget } from '../install/live.ts';
import { isEmptyPlan, planInstall, type Plan } from '../install/plan.ts';
import { cancelRollback, isRollbackPending, isRollbackRunning, scheduleRollback } from '../install/rollback.ts';
import { choicesOf, collectWanted, loadShelf, type Shelf, type WantedFiles } from '../install/wanted.ts';
import { findManager, installableManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { RenderChoices } from '../managers/description.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { readTopology } from '../topology/failover-group.ts';
import { readAddressing } from './addressing-options.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import {
  checkCombination,
  defineInstall,
  describeCommand,
  isExplicit,
  readConfirm,
  readManager,
  type InstallOptions,
} from './install-options.ts';
import {
  decideBySight,
  describeManagers,
  failApply,
  inTurn,
  openTree,
  printOutcome,
  printPlan,
  printSteps,
  readInstalled,
  requireRoot,
} from './install-report.ts';
import type { MasterConfig, MasterTarget } from '../managers/master-config.ts';

export { defineInstall as define } from './install-options.ts';

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options } = parseArguments<InstallOptions>(defineInstall(), args, system);
  if (options.keep === true) return keep(system, options);
  readManager(options.manager);
  const confirm = readConfirm(options);
  readAddressing(options);
  checkCombination(options);
  const recorded = options.snapshot === undefined ? null : openGuest(system, options);
  const tree = recorded?.tree ?? openTree(system, options.root);
  // of an image there are no links to look at
  const asked: InstallOptions = recorded?.live === false ? { ...options, generic: true } : options;
  const shelf = await loadShelf();
  if (options.dryRun === true) return preview(system, tree, asked, shelf);
  requireRoot(system, options.root);
  const { status, isLeft } = inTurn(system, tree, 'install', () =>
    installInTurn(system, tree, asked, { confirm, shelf }),
  );
  const { describeLeft } = await import('./describe-left.ts');
  system.out(await describeLeft(tree, { live: options.root === undefined, isLeft }));
  return status;
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
  const { managers, chosen, wanted, plan } = prepared;
  const found = describeManagers(managers, chosen, wanted.leftToCloudInit) + describeWanted(wanted);
  const paths = wanted.files.map(({ path }) => path);
  const target = options.now === true ? { managers, chosen, changed: plan.changed, installed: paths } : null;
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

export interface Preparation {
  readonly managers: ManagerUses;
  readonly chosen: ManagerName;
  readonly wanted: WantedFiles;
  readonly plan: Plan;
}

/** What an installation with these options would be now. Nothing is changed. */
export function prepareInstall(
  tree: System,
  options: InstallOptions,
  installed: Manifest | null,
  shelf: Shelf,
): Preparation {
  const addressing = readAddressing(options);
  const masters = options.generic === true || options.root !== undefined ? null : findMasters(tree, addressing);
  const managers = findManagers(tree, new Set(installed?.files.map(({ path }) => path)));
  const [unread] = managers.failures;
  if (unread !== undefined) {
    throw new CommandError(
      `cannot tell which network managers are here: cannot read ${explainFailure(unread)}; nothing has been changed`,
    );
  }
  const chosen = readManager(options.manager) ?? chooseManager(managers)?.manager ?? null;
  refuseStrangers(managers, chosen);
  if (chosen === null) {
    const why = managers.uses.map(({ manager, evidence }) => `${manager}: ${evidence}`).join('; ');
    throw new CommandError(`no network manager is in use (${why}); say by --manager who shall configure the master`);
  }
  for (const { name } of masters ?? []) checkName(name, chosen, choicesOf(managers, chosen));
  const config: MasterConfig = { masters, ...addressing, command: describeCommand(options) };
  const choices = choicesOf(managers, chosen);
  const refusal = isExplicit(options) ? shelf.renderings.get(chosen)?.refuse?.(config, choices) : null;
  if (typeof refusal === 'string') throw new CommandError(refusal, exitStatus.usage);
  const bare = masters === null && managers.cloudInitFor !== null ? 'keep-or-leave' : 'keep';
  const master = options.guardOnly === true ? 'never' : isExplicit(options) ? 'write' : bare;
  const bluntHelper = options.bluntHelper === true;
  const masterFrom = options.masterFrom ?? null;
  const wanted = collectWanted(tree, shelf, config, { chosen, managers, master, masterFrom, bluntHelper }, installed);
  checkMasterFrom(masterFrom, wanted);
  const closed = findClosedFolder(
    tree,
    wanted.files.map(({ path }) => path),
  );
  if (closed !== null) throw new CommandError(`'${closed.path}': ${closed.message}; nothing has been changed`);
  if (wanted.refusals.length > 0)
    throw new CommandError(
      `${wanted.refusals.map(printable).join('; ')}. Nothing has been changed; --dhcp4 or --address configures the master anew, --guard-only leaves it`,
      exitStatus.findings,
    );
  const plan = planInstall(tree, wanted.files, config.command, installed, options.force === true);
  if (isFailure(plan)) throw new CommandError(explainFailure(plan));
  return { managers, chosen, wanted, plan };
}

/** Beside a program that we cannot keep off the slaves, nothing that we write makes a guest ready. */
function refuseStrangers({ uses, strangers }: ManagerUses, chosen: ManagerName | null): void {
  const acting = strangers.filter(({ inUse }) => inUse);
  refuseUnguarded(uses, chosen);
  const [first] = acting;
  if (first === undefined || uses.some(({ manager, present }) => manager === chosen && present)) return;
  const names = acting.map(({ title, evidence }) => `${title} (${evidence})`).join(' and ');
  throw new CommandError(
    `links are configured here by ${names}, which failoverctl cannot keep off the slaves; nothing has been changed. ` +
      `Let ${installableManagers.map(({ name }) => name).join(', ')} configure links, or tell ${first.title} to use the master alone`,
  );
}

/** A manager that configures links here, and that what we write does not reach. */
function refuseUnguarded(uses: ManagerUses['uses'], chosen: ManagerName | null): void {
  const one = uses.find(({ manager, inUse, unguarded }) => unguarded !== undefined && (inUse || manager === chosen));
  if (one === undefined) return;
  throw new CommandError(
    `${one.manager} configures links here (${one.evidence}), and ${one.unguarded ?? ''}; nothing has been changed. ` +
      `Tell ${one.manager} to configure the master alone, or let another manager configure links`,
  );
}

/** Does the installation that a manifest tells of differ from what this program would write with the same command? */
export function planAgain(tree: System, installed: Manifest, shelf: Shelf): Plan {
  const [, , ...words] = installed.command.split(' ');
  const { options } = parseArguments<InstallOptions>(defineInstall(), words, tree);
  return prepareInstall(tree, options, installed, shelf).plan;
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
  system.out(found.replace(/^/gm, '# ').replace(/# $/, '') + printPlan(plan));
  if (live !== null) system.out(printSteps(live));
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
function keep(system: System, options: InstallOptions): number {
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

function findMasters(system: System, { addresses }: Pick<MasterConfig, 'addresses'>): readonly MasterTarget[] {
  const topology = readTopology(system);
  if (isFailure(topology)) {
    throw new CommandError(`cannot read links: ${explainFailure(topology)}; expected a Linux sysfs`);
  }
  const masters = topology.groups.map(({ kind, master, mac }) => ({ kind, name: master, mac }));
  if (masters.length === 0) {
    throw new CommandError(
      'this machine has no failover NIC; --generic installs what fits any guest, --root works on an image',
      exitStatus.findings,
    );
  }
  const unknown = masters.find(({ mac }) => mac === '');
  if (unknown !== undefined) throw new CommandError(`cannot read the MAC of master '${printable(unknown.name)}'`);
  if (addresses.length > 0 && masters.length > 1) {
    throw new CommandError(
      `--address: there are several masters (${masters.map(({ name }) => printable(name)).join(', ')}); ` +
        `give each its file by 'failoverctl generate --master', and the rest by 'install --guard-only'`,
      exitStatus.usage,
    );
  }
  return masters;
}

/** What is named must be one of the definitions that are there. */
function checkMasterFrom(masterFrom: string | null, { kept }: WantedFiles): void {
  if (masterFrom === null || kept.some(({ place }) => place === masterFrom)) return;
  const places = kept.map(({ place }) => printable(place)).join(', ') || 'none';
  throw new CommandError(
    `--master-from: '${printable(masterFrom)}' configures no NIC that may be the master; those that do: ${places}`,
    exitStatus.usage,
  );
}

/** Only what matches by name has to be able to write it. */
function checkName(name: string, chosen: ManagerName, choices: RenderChoices): void {
  if (findManager(chosen)?.canHold?.(name, choices) !== false) return;
  throw new CommandError(
    `master '${printable(name)}': ${chosen} matches by name, and its files cannot hold this one; rename the link`,
  );
}

function describeWanted({ kept, notes }: WantedFiles): string {
  const lines = [
    ...kept.map(({ master, place, leaves, unsure }) =>
      leaves === true
        ? `note: ${printable(master)} is left alone by ${place}: that is kept, and nothing configures the master until you change it`
        : `${printable(master)} ${unsure === true ? 'may be' : 'is'} configured by ${place}: that is kept`,
    ),
    ...notes.map((note) => `note: ${note}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function describeChanges({ changes }: Plan, installed: Manifest | null): string {
  const files = changes.filter(({ path }) => path !== manifestPath);
  if (files.length === 0) return installed === null ? '' : 'nothing to change: it is installed already\n';
  return files
    .map(({ path, from, to }) => {
      const verb = to.kind === 'absent' ? 'removed' : from.kind === 'absent' ? 'wrote' : 'changed';
      return `${verb} ${printable(path)}\n`;
    })
    .join('');
}
