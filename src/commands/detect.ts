/** `failoverctl detect`: the failover groups of this guest, and every link's role with its evidence. */
import { formatTable, printable } from '../report/table.ts';
import { describeUnpaired, pairingAdvice, readTopology, type Topology } from '../topology/failover-group.ts';
import { isFailure, type System } from '../system/system.ts';
import {
  CommandError,
  defineCommand,
  exitStatus,
  explainFailure,
  openGuest,
  parseArguments,
  rootOption,
  snapshotOption,
} from './command.ts';

interface DetectOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly root?: string;
  readonly snapshot?: string;
}

export function run(args: readonly string[], system: System): number {
  const { options } = parseArguments<DetectOptions>(define(), args, system);
  const topology = readTopology(openGuest(system, options).tree);
  if (isFailure(topology)) {
    throw new CommandError(`cannot read links: ${explainFailure(topology)}; expected a Linux sysfs`);
  }
  for (const failure of topology.unreadable) system.err(`failoverctl detect: unreadable: ${explainFailure(failure)}\n`);
  if (options.quiet !== true) system.out(options.json === true ? renderJson(topology) : renderTable(topology));
  return options.quiet === true && topology.groups.length === 0 ? exitStatus.findings : exitStatus.clean;
}

export function define() {
  return defineCommand(
    'detect',
    "Finds the guest's failover groups, and says of every link what it is and how that is known.",
  )
    .option('--json', 'print JSON, version 1')
    .option('-q, --quiet', 'print nothing; exit 1 when there is no failover group')
    .option(...rootOption)
    .option(...snapshotOption)
    .addHelpText(
      'after',
      `
A group is a net_failover master with its standby (virtio-net) and its primary (a VF), or a Hyper-V netvsc NIC with its
VF. Any of them but the master may be away.

Roles:
  master   the link to configure; it alone may have addresses
  standby  the virtio-net slave; leave it alone
  primary  the VF, enslaved; leave it alone
  pending  a PCI NIC with a master's MAC that is not enslaved yet; leave it alone
  none     not part of a failover group (ports of bonds, bridges, teams, VRFs and OVS too)

Datapath: the slave that the kernel sends on now. It is 'none' while the master is down or no slave has carrier. A netvsc
master without its VF shows 'standby', its own synthetic path.

Only /sys/class/net is read. An entry that cannot be read is reported on standard error and is not fatal.

Exit status: 0; with --quiet, 1 when there is no group; 2 wrong usage; 3 no readable sysfs.

Examples:
  failoverctl detect
  failoverctl detect --json | jq -r '.groups[].master'
  failoverctl detect --quiet && echo "this guest has a failover NIC"
`,
    );
}

function renderJson({ groups, links, unpaired }: Topology): string {
  return `${JSON.stringify({ version: 1, groups, links, ...(unpaired.length > 0 ? { unpaired } : {}) }, null, 2)}\n`;
}

function renderTable({ groups, links, unpaired }: Topology): string {
  const pairs = unpaired.map((pair) => `${printable(describeUnpaired(pair))}; ${pairingAdvice}\n`).join('');
  if (groups.length === 0) return `no failover group\n${pairs}`;
  const groupRows = groups.map(({ kind, mac, master, standby, primary, datapath }) => [
    printable(master),
    printable(standby ?? '-'),
    printable(primary ?? '-'),
    datapath,
    mac,
    kind,
  ]);
  const linkRows = links.map(({ name, role, evidence }) => [printable(name), role, printable(evidence.join(', '))]);
  return [
    formatTable(['MASTER', 'STANDBY', 'PRIMARY', 'DATAPATH', 'MAC', 'KIND'], groupRows),
    formatTable(['LINK', 'ROLE', 'EVIDENCE'], linkRows),
    ...(pairs === '' ? [] : [pairs]),
  ].join('\n');
}
