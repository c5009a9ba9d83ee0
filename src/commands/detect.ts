/** `failoverctl detect`: the failover groups of this guest, and every link's role with its evidence. */
import { formatTable, printable } from '../report/table.ts';
import { describeUnpaired, pairingAdvice, readTopology, type Topology } from '../topology/failover-group.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';

interface DetectOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly root?: string;
  readonly snapshot?: string;
}

/** Hooks and loops over many guests call this one: what needs no more than flags of this machine is read without commander. */
export async function run(args: readonly string[], system: System): Promise<number> {
  const flags = readFlags(args);
  if (flags !== null) return detect(flags, system, system);
  const [definition, { parseArguments }, { openGuest }] = await Promise.all([
    define(),
    import('./arguments.ts'),
    import('./guest.ts'),
  ]);
  const { options } = parseArguments<DetectOptions>(definition, args, system);
  return detect(options, openGuest(system, options).tree, system);
}

export async function define() {
  return (await import('./detect-definition.ts')).define();
}

/** The options, where each argument is a flag written in full; else null. */
function readFlags(args: readonly string[]): DetectOptions | null {
  const isJson = (word: string): boolean => word === '--json';
  const isQuiet = (word: string): boolean => word === '--quiet' || word === '-q';
  if (!args.every((word) => isJson(word) || isQuiet(word))) return null;
  return { ...(args.some(isJson) ? { json: true } : {}), ...(args.some(isQuiet) ? { quiet: true } : {}) };
}

function detect(options: DetectOptions, tree: System, system: System): number {
  const topology = readTopology(tree);
  if (isFailure(topology)) {
    throw new CommandError(`cannot read links: ${explainFailure(topology)}; expected a Linux sysfs`);
  }
  for (const failure of topology.unreadable) system.err(`failoverctl detect: unreadable: ${explainFailure(failure)}\n`);
  if (options.quiet !== true) system.out(options.json === true ? renderJson(topology) : renderTable(topology));
  return options.quiet === true && topology.groups.length === 0 ? exitStatus.findings : exitStatus.clean;
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
