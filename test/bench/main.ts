/**
 * `npm run bench`: side by side in one run. Prints Markdown; with --docs it also puts that into docs/measurements.md, between the
 * lines `<!-- bench -->` and `<!-- /bench -->`. Runs in network and mount namespaces of its own.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { whyNoCloudInit } from '../managers/cloud-init/oracle.ts';
import { putIntoDocs } from '../docs/block.ts';
import { compareAlarms } from './alarms.ts';
import { compareGrowth } from './growth.ts';
import { compareHooks } from './hooks.ts';
import { compareLint } from './lint.ts';
import { compareSizes } from './size.ts';
import { compareStart } from './start.ts';

const inside = '--inside';
if (process.argv.includes(inside)) runInside();
else {
  enterNamespaces().catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

async function enterNamespaces(): Promise<void> {
  const why = whyNoCloudInit();
  if (why !== null) process.stderr.write(`bench: cloud-init is left out: ${why}\n`);
  const script =
    'mount -t sysfs none /sys && ip link set lo up && ip link add va0 type veth peer name vb0 && exec "$@"';
  const again = [process.execPath, ...process.argv.slice(1), inside];
  const { status, stdout } = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', script, 'sh', ...again], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  process.exitCode = status ?? 1;
  if (status !== 0) return;
  process.stderr.write('alarms\n');
  const alarms = await compareAlarms();
  process.stderr.write('hooks, in a guest\n');
  const text = `${stdout.trimEnd()}\n\n${alarms}\n\n${await compareHooks()}\n`;
  process.stdout.write(text);
  if (process.argv.includes('--docs')) putIntoDocs('docs/measurements.md', 'bench', text);
}

function runInside(): void {
  const machine = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`;
  process.stderr.write('start and detect\n');
  const start = compareStart();
  const growth = compareGrowth();
  process.stderr.write('lint\n');
  const lint = compareLint();
  const text = `Measured ${machine}: medians of at least 20 runs, whole processes.\n\n${start}\n\n${growth}\n\n${lint}\n\n${compareSizes()}\n`;
  process.stdout.write(text);
}
