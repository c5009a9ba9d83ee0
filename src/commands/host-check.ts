/** `failoverctl host check`: is the guest set up for failover? Asked through its agent, before a migration. */
import { checkGuest, type GuestCheck, type NicCheck } from '../hypervisor/check-guest.ts';
import { readGuestStatus } from '../hypervisor/guest-agent.ts';
import { connectLibvirt } from '../hypervisor/libvirt.ts';
import { formatTable, printable } from '../report/table.ts';
import type { System } from '../system/system.ts';
import { gatherProblems } from './argument-problems.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { agentWaitOption, readCount } from './host-options.ts';

interface CheckOptions {
  readonly connect?: string;
  readonly agentWait: string;
  readonly json?: true;
}

export function run(args: readonly string[], system: System): number {
  const { options, operands } = parseArguments<CheckOptions>(define(), args, system);
  const [name = ''] = operands;
  const problems = gatherProblems();
  problems.demand(name !== '', "<domain>: '': expected a name");
  const agentWait = problems.check(() => readCount(options.agentWait, '--agent-wait'));
  problems.end();
  const libvirt = connectLibvirt(system, options.connect ?? null, agentWait ?? 0);
  const domain = libvirt.domain(name);
  if (typeof domain === 'string') throw new CommandError(domain);
  const state = libvirt.state(name);
  if (state !== 'running')
    throw new CommandError(`domain '${printable(name)}' is ${state ?? 'not known'}: expected it to run`);
  const check = checkGuest(name, domain, libvirt, () => readGuestStatus(libvirt, name, (time) => system.sleep(time)));
  if (typeof check === 'string') throw new CommandError(check);
  system.out(options.json === true ? `${JSON.stringify({ version: 1, ...check }, null, 2)}\n` : renderCheck(check));
  if (check.ready === null) return exitStatus.failure;
  return check.ready ? exitStatus.clean : exitStatus.findings;
}

function renderCheck({ nics, problems, notes, ready }: GuestCheck): string {
  const tables = nics.map(
    (nic) => `${nic.mac}\n${formatTable(['', 'HOST', 'GUEST'], rowsOf(nic)).replace(/^/gm, '  ').trimEnd()}\n`,
  );
  const verdict =
    ready === null
      ? 'it is not known whether the guest is set up for failover'
      : ready
        ? 'the guest is set up for failover'
        : 'the guest is not set up for failover';
  return [
    ...tables,
    '\n',
    ...problems.map((problem) => `problem: ${printable(problem)}\n`),
    ...notes.map((note) => `note: ${printable(note)}\n`),
    `${verdict}\n`,
  ].join('');
}

function rowsOf({ host, guest }: NicCheck): readonly (readonly string[])[] {
  const inGuest = (role: string | null) => {
    if (guest === null) return 'not known';
    const links = guest.filter((link) => link.role === role);
    return links.length === 0 ? '-' : links.map(describeLink).join('; ');
  };
  const standby = `${printable(host.tap ?? host.alias ?? 'virtio')}, link ${host.link ?? 'not known'}`;
  const others = ['none', null].filter((role) => guest?.some((link) => link.role === role) === true);
  return [
    ['master', '', inGuest('master')],
    ['standby', standby, inGuest('standby')],
    ['primary', host.vf === null ? 'no VF attached' : `VF ${printable(host.vf)}`, inGuest('primary')],
    ...others.map((role) => [role === null ? 'not known' : 'none', '', inGuest(role)]),
  ];
}

function describeLink({
  name,
  carrier,
  addresses,
}: {
  name: string;
  carrier: boolean | null;
  addresses: readonly string[];
}): string {
  const state = carrier === null ? [] : [carrier ? 'carrier' : 'no carrier'];
  return printable([name, ...state, ...addresses].join(', '));
}

export function define() {
  return defineCommand(
    'host check',
    'Checks whether the guest inside a domain is set up for failover, from the host and from the guest.',
  )
    .argument('<domain>', 'name, id or UUID of a running domain on this host')
    .option('-c, --connect <uri>', "libvirt's connection; virsh's own default without it")
    .addOption(agentWaitOption())
    .option('--json', 'print JSON, version 1')
    .addHelpText(
      'after',
      `
Asks the guest agent (qemu-guest-agent in the guest, a channel org.qemu.guest_agent.0 in the domain), with commands
that only read: which links have the NIC's MAC, what role each has, its carrier, its addresses; and, where the guest has
failoverctl, what 'failoverctl status' says there.

Reported as problems: no link with the MAC; links with it and no failover master; a master without a standby; a VF that is attached
and not enslaved; a standby without carrier while its link is up on the host; addresses on a slave; whatever 'failoverctl
status' finds. A VF that is not attached is no problem. Neither is a standby without carrier whose link is down on the
host: 'failoverctl host migrate' sets it up first.

Exit status: 0 set up; 1 not set up; 2 wrong usage; 3 not known: no such domain, it does not run, no agent answers,
or an agent that may read no files.

Examples:
  failoverctl host check vm-01
  failoverctl host check vm-01 && failoverctl host migrate vm-01 qemu+ssh://host2/system
`,
    );
}
