/** The options of `failoverctl install`: what they are, how they are checked, what they mean together. */
import { manifestPath } from '../inventory/manifest.ts';
import { installableManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import { printable } from '../report/table.ts';
import { addressingOptions, addressingWords, type AddressingOptions } from './addressing-options.ts';
import { defineCommand, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';

export interface TreeOptions {
  readonly root?: string;
  readonly snapshot?: string;
  readonly dryRun?: true;
  readonly diff?: true;
  readonly now?: true;
}

export interface InstallOptions extends AddressingOptions, TreeOptions {
  readonly generic?: true;
  readonly manager?: string;
  readonly guardOnly?: true;
  readonly masterFrom?: string;
  readonly bluntHelper?: true;
  readonly bridge?: true;
  readonly vendor?: true;
  readonly confext?: string;
  readonly confirm?: string;
  readonly keep?: true;
  readonly force?: true;
}

export function readConfirm({ confirm, now, dryRun }: InstallOptions): number | null {
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

const managerNames = installableManagers.map(({ name }) => name);

export function readManager(name: string | undefined): ManagerName | null {
  if (name === undefined) return null;
  const manager = managerNames.find((known) => known === name.toLowerCase());
  if (manager !== undefined) return manager;
  const known = `${managerNames.slice(0, -1).join(', ')} or ${managerNames.at(-1)}`;
  throw new CommandError(`--manager: unknown '${printable(name)}'; expected ${known}`, exitStatus.usage);
}

export function checkCombination(options: InstallOptions): void {
  checkTree(options);
  checkPlacement(options);
  if (options.guardOnly === true && isExplicit(options)) {
    const wrong = "--guard-only leaves the master's configuration alone; give it without addressing options";
    throw new CommandError(wrong, exitStatus.usage);
  }
  if (options.masterFrom === undefined) return;
  if (options.guardOnly === true || isExplicit(options))
    throw new CommandError('--master-from: give it without --guard-only and addressing options', exitStatus.usage);
  if (!/^\/\S+:[1-9]\d*$/.test(options.masterFrom)) {
    const wrong = `--master-from: '${printable(options.masterFrom)}': expected FILE:LINE, as in /etc/netplan/01.yaml:4`;
    throw new CommandError(wrong, exitStatus.usage);
  }
}

/** Where the files go is for trees that are made, and not for a machine that runs. */
function checkPlacement({ vendor, confext, dryRun, now, confirm }: InstallOptions): void {
  const wrong =
    vendor === true && confext !== undefined
      ? '--vendor and --confext differ: give one of them'
      : (vendor === true || confext !== undefined) && (now === true || confirm !== undefined)
        ? `--${vendor === true ? 'vendor' : 'confext'}: makes files for an image; expected no --now`
        : confext !== undefined && dryRun === true
          ? '--confext: DIR is all that is written; expected no --dry-run'
          : null;
  if (wrong !== null) throw new CommandError(wrong, exitStatus.usage);
}

/** What `install` and `uninstall` can do to a snapshot and to the tree of --root. */
export function checkTree({ snapshot, root, dryRun, diff, now }: TreeOptions): void {
  const wrong =
    snapshot !== undefined && (dryRun !== true || now === true)
      ? '--snapshot: a snapshot cannot be changed; give it with --dry-run, and without --now'
      : now === true && root !== undefined
        ? '--now is for the running guest; in the tree of --root nothing is run'
        : diff === true && dryRun !== true
          ? '--diff goes with --dry-run'
          : null;
  if (wrong !== null) throw new CommandError(wrong, exitStatus.usage);
}

export const diffOption = ['--diff', 'with --dry-run: the contents too, as a diff for patch(1)'] as const;

/** Has the user said what the master shall have? */
export function isExplicit({ dhcp4, dhcp6, ra, address, mtu, metric }: AddressingOptions): boolean {
  return [dhcp4, dhcp6, ra, mtu, metric].some((value) => value !== undefined) || (address ?? []).length > 0;
}

/** What is in the header of each file: that which decides their contents, in one order. */
export function describeCommand(options: InstallOptions): string {
  const generic = options.generic === true || options.root !== undefined;
  const words = [
    'failoverctl install',
    ...(generic ? ['--generic'] : []),
    ...(options.manager === undefined ? [] : [`--manager ${options.manager.toLowerCase()}`]),
    ...(options.guardOnly === true ? ['--guard-only'] : []),
    ...(options.masterFrom === undefined ? [] : [`--master-from ${options.masterFrom}`]),
    ...(options.bluntHelper === true ? ['--blunt-helper'] : []),
    ...(options.bridge === true ? ['--bridge'] : []),
    ...(options.vendor === true ? ['--vendor'] : []),
    ...(isExplicit(options) ? addressingWords(options) : []),
  ];
  return words.join(' ');
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

export function defineInstall() {
  const command = defineCommand(
    'install',
    'Makes the network managers of this guest, or of an image, ask for an address on failover masters alone.',
  )
    .option('-n, --dry-run', 'change nothing; print what would be, and with --now the programs that would be run')
    .option(...diffOption)
    .option('--now', 'tell the daemons, and heal: DHCP clients, addresses and routes off the slaves')
    .option('--confirm <seconds>', "with --now: take it all back then, unless 'failoverctl install --keep' is run")
    .option('--keep', 'the answer to --confirm')
    .option(...rootOption)
    .option(...snapshotOption)
    .option('--vendor', 'into /usr, as a package would: done by itself in the tree of an ostree or bootc image')
    .option('--confext <dir>', 'write nothing here, but a configuration extension of systemd into DIR')
    .option('--generic', 'what fits any guest: no MAC, no slot, no name (implied by --root)')
    .option('--manager <name>', `who configures the master: ${managerNames.join(', ')} (default: who does now)`)
    .option('--guard-only', "guards and hooks alone; the master's configuration is left to you")
    .option('--master-from <file:line>', "the definition there is the master's: in an image nobody can tell")
    .option(
      '--blunt-helper',
      "Debian's cloud helper leaves ports of bonds and bridges alone too, as in the kernel's document",
    )
    .option('--bridge', 'a bridge stands, or will stand, on a master: VF and standby follow it into promiscuous mode')
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
  One that is not gets DHCP for IPv4. In an image nobody knows what the master will be called. A catch-all that asks for
  DHCP (en*) is followed by the master's own file, which asks for the same. Whatever else could configure a physical NIC
  (a name, MAC or slot of its own, a static address, a bridge's port) is kept, and only guards are written;
  --master-from FILE:LINE says that it is the master's, and silences the note. DHCP is written where nothing configures
  any NIC. Where cloud-init will write the configuration, the master is left to it, and its renderer's manager is
  guarded.

Safety:
  All files are written or none: a failure takes back what was done. What was there before is kept in
  ${manifestPath}; 'failoverctl uninstall' restores it byte for byte. A second run changes nothing.
  A file that you have changed since is not overwritten, but named, and nothing at all is changed, until --force.
  Two at once wait for each other.
  In the tree of --root nothing is run, and no symbolic link leads out of it.

--now:
  udev, netplan, networkd and NetworkManager read again what has changed, and nothing else: no restart, no 'netplan
  apply'. Then DHCP clients of slaves are ended, and addresses and routes taken off them. A master that has an address
  keeps it; one that has none is started. It goes on if the connection that it is run over breaks. Links of no failover
  group are not touched. At the end it waits up to 30 seconds for all to be well.

--confirm:
  A timer of systemd runs 'failoverctl uninstall --now' when the seconds are over, counted from before the first change:
  for a guest that is reached by the network alone. It outlives the session, not a reboot. 'failoverctl install --keep'
  stops it, and so does 'uninstall'; until then an installation that would change more is refused. DHCP clients that
  were ended stay so.

--bridge:
  For containers and virtual machines behind a bridge whose port is the master. net_failover does not pass promiscuous
  mode on: VF and standby drop frames for every MAC but the master's. With --bridge a service sets them promiscuous as
  long as the master is, whatever makes it so, and again after each re-plug. It writes no bridge: 'failoverctl generate
  MANAGER --bridge br0' does. The host has to let the VF: 'ip link set PF vf N trust on spoofchk off'.

Image-based systems:
  In the tree of an ostree or bootc image, and with --vendor, files go into /usr (rules, units, scripts, manifest): what
  an image has in /var and /usr/local does not reach a machine that is upgraded. A tree with /usr/etc and no /etc is
  read and written there. --confext makes a directory for systemd-confext, with its extension-release, for any guest.

Exit status:
  0  done, or nothing to do
  1  files in the way (nothing was changed); no failover NIC;
     with --now: not well at the end, also if it was so before;
     with --dry-run: something would be changed, as diff(1)
  2  wrong usage
  3  something failed: it could not be written (and was taken back), or a step of --now failed

Examples:
  failoverctl install --dry-run
  failoverctl install --now
  failoverctl install --root /mnt/image --dhcp4 --dhcp6 --ra
`;
