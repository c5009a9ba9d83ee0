/** `failoverctl host reattach`: the destination's side of a migration. */
import { readNetDevice, readDomain, teamedPairs, type NetDevice } from '../hypervisor/domain.ts';
import { connectLibvirt, type Libvirt } from '../hypervisor/libvirt.ts';
import { planReattach } from '../hypervisor/reattach.ts';
import { shellQuote } from '../hypervisor/shell.ts';
import type { System } from '../system/system.ts';
import { describePlace } from '../text/source.ts';
import { gatherProblems } from './argument-problems.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { addRunbookOptions, carryOut, readLinkName, readRunbook, type RunbookOptions } from './host-options.ts';
import { readXmlFile } from './xml-file.ts';

interface ReattachOptions extends RunbookOptions {
  readonly xml?: string;
  readonly bridge?: string;
  readonly prepare?: true;
  readonly abort?: true;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<ReattachOptions>(define(), args, system);
  const [domain = ''] = operands;
  const problems = gatherProblems();
  problems.demand(
    options.abort !== true || options.prepare !== true,
    '--abort: --prepare comes before a migration, expected one of them',
  );
  const wantedBridge = options.bridge;
  const bridge = wantedBridge === undefined ? null : problems.check(() => readLinkName(wantedBridge, '--bridge'));
  const { uri, agentWait, overrides } = readRunbook(options, { domain }, problems, system);
  const libvirt = connectLibvirt(system, uri, agentWait);
  const transient = options.xml === undefined ? keptDevice(libvirt, domain) : readDeviceFile(options.xml, system);
  const request = {
    domain,
    bridge,
    prepare: options.prepare === true,
    abort: options.abort === true,
    overrides,
  };
  const runbook = planReattach(request, transient, libvirt, system);
  if (typeof runbook === 'string') throw new CommandError(runbook);
  return carryOut(runbook, options, ['failoverctl host reattach', ...args.map(shellQuote)].join(' '), system);
}

/** The one transient NIC of the kept configuration. */
function keptDevice(libvirt: Libvirt, name: string): NetDevice {
  const kept = libvirt.domain(name, true);
  if (typeof kept === 'string') throw new CommandError(kept);
  const pairs = teamedPairs(kept);
  const [pair] = pairs;
  if (pair === undefined || pairs.length > 1) {
    throw new CommandError(
      `the kept configuration of '${name}' has ${pairs.length} teamed VFs: give the one to attach with --xml FILE`,
      exitStatus.usage,
    );
  }
  return pair.transient;
}

/** A file with one <interface> or <hostdev>, the kernel document's vf.xml, or a domain with one teamed VF. */
function readDeviceFile(path: string, system: System): NetDevice {
  const source = { path, text: readXmlFile(path, system, '--xml: ') };
  const { document, domain } = readDomain(source);
  const { root, faults } = document;
  const refuse = (offset: number, message: string): CommandError =>
    new CommandError(`--xml: ${describePlace({ source, span: { start: offset, end: offset } })}: ${message}`);
  const [fault] = faults;
  if (fault !== undefined) throw refuse(fault.span.start, fault.message);
  if (domain !== null) {
    const pairs = teamedPairs(domain);
    const [pair] = pairs;
    if (pair === undefined || pairs.length > 1)
      throw refuse(domain.element.span.start, `the domain has ${pairs.length} teamed VFs: expected one`);
    return pair.transient;
  }
  if (root?.name !== 'interface' && root?.name !== 'hostdev')
    throw refuse(root?.span.start ?? 0, `<${root?.name ?? ''}>: expected <interface>, <hostdev> or <domain>`);
  return readNetDevice(root, source);
}

export function define() {
  return addRunbookOptions(
    defineCommand('host reattach', 'Gives a migrated guest a VF of this host, or prepares this host for it.').argument(
      '<domain>',
      'name, id or UUID of the domain on this host (with --prepare: what it will be called)',
    ),
  )
    .option('--xml <file>', "the VF's <interface> or <hostdev> element, or a domain with one; '-' reads standard input")
    .option('--bridge <dev>', 'the bridge of the virtio NIC, where the domain does not say it')
    .option('--prepare', 'only what must be there before the migration starts: bridge, uplink')
    .option('--abort', 'first end a migration away from this host that is under way')
    .addHelpText(
      'after',
      `
Before the migration (--prepare):
  1. the bridge is made if it is not there, and set up
  2. the uplink (--uplink, or the bridge's own VF of the PF) is set up, and made a port of it
  3. the uplink receives the guest's MAC

After it:
  1. the uplink forgets the MAC, and the bridge learns where it is again
  2. a <hostdev> gets the guest's MAC on the PF (libvirt does that for an <interface>)
  3. the VF is attached, to the running guest and to the kept configuration
  4. waits until the guest has carrier on its primary (guest agent; without one the wait runs out)
  5. the virtio NIC's link is set down, so that nothing is sent to it while the VF is in use

The VF is the one that the domain's kept configuration names, or --xml. Its slot and driver may differ from the other
host's. With --abort the migration away from this host is ended first, one that waits for its guest (wait-unplug) above
all, and what it took or changed is put right by the steps above: those whose effect is there are passed over. QEMU waits
up to 30 s for an unplug that it has asked for. A failed step undoes the steps before it, as 'failoverctl host migrate' does.

Exit status: 0 done, or the plan was printed; 2 wrong usage; 3 a step failed, and what was begun has been undone or is named.

Examples:
  failoverctl host reattach --prepare --bridge br0 --xml vf.xml vm-01
  failoverctl host reattach --xml vf.xml vm-01
  failoverctl host reattach --abort vm-01
`,
    );
}
