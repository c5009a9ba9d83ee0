/** `failoverctl install`: guards, the master's configuration and hooks, into this guest or an image; `--now` heals it too. */
import { applyPlan } from '../install/apply.ts';
import { manifestPath, type Manifest } from '../install/manifest.ts';
import { chooseManager, findManagers, managerNames, type InstallManager } from '../install/managers-in-use.ts';
import { planLive, runLive, type LiveTarget } from '../install/live.ts';
import { planInstall, type Plan } from '../install/plan.ts';
import { cancelRollback, isRollbackPending, scheduleRollback } from '../install/rollback.ts';
import { collectWanted, type WantedFiles } from '../install/wanted.ts';
import { isStanzaName } from '../managers/ifupdown/render.ts';
import { isProfileName } from '../managers/networkmanager/render.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { readTopology } from '../topology/failover-group.ts';
import { addressingOptions, addressingWords, readAddressing, type AddressingOptions } from './addressing-options.ts';
import { CommandError, defineCommand, exitStatus, explainFailure, parseArguments, rootOption } from './command.ts';
import {
  describeManagers,
  failApply,
  openTree,
  printOutcome,
  printPlan,
  printSteps,
  readInstalled,
  requireRoot,
} from './install-report.ts';
import type { MasterConfig, MasterTarget } from '../managers/master-config.ts';

interface InstallOptions extends AddressingOptions {
  readonly generic?: true;
  readonly manager?: string;
  readonly guardOnly?: true;
  readonly bluntHelper?: true;
  readonly root?: string;
  readonly dryRun?: true;
  readonly now?: true;
  readonly confirm?: string;
  readonly keep?: true;
  readonly force?: true;
}

export function run(args: readonly string[], system: System): number {
  const { options } = parseArguments<InstallOptions>(definition(), args, system);
  if (options.keep === true) return keep(system, options);
  const asked = readManager(options.manager);
  const confirm = readConfirm(options);
  const addressing = readAddressing(options);
  checkCombination(options);
  const tree = openTree(system, options.root);
  if (options.dryRun !== true) requireRoot(system, options.root);
  const installed = readInstalled(tree);
  const masters = options.generic === true || options.root !== undefined ? null : findMasters(tree, addressing);
  const managers = findManagers(tree, new Set(installed?.files.map(({ path }) => path)));
  const chosen = asked ?? chooseManager(managers)?.manager ?? null;
  if (chosen === null) {
    const why = managers.uses.map(({ manager, evidence }) => `${manager}: ${evidence}`).join('; ');
    throw new CommandError(`no network manager is in use (${why}); say by --manager who shall configure the master`);
  }
  for (const { name } of masters ?? []) checkName(name, chosen);
  const config: MasterConfig = { masters, ...addressing, command: describeCommand(options) };
  const wanted = collectWanted(
    tree,
    config,
    {
      chosen,
      managers,
      master: options.guardOnly === true ? 'never' : isExplicit(options) ? 'write' : 'keep',
      bluntHelper: options.bluntHelper === true,
    },
    installed,
  );
  const plan = planInstall(tree, wanted.files, config.command, installed, options.force === true);
  if (isFailure(plan)) throw new CommandError(explainFailure(plan));
  const found = describeManagers(managers, chosen) + describeWanted(wanted);
  const target: LiveTarget = {
    managers,
    chosen,
    changed: plan.changed,
    installed: wanted.files.map(({ path }) => path),
  };
  if (options.dryRun === true) return preview(system, tree, found, plan, options.now === true ? target : null);
  system.out(found);
  if (confirm !== null && installed !== null && plan.changes.length > 0) {
    throw new CommandError('--confirm: an older installation would be taken back with it; uninstall that first');
  }
  return install(system, tree, plan, installed, {
    target: options.now === true ? target : null,
    isImage: options.root !== undefined,
    confirm: plan.changes.length > 0 ? confirm : null,
  });
}

interface Execution {
  /** What to make of the running guest, or null. */
  readonly target: LiveTarget | null;
  readonly isImage: boolean;
  /** Seconds after which it is taken back, or null. */
  readonly confirm: number | null;
}

