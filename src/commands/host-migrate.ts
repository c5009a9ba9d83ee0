/** `failoverctl host migrate`: a live migration from this host, step by step, undone on failure. */
import { checkGuest } from '../hypervisor/check-guest.ts';
import { readGuestStatus } from '../hypervisor/guest-agent.ts';
import { connectLibvirt, type Libvirt } from '../hypervisor/libvirt.ts';
import { planMigration } from '../hypervisor/migrate.ts';
import { shellQuote } from '../hypervisor/shell.ts';
import type { System } from '../system/system.ts';
import { printable } from '../report/table.ts';
import { gatherProblems } from './argument-problems.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { addRunbookOptions, carryOut, readRunbook, type RunbookOptions } from './host-options.ts';

interface MigrateOptions extends RunbookOptions {
  readonly migrateArg?: readonly string[];
  /** commander's: false with --no-guest-check. */
  readonly guestCheck: boolean;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<MigrateOptions>(define(), args, system);
  const [domain = '', destination = ''] = operands;
  const { uri, agentWait, overrides } = readRunbook(options, { domain, destination }, gatherProblems(), system);
  const libvirt = connectLibvirt(system, uri, agentWait);
  const request = { domain, destination, migrateArgs: options.migrateArg ?? [], overrides };
  const runbook = planMigration(request, libvirt, system);
  if (typeof runbook === 'string') throw new CommandError(runbook);
  const onlyPrinted = options.dryRun === true || options.script === true;
  const notes = options.guestCheck ? askGuest(domain, libvirt, system, onlyPrinted) : [];
  return carryOut(
    { ...runbook, notes: [...runbook.notes, ...notes] },
    options,
    ['failoverctl host migrate', ...args.map(shellQuote)].join(' '),
    system,
  );
}

/** A guest that is not set up ends it here; one that cannot be asked is a note. */
function askGuest(name: string, libvirt: Libvirt, system: System, onlyPrinted: boolean): readonly string[] {
  const domain = libvirt.domain(name);
  if (typeof domain === 'string') throw new CommandError(domain);
  const check = checkGuest(name, domain, libvirt, () => readGuestStatus(libvirt, name, (time) => system.sleep(time)));
  if (typeof check === 'string') throw new CommandError(check);
  if (check.ready === true) return [];
  if (check.ready === null) return [`the guest is not checked: ${check.notes.join('; ')}`];
  const found = check.problems.map((problem) => `the guest is not set up for failover: ${problem}`);
  if (onlyPrinted) return found;
  throw new CommandError(
    `${found.map((line) => `${printable(line)}\n`).join('')}nothing was begun; see 'failoverctl host check', or give --no-guest-check`,
    exitStatus.findings,
  );
}

export function define() {
  const collect = (value: string, before: readonly string[] = []) => [...before, value];
  return addRunbookOptions(
    defineCommand('host migrate', 'Migrates a running guest to another host while its failover NIC keeps its traffic.')
      .argument('<domain>', 'name, id or UUID of the domain on this host')
      .argument('<destination>', "libvirt's connection to the other host: qemu+ssh://HOST/system"),
  )
    .option('--migrate-arg <word>', "one more word for 'virsh migrate'; may be given again", collect)
    .option('--no-guest-check', 'migrate a guest too that is not set up for failover')
    .addHelpText(
      'after',
      `
First the guest is checked, as 'failoverctl host check' does: if it is not set up for failover, nothing is begun. A guest
without agent is migrated with a note. Nothing is begun while a migration of the domain is under way.

Steps, for each teamed pair of the domain:
  1. the virtio NIC's link is set up
  2. waits until the guest has carrier on its standby (asked of the guest agent; without one the wait runs out)
  3. the VF is detached, from the running guest and from the kept configuration
  4. the PF forgets the guest's MAC on that VF
  5. the bridge's uplink VF receives the MAC, and the bridge's own table sends it to the tap (static: an entry without
     that word is local to the host, and the guest would receive nothing)
  6. 'virsh migrate --live --persistent'
  7. the uplink forgets the MAC

The domain's XML and this host's sysfs give all values; the options override them. The plan is printed first. Each step
checks whether its effect is there already, and afterwards whether it arrived. When a step fails, or at Ctrl-C, the steps
before it are undone in reverse order, up to the migration itself: once the guest is away, the remaining steps run in any
case. What could not be done or undone is printed with the command that does it. A guest that libvirt leaves paused when
its migration fails is resumed, if the other host says that it does not run there. On the other host run 'failoverctl host
reattach', before with --prepare and afterwards without.

A guest in its boot loader, or whose kernel has no PCI hot-plug, does not answer step 3: after 30 s the step fails, and
all is undone. 'failoverctl host check' reports such a kernel, and a migration that waits for the guest (wait-unplug) with
the command that ends it.

Exit status: 0 migrated, or the plan was printed; 1 the guest is not set up, and nothing was begun; 2 wrong usage; 3 a
step failed, and what was begun has been undone or is printed.

Examples:
  failoverctl host migrate --dry-run vm-01 qemu+ssh://host2/system
  failoverctl host migrate vm-01 qemu+ssh://host2/system --migrate-arg=--p2p
  failoverctl host migrate --script vm-01 qemu+ssh://host2/system > migrate.sh
`,
    );
}
