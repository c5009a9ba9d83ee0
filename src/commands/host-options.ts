/** What the host subcommands have in common: the options that override what is found out, and how a runbook is run. */
import { Option, type Command } from 'commander';
import { zeroMac } from '../hypervisor/forwarding.ts';
import type { Overrides } from '../hypervisor/net-path.ts';
import { runSteps } from '../hypervisor/runbook.ts';
import { shellCommand } from '../hypervisor/shell.ts';
import type { Runbook } from '../hypervisor/step.ts';
import { renderScript } from '../hypervisor/script.ts';
import { printable } from '../report/table.ts';
import { encodeText } from '../system/bytes.ts';
import type { System } from '../system/system.ts';
import type { ArgumentProblems } from './argument-problems.ts';
import { CommandError, exitStatus } from './command.ts';

export interface RunbookOptions {
  readonly connect?: string;
  readonly mac?: string;
  readonly tap?: string;
  readonly pf?: string;
  readonly vfNumber?: string;
  readonly uplink?: string;
  readonly carrierWait: string;
  readonly deviceWait: string;
  readonly agentWait: string;
  readonly dryRun?: true;
  readonly script?: true;
}

/** For a guest that is slow to answer: one that is emulated, or starved of CPU time. */
export function agentWaitOption(): Option {
  return new Option('--agent-wait <seconds>', 'how long an answer of the guest agent may take').default('5');
}

export function addRunbookOptions(definition: Command): Command {
  return definition
    .option('-c, --connect <uri>', "libvirt's connection, on this machine; virsh's own default without it")
    .option('--mac <mac>', "the guest's MAC, where the domain does not say it")
    .option('--tap <dev>', "the virtio NIC's tap on this host")
    .option('--pf <dev>', "the PF's netdev on this host")
    .option('--vf-number <n>', "the VF's number, as 'ip link set PF vf N' counts")
    .option('--uplink <dev>', "the bridge's own VF of that PF")
    .option('--carrier-wait <seconds>', "how long to wait for the guest's carrier", '5')
    .option('--device-wait <seconds>', 'how long the guest may take to plug or unplug the VF', '30')
    .addOption(agentWaitOption())
    .option('--dry-run', 'print the plan, change nothing')
    .option('--script', 'print the plan as a bash script, change nothing');
}

/**
 * Of the libvirt of this machine: null is virsh's own default. The bridges and cards that a runbook changes are this
 * machine's, whichever libvirt it talks to. Source: libvirt's "Connection URIs".
 */