function preview(system: System, tree: System, found: string, plan: Plan, target: LiveTarget | null): number {
  const live = target === null ? null : planLive(tree, target);
  if (isFailure(live)) throw new CommandError(`cannot look at the links: ${explainFailure(live)}`);
  system.out(found.replace(/^/gm, '# ').replace(/# $/, '') + printPlan(plan));
  if (live !== null) system.out(printSteps(live));
  const differs = plan.changes.length > 0 || plan.conflicts.length > 0 || (live?.steps.length ?? 0) > 0;
  return differs ? exitStatus.findings : exitStatus.clean;
}

function install(
  system: System,
  tree: System,
  plan: Plan,
  installed: Manifest | null,
  { target, isImage, confirm }: Execution,
): number {
  if (plan.conflicts.length > 0) {
    for (const { path, why } of plan.conflicts) system.err(`failoverctl install: '${path}' ${why}\n`);
    system.err('failoverctl install: nothing has been changed; --force overwrites, and uninstall then restores\n');
    return exitStatus.findings;
  }
  // a connection that breaks, or Ctrl-C, must not leave it half done
  const interrupts = system.catchInterrupts();
  try {
    const unscheduled = confirm === null ? null : scheduleRollback(system, confirm);
    if (unscheduled !== null) throw new CommandError(`--confirm: ${unscheduled}; nothing has been changed`);
    const failed = applyPlan(tree, plan);
    if (failed !== null && confirm !== null) cancelRollback(system);
    if (failed !== null) failApply(failed);
    const live = target === null ? null : runLive(tree, target);
    if (isFailure(live)) throw new CommandError(`cannot look at the links: ${explainFailure(live)}`);
    system.out(describeChanges(plan, installed));
    if (confirm !== null) system.out(`taken back in ${confirm} seconds unless: failoverctl install --keep\n`);
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
  if (!isRollbackPending(system)) {
    throw new CommandError('--keep: nothing is going to be taken back', exitStatus.findings);
  }
  const failure = cancelRollback(system);
  if (failure !== null) throw new CommandError(`--keep: ${failure}`);
  system.out('kept\n');
  return exitStatus.clean;
}

function readConfirm({ confirm, now, dryRun }: InstallOptions): number | null {
  if (confirm === undefined) return null;
  const seconds = /^[0-9]{1,4}$/.test(confirm) ? Number(confirm) : Number.NaN;
  if (!(seconds >= 30 && seconds <= 3600)) {
    throw new CommandError(
      `--confirm: '${printable(confirm)}' is not right; expected seconds, a whole number from 30 to 3600`,
      exitStatus.usage,
    );
  }
  if (now === true && dryRun !== true) return seconds;
  throw new CommandError('--confirm goes with --now, and not with --dry-run', exitStatus.usage);
}

function readManager(name: string | undefined): InstallManager | null {
  if (name === undefined) return null;
  const manager = managerNames.find((known) => known === name.toLowerCase());
  if (manager !== undefined) return manager;
  const known = `${managerNames.slice(0, -1).join(', ')} or ${managerNames.at(-1)}`;
  throw new CommandError(`--manager: unknown '${printable(name)}'; expected ${known}`, exitStatus.usage);
}

function checkCombination(options: InstallOptions): void {
  const wrong =
    options.now === true && options.root !== undefined
      ? '--now is for the running guest; in the tree of --root nothing is run'
      : options.guardOnly === true && isExplicit(options)
        ? "--guard-only leaves the master's configuration alone; give it without addressing options"
        : null;
  if (wrong !== null) throw new CommandError(wrong, exitStatus.usage);
}

/** Has the user said what the master shall have? */
function isExplicit({ dhcp4, dhcp6, ra, address, mtu, metric }: AddressingOptions): boolean {
  return [dhcp4, dhcp6, ra, mtu, metric].some((value) => value !== undefined) || (address ?? []).length > 0;
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

/** Only what matches by name has to be able to write it. */
function checkName(name: string, chosen: InstallManager): void {
  if (chosen === 'ifupdown' ? isStanzaName(name) : chosen !== 'networkmanager' || isProfileName(name)) return;
  throw new CommandError(
    `master '${printable(name)}': ${chosen} matches by name, and its files cannot hold this one; rename the link`,
  );
}

/** What is in the header of each file: that which decides their contents, in one order. */
function describeCommand(options: InstallOptions): string {
  const generic = options.generic === true || options.root !== undefined;
  const words = [
    'failoverctl install',
    ...(generic ? ['--generic'] : []),
    ...(options.manager === undefined ? [] : [`--manager ${options.manager.toLowerCase()}`]),
    ...(options.guardOnly === true ? ['--guard-only'] : []),
    ...(options.bluntHelper === true ? ['--blunt-helper'] : []),
    ...(isExplicit(options) ? addressingWords(options) : []),
  ];
  return words.join(' ');
}

function describeWanted({ kept, notes }: WantedFiles): string {
  const lines = [
    ...kept.map(({ master, place }) => `${printable(master)} is configured by ${place}: that is kept`),
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
      return `${verb} ${path}\n`;
    })
    .join('');
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function definition() {
  const command = defineCommand(
    'install',
    'Makes the network managers of this guest, or of an image, ask for an address on failover masters alone.',
  )
    .option('-n, --dry-run', 'change nothing; print a unified diff, and with --now the programs that would be run')
    .option('--now', 'tell the daemons, and heal: DHCP clients, addresses and routes off the slaves')
    .option('--confirm <seconds>', "with --now: take it all back then, unless 'failoverctl install --keep' is run")
    .option('--keep', 'the answer to --confirm')
    .option(...rootOption)
    .option('--generic', 'what fits any guest: no MAC, no slot, no name (implied by --root)')
    .option('--manager <name>', `who configures the master: ${managerNames.join(', ')} (default: who does now)`)
    .option('--guard-only', "guards and hooks alone; the master's configuration is left to you")
    .option(
      '--blunt-helper',
      "Debian's cloud helper leaves ports of bonds and bridges alone too, as in the kernel's document",
    )
    .option(
      '-f, --force',
      'overwrite files that have been changed since, or that are not ours; uninstall restores them',
    );
  for (const { flags, description, collects } of addressingOptions) {
    if (collects) command.option(flags, description, collect, []);
    else command.option(flags, description);
  }
  return command.addHelpText('after', helpAfter);
}

const helpAfter = `
What it writes:
  udev rules that give every link of a failover group its role, a guard for each manager in use that keeps it off the
  slaves, and the master's configuration for one manager: who configures links now (netplan before what it renders to,
  then who has configuration for some link). The check for failover slaves is put into Debian's cloud-ifupdown-helper if
  it is there. 'failoverctl generate' shows the single files.

The master's configuration:
  With an addressing option (--dhcp4 … --metric) it is written as asked, before all other configuration.
  Without: a running guest's master that is configured already stays as it is; it keeps its address and its lease.
  One that is not gets DHCP for IPv4. In an image a catch-all that asks for DHCP (en*) is followed by the master's own
  file, which asks for the same; what does more than ask (static addresses, bridges) is kept.

Safety:
  All files are written or none: a failure takes back what was done. What was there before is kept in
  ${manifestPath}; 'failoverctl uninstall' restores it byte for byte. A second run changes nothing.
  A file that you have changed since is not overwritten, but named, and nothing at all is changed, until --force.
  In the tree of --root nothing is run, and no symbolic link leads out of it.

--now:
  udev, netplan, networkd and NetworkManager read again what has changed, and nothing else: no restart, no 'netplan
  apply'. Then DHCP clients of slaves are ended, and addresses and routes taken off them. A master that has an address
  keeps it; one that has none is started. It goes on if the connection that it is run over breaks. Links of no failover
  group are not touched. At the end it waits up to 30 seconds for all to be well.

--confirm:
  A timer of systemd runs 'failoverctl uninstall --now' when the seconds are over: for a guest that is reached by the
  network alone. It outlives the session. 'failoverctl install --keep' stops it. DHCP clients that were ended stay so.

Exit status:
  0  done, or nothing to do
  1  files in the way (nothing was changed); no failover NIC; with --now: not well at the end;
     with --dry-run: something would be changed, as diff(1)
  2  wrong usage
  3  something failed: it could not be written (and was taken back), or a step of --now failed

Examples:
  failoverctl install --dry-run
  failoverctl install --now
  failoverctl install --root /mnt/image --dhcp4 --dhcp6 --ra
`;
