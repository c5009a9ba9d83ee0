/** `failoverctl status`: how the failover groups are now, and what is wrong. */
import { type Status } from '../status/model.ts';
import { printable } from '../report/table.ts';
import { renderMetrics } from '../status/render-metrics.ts';
import { renderTree } from '../status/render-tree.ts';
import { readStatus } from '../status/status.ts';
import { watchStatus, type StatusEvent } from '../status/watch.ts';
import { isFailure, type System } from '../system/system.ts';
import { defineCommand, parseArguments, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest, type GuestOptions } from './guest.ts';

interface StatusOptions extends GuestOptions {
  readonly format: string;
  readonly json?: true;
  readonly metrics?: true;
  readonly watch?: true;
}

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options } = parseArguments<StatusOptions>(define(), args, system);
  const { json = false, metrics = false, watch = false, root, snapshot, format } = options;
  if (!['text', 'svg', 'html'].includes(format))
    throw new CommandError(`--format: '${format}': expected text, svg or html`, exitStatus.usage);
  if (format !== 'text' && (json || metrics || watch))
    throw new CommandError(`--format ${format}: a picture, expected no --json, --metrics or --watch`, exitStatus.usage);
  if (json && metrics) throw new CommandError('--json and --metrics differ: give one of them', exitStatus.usage);
  if (watch && (metrics || root !== undefined || snapshot !== undefined)) {
    throw new CommandError('--watch follows a running guest: not --metrics, --root or --snapshot', exitStatus.usage);
  }
  const { tree } = openGuest(system, options);
  const status = readStatus(tree);
  if (isFailure(status)) {
    throw new CommandError(`cannot read links: ${explainFailure(status)}; expected a Linux sysfs`);
  }
  for (const failure of status.unreadable) system.err(`failoverctl status: unreadable: ${explainFailure(failure)}\n`);
  if (watch) return follow(system, status, json);
  if (format !== 'text') system.out(await drawStatus(status, format));
  else system.out(metrics ? renderMetrics(status) : json ? renderJson(status) : renderTree(status));
  return exitOf(status);
}

/** As `map` draws a guest. */
async function drawStatus(status: Status, format: string): Promise<string> {
  const { pictureOf } = await import('../status/picture.ts');
  const pictures = [{ title: null, picture: pictureOf(status) }];
  const verdict = status.healthy === null ? 'not known' : status.healthy ? 'healthy' : 'unhealthy';
  const subject = 'How the failover links are now';
  if (format === 'svg') return (await import('../report/map-svg.ts')).renderMapSvg(pictures, verdict, false, subject);
  return (await import('../report/map-html.ts')).renderMapHtml(pictures, verdict, { subject });
}

async function follow(system: System, first: Status, json: boolean): Promise<number> {
  const now = new Date(system.now()).toISOString();
  if (json) system.out(`${JSON.stringify({ time: now, event: 'status', status: contract(first) })}\n`);
  else
    system.out(
      summarize(first)
        .map((line) => `${now} ${printable(line)}\n`)
        .join(''),
    );
  const tell = (event: StatusEvent) =>
    system.out(json ? `${JSON.stringify(event)}\n` : `${event.time} ${event.event}: ${printable(event.message)}\n`);
  const last = await watchStatus(system, first, tell);
  if (typeof last === 'string') throw new CommandError(last);
  return exitOf(last);
}

function summarize({ groups, problems }: Status): readonly string[] {
  const paths = groups.map(({ master, datapath, why }) => `watching ${master}: datapath ${datapath}, ${why}`);
  const found = problems.map(({ message }) => `problem: ${message}`);
  return [...(paths.length === 0 ? ['watching: no failover group yet'] : paths), ...found];
}

function exitOf({ healthy }: Status): number {
  if (healthy === null) return exitStatus.failure;
  return healthy ? exitStatus.clean : exitStatus.findings;
}

function contract({ healthy, groups, orphans, problems, unreadable }: Status) {
  return { version: 1, healthy, groups, orphans, problems, unreadable };
}

function renderJson(status: Status): string {
  return `${JSON.stringify(contract(status), null, 2)}\n`;
}

export function define() {
  return defineCommand('status', 'Says how the failover groups are now: datapath, addresses, managers, what is wrong.')
    .option('--json', 'print JSON, version 1; with --watch one object a line')
    .option('--format <format>', "text, svg or html: a picture as 'failoverctl map' draws it", 'text')
    .option('--metrics', "print metrics in the Prometheus text format, for node_exporter's textfile collector")
    .option('-w, --watch', 'go on, and print a line for each change, until Ctrl-C')
    .option(...rootOption)
    .option(...snapshotOption)
    .addHelpText(
      'after',
      `
Asked are sysfs, ip(8) for addresses and routes, udev's database, and of the network managers: networkd's state in
/run/systemd/netif, nmcli, ifupdown's state file, and the DHCP clients that run.

Wrong is: an address, lease, route or default route on a slave; a slave that a network manager configures; a NIC with a
master's MAC that is not enslaved; a STANDBY bit without a master or without a standby; an enslaved VF without carrier,
while which the kernel drops what arrives on the standby; no link that carries the traffic; a master without address, or
with one that failed duplicate address detection; a rename that failed; our hooks missing or changed. A VF that is away
is not wrong: it is, during a migration.

--watch sleeps until the kernel tells of a change (ip monitor), looks, and looks once more a second after the last, for
what udev and the network managers have done about it. The exit status is that of the last state.

Exit status: 0 nothing is wrong; 1 something is; 2 wrong usage; 3 it cannot be told: no sysfs, or no ip(8).

Examples:
  failoverctl status
  failoverctl status --json | jq -r '.problems[].message'
  failoverctl status --watch
  failoverctl status --format html >status.html
  cd /var/lib/prometheus/node-exporter; failoverctl status --metrics >.failover.new; mv .failover.new failover.prom
`,
    );
}