function readConnection({ connect }: RunbookOptions, system: System): string | null {
  const uri = connect ?? system.env('VIRSH_DEFAULT_CONNECT_URI') ?? system.env('LIBVIRT_DEFAULT_URI') ?? '';
  const host = /^[^:/?#]+:\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/.exec(uri)?.[1] ?? '';
  if (!['', 'localhost', '127.0.0.1', '[::1]'].includes(host)) {
    throw new CommandError(
      `'${printable(uri)}' is the libvirt of another machine: run this on ${printable(host)}, whose bridges and VFs it changes`,
      exitStatus.usage,
    );
  }
  return connect ?? null;
}

/** What every runbook's command line says, all of it checked before the first complaint, and before libvirt is asked. */
export interface RunbookRequest {
  /** Of `readConnection`. */
  readonly uri: string | null;
  /** Seconds. */
  readonly agentWait: number;
  readonly overrides: Overrides;
}

/** `operands` by their names: none may be empty. Problems of the command's own may be noted before. */
export function readRunbook(
  options: RunbookOptions,
  operands: Readonly<Record<string, string>>,
  problems: ArgumentProblems,
  system: System,
): RunbookRequest {
  const { dryRun, script } = options;
  const { check, demand } = problems;
  for (const [name, operand] of Object.entries(operands)) demand(operand !== '', `<${name}>: '': expected a name`);
  demand(dryRun !== true || script !== true, 'expected one of --dry-run and --script');
  const text = <Value>(value: string | undefined, option: string, read: (value: string, option: string) => Value) =>
    value === undefined ? null : check(() => read(value, option));
  const uri = check(() => readConnection(options, system));
  const agentWait = text(options.agentWait, '--agent-wait', readCount);
  const overrides: Overrides = {
    mac: text(options.mac, '--mac', readMac),
    tap: text(options.tap, '--tap', readLinkName),
    pf: text(options.pf, '--pf', readLinkName),
    vfNumber: text(options.vfNumber, '--vf-number', readCount),
    uplink: text(options.uplink, '--uplink', readLinkName),
    carrierWait: (text(options.carrierWait, '--carrier-wait', readCount) ?? 0) * 1000,
    deviceWait: (text(options.deviceWait, '--device-wait', readCount) ?? 0) * 1000,
  };
  problems.end();
  return { uri, agentWait: agentWait ?? 0, overrides };
}

/** What the kernel takes as a link's name: dev_valid_name() in net/core/dev.c, 15 bytes at most. */
export function readLinkName(text: string, option: string): string {
  const fits = /^[^\s/:]+$/.test(text) && text !== '.' && text !== '..' && encodeText(text).length <= 15;
  if (!fits) {
    throw new CommandError(
      `${option}: '${printable(text)}' is no name of a link: expected 1 to 15 bytes without blanks, '/' and ':'`,
      exitStatus.usage,
    );
  }
  return text;
}

/** A unicast MAC in lower case. */
export function readMac(text: string, option: string): string {
  const mac = text.toLowerCase();
  if (!/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) {
    throw new CommandError(
      `${option}: '${text}' is not a MAC: expected six pairs like 52:54:00:12:34:56`,
      exitStatus.usage,
    );
  }
  if (mac === zeroMac) throw new CommandError(`${option}: '${text}' is no NIC's MAC`, exitStatus.usage);
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    throw new CommandError(`${option}: '${text}' is a multicast MAC: expected an even first byte`, exitStatus.usage);
  }
  return mac;
}

/** A PCI address as sysfs spells it. */
export function readPciAddress(text: string, option: string): string {
  const address = /^[0-9a-f]{2}:/.test(text.toLowerCase()) && text.length === 7 ? `0000:${text}` : text;
  if (!/^[0-9a-f]{4}:[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/.test(address.toLowerCase())) {
    throw new CommandError(
      `${option}: '${text}' is not a PCI address: expected one like 0000:42:02.5`,
      exitStatus.usage,
    );
  }
  return address.toLowerCase();
}

export function readCount(text: string, option: string): number {
  if (!/^[0-9]{1,6}$/.test(text)) {
    throw new CommandError(`${option}: '${text}' is not a whole number`, exitStatus.usage);
  }
  return Number(text);
}

/** Prints the plan, and unless it is only asked for, runs it. */
export async function carryOut(
  runbook: Runbook,
  options: RunbookOptions,
  command: string,
  system: System,
): Promise<number> {
  if (options.script === true) {
    system.out(renderScript(runbook, command));
    return exitStatus.clean;
  }
  const print =
    options.dryRun === true ? (line: string) => system.out(`${line}\n`) : (line: string) => system.err(`${line}\n`);
  for (const fact of runbook.facts) print(printable(fact));
  for (const note of runbook.notes) print(`note: ${printable(note)}`);
  for (const [index, step] of runbook.steps.entries()) {
    print(`${String(index + 1).padStart(2)}. ${printable(step.title)}`);
    if (step.command !== null) print(`      ${shellCommand(step.command)}`);
    if (step.undo !== null) print(`      undo: ${shellCommand(step.undo)}`);
    if (step.mend !== undefined)
      print(`      undo, if it is ${step.mend.neededIf.says}: ${shellCommand(step.mend.command)}`);
  }
  if (options.dryRun === true) return exitStatus.clean;
  system.err('\n');
  const interrupts = system.catchInterrupts();
  try {
    const progress = (line: string) => system.err(`${printable(line)}\n`);
    const { completed, leftovers } = await runSteps(runbook.steps, system, progress, interrupts);
    if (completed) {
      progress('done');
      return exitStatus.clean;
    }
    for (const { step, command: left } of leftovers) {
      progress(`left to do by hand (${step.title}):`);
      system.err(`  ${shellCommand(left)}\n`);
    }
    if (leftovers.length === 0) progress('all that was begun is undone');
    return exitStatus.failure;
  } finally {
    interrupts.release();
  }
}
