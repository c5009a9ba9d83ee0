/**
 * Lints 1,000 files in one run, beside `netplan generate` and `cloud-init schema` on the same netplan files. Prints the
 * median of five runs each, wall time of the whole process; a tool that is not there, or does not take them, is said.
 *
 *   node test/bench/lint.mjs [PROGRAM]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.argv[2] ?? 'dist/failoverctl.cjs';
const count = 1000;
const runs = 5;
const root = mkdtempSync(join(tmpdir(), 'failoverctl-bench-'));
try {
  const networkd = join(root, 'etc/systemd/network');
  const netplan = join(root, 'etc/netplan');
  for (const directory of [networkd, netplan]) mkdirSync(directory, { recursive: true });
  const schemas = [];
  for (let n = 0; n < count; n += 1) {
    const name = String(n).padStart(4, '0');
    const match = n % 2 === 0 ? `Name=lan${n}` : `MACAddress=52:54:00:01:${hex(n >> 8)}:${hex(n)}`;
    writeFileSync(join(networkd, `${name}.network`), `[Match]\n${match}\n\n[Network]\nDHCP=yes\n`);
    const device = `    lan${n}:\n      match: {name: "lan${n}*"}\n      dhcp4: true\n`;
    const path = join(netplan, `${name}.yaml`);
    writeFileSync(path, `network:\n  version: 2\n  ethernets:\n${device}`, { mode: 0o600 });
    schemas.push(path);
  }
  const lint = (directory) =>
    measure(process.execPath, [program, 'lint', '--json', '--assume', 'triple', directory], [0, 1]);
  report(`failoverctl lint, ${count} .network files`, lint(networkd));
  report(`failoverctl lint, ${count} netplan files`, lint(netplan));
  report(`netplan generate, ${count} netplan files`, measure('netplan', ['generate', '--root-dir', root], [0]));
  const one = schemas.slice(0, 1).flatMap((path) => ['-c', path]);
  report('cloud-init schema, 1 file (it takes one a run)', measure('cloud-init', ['schema', ...one], [0, 1]));
} finally {
  rmSync(root, { recursive: true, force: true });
}

function hex(number) {
  return (number & 0xff).toString(16).padStart(2, '0');
}

/** Milliseconds of the median run, or why there is none. */
function measure(command, args, statuses) {
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    const start = process.hrtime.bigint();
    const { error, status } = spawnSync(command, args, { stdio: 'ignore', timeout: 120_000 });
    if (error) return error.code === 'ENOENT' ? 'not installed' : String(error.code);
    if (!statuses.includes(status)) return `exit status ${status}`;
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}

function report(what, outcome) {
  process.stdout.write(`${what.padEnd(52)}${typeof outcome === 'number' ? `${outcome.toFixed(0)} ms` : outcome}\n`);
}
