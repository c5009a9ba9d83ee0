/** `failoverctl snapshot`: this guest's links and configuration in one file that other commands take in its place. */
import { findDhcpClients } from '../inventory/dhcp-clients.ts';
import { readLinkState } from '../inventory/link-state.ts';
import { readManifest } from '../inventory/manifest.ts';
import { planClearing, planUninstall } from '../install/plan.ts';
import { lintConfiguration } from '../lint/lint.ts';
import { printable } from '../report/table.ts';
import { printSnapshot, type LeftOut, type Snapshot } from '../snapshot/format.ts';
import { takeSnapshot, type Question } from '../snapshot/take.ts';
import { readStatus } from '../status/status.ts';
import { isFailure, type System } from '../system/system.ts';
import { readTopology } from '../topology/failover-group.ts';
import { defineCommand, parseArguments, rootOption } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import { examine } from './doctor.ts';
import { readSystemTarget } from './lint-target.ts';

interface SnapshotOptions {
  readonly out?: string;
  readonly root?: string;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options } = parseArguments<SnapshotOptions>(define(), args, system);
  const { tree, live } = openGuest(system, options);
  const snapshot = await takeSnapshot(tree, live, questionsOf(live));
  if ([...snapshot.nodes.values()].every((node) => typeof node === 'object' && 'directory' in node))
    throw new CommandError('nothing to record: no link, and no file that tells of the network');
  const text = printSnapshot(snapshot, FAILOVERCTL_VERSION);
  if (options.out === undefined) system.out(text);
  else {
    const failure = system.create(options.out, text, 0o600);
    if (failure !== null) throw new CommandError(`--out: ${explainFailure(failure)}; expected a new file's name`);
  }
  system.err(describe(snapshot));
  return exitStatus.clean;
}

export function define() {
  return defineCommand('snapshot', 'Records the links and the network configuration of this guest in one JSON file.')
    .option('--out <file>', 'write FILE, for its owner only, and not to standard output')
    .option(...rootOption)
    .addHelpText(
      'after',
      `
What is in it: sysfs of all links, udev's properties, the files of all network managers, udev's rules, which units are
enabled, what programs say of addresses and leases. Every command that looks at a guest takes it as --snapshot FILE, and
says of it what it would have said of the guest.

What is not: secrets. Only what a command needs of a file is kept: settings that it knows and that are no key or password.
Everything else (other values, commands' arguments, comments, files of no known kind, user data but its network part, the
machine id) is overwritten with x, each in its length. All but comments is listed in the file under "leftOut", and on
standard error. MACs, addresses and names stay: they are what it is about.

Exit status: 0; 2 wrong usage; 3 there is nothing to record, or it could not be written.

Examples:
  failoverctl snapshot --out guest.json
  failoverctl lint --snapshot guest.json
  failoverctl explain primary --snapshot guest.json
`,
    );
}

/** What the other commands ask of a guest. */
function questionsOf(live: boolean): readonly Question[] {
  return [
    (system) => void readTopology(system),
    async (system) => {
      const options = { assumption: null, live, command: 'failoverctl lint', name: 'this system' };
      const { view } = await readSystemTarget(system, options);
      lintConfiguration(view, { select: [], ignore: [] });
    },
    async (system) => void (await examine(system, live)),
    (system) => void planClearing(system),
    (system) => {
      const installed = readManifest(system);
      if (installed !== null && typeof installed === 'object' && 'files' in installed)
        planUninstall(system, installed, false);
    },
    (system) => {
      if (!live) return;
      const topology = readTopology(system);
      for (const { name } of isFailure(topology) ? [] : topology.links) readLinkState(system, name);
      findDhcpClients(system);
      readStatus(system);
    },
  ];
}

function describe({ nodes, leftOut }: Snapshot): string {
  const files = [...nodes.values()].filter((node) => typeof node === 'string' || 'text' in node).length;
  const count = leftOut.length === 0 ? 'nothing in them was overwritten' : `${leftOut.length} places overwritten:`;
  const lines = leftOut.map(({ file, line, what }: LeftOut) => `  ${printable(file)}:${line}: ${printable(what)}\n`);
  return `failoverctl snapshot: ${files} files; ${count}\n${lines.join('')}`;
}
