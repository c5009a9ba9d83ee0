/** What an installation would be now: managers, files and plan, or the reason why there is none. Nothing is changed. */
import { findClosedFolder } from '../install/closed-folders.ts';
import { leaveOutSupplied } from '../install/guard-package.ts';
import type { Manifest } from '../inventory/manifest.ts';
import { guardListPath, guardPackage, ownPaths, readSupplied } from '../inventory/supplied.ts';
import { chooseManager, findManagers, renderersOf, type ManagerUses } from '../inventory/managers-in-use.ts';
import { type Plan, planInstall, type Wanted } from '../install/plan.ts';
import { placeFile } from '../managers/placement.ts';
import { choicesOf, collectWanted, type Shelf, type WantedFiles } from '../install/wanted.ts';
import { findManager, installableManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { RenderChoices } from '../managers/description.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { readTopology } from '../topology/failover-group.ts';
import { readAddressing } from './addressing-options.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { defineInstall, describeCommand, type InstallOptions, isExplicit, readManager } from './install-options.ts';
import type { MasterConfig, MasterTarget } from '../managers/master-config.ts';

export interface Preparation {
  readonly managers: ManagerUses;
  readonly chosen: ManagerName;
  readonly wanted: WantedFiles;
  /** Paths that it would write if a package did not have these files. */
  readonly supplied: readonly string[];
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
  const managers = findManagers(tree, ownPaths(tree, installed));
  const [unread] = managers.failures;
  if (unread !== undefined) {
    throw new CommandError(
      `cannot tell which network managers are here: cannot read ${explainFailure(unread)}; nothing has been changed`,
    );
  }
  const first = readManager(options.manager) ?? chooseManager(managers)?.manager ?? null;
  refuseStrangers(managers, first);
  if (first === null) {
    const why = managers.uses.map(({ manager, evidence }) => `${manager}: ${evidence}`).join('; ');
    throw new CommandError(`no network manager is in use (${why}); say by --manager who shall configure the master`);
  }
  const config: MasterConfig = {
    masters,
    ...addressing,
    followsBridges: options.bridge === true,
    command: describeCommand(options),
  };
  const chosen = options.manager === undefined ? findAble(managers, shelf, config, first) : first;
  for (const { name } of masters ?? []) checkName(name, chosen, choicesOf(managers, chosen));
  const choices = choicesOf(managers, chosen);
  const refusal = isExplicit(options) ? shelf.renderings.get(chosen)?.refuse?.(config, choices) : null;
  if (typeof refusal === 'string') throw new CommandError(refusal, exitStatus.usage);
  // cloud-init's datasource may have an address for the master, also in a guest where it has not run yet
  const isCloudInits = managers.cloudInitToCome || (masters === null && managers.cloudInitFor !== null);
  const bare = isCloudInits ? 'keep-or-leave' : 'keep';
  const master = options.guardOnly === true ? 'never' : isExplicit(options) ? 'write' : bare;
  const bluntHelper = options.bluntHelper === true;
  const masterFrom = options.masterFrom ?? null;
  const collected = collectWanted(
    tree,
    shelf,
    config,
    { chosen, managers, master, masterFrom, bluntHelper },
    installed,
  );
  const { supplied, ...wanted } =
    options.vendor === true ? placeAll(collected) : besidePackage(tree, collected, installed);
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
  return { managers, chosen, wanted, supplied, plan };
}

/** An ifcfg file has no match that fits any master; a profile of NetworkManager's, which reads both, has. */
function findAble(managers: ManagerUses, shelf: Shelf, config: MasterConfig, first: ManagerName): ManagerName {
  const refuses = (name: ManagerName) =>
    typeof shelf.renderings.get(name)?.refuse?.(config, choicesOf(managers, name)) === 'string';
  if (config.masters !== null || !refuses(first)) return first;
  return renderersOf(managers, first).find((name) => !refuses(name)) ?? first;
}

type Divided = WantedFiles & Pick<Preparation, 'supplied'>;

function placeAll(wanted: WantedFiles): Divided {
  return { ...wanted, files: wanted.files.map(placeInVendor), supplied: [] };
}

/** The guards that the package failoverctl-guard has are not written once more. */
function besidePackage(tree: System, wanted: WantedFiles, installed: Manifest | null): Divided {
  const list = readSupplied(tree);
  if (typeof list === 'string')
    throw new CommandError(
      `'${guardListPath}' is damaged: ${list}; reinstall ${guardPackage}; nothing has been changed`,
    );
  if (isFailure(list)) throw new CommandError(`cannot read ${explainFailure(list)}; nothing has been changed`);
  const divided = leaveOutSupplied(tree, wanted.files, list, installed);
  if (isFailure(divided)) throw new CommandError(`cannot read ${explainFailure(divided)}; nothing has been changed`);
  const { files, supplied } = divided;
  const count = `${supplied.length} ${supplied.length === 1 ? 'file' : 'files'}`;
  const note = `${guardPackage} has the guards (${count}); they are left to the package`;
  return { ...wanted, files, supplied, notes: supplied.length === 0 ? wanted.notes : [note, ...wanted.notes] };
}

/** A file of somebody else's that is altered stays where it is. */
function placeInVendor(file: Wanted): Wanted {
  return 'text' in file ? placeFile(file, 'vendor') : file;
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
