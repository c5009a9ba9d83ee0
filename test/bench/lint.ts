/**
 * Linting a thousand netplan files in one run, beside who else reads them: `netplan generate`, and `cloud-init schema`, which
 * takes one file a run.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systems } from '../managers/namespace.ts';
import { formatMarkdown, milliseconds, ratio, timeAll, type Contestant } from './measure.ts';

const count = 1000;

export function compareLint(): string {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-bench-'));
  try {
    const directory = join(root, 'etc/netplan');
    const networkd = join(root, 'etc/systemd/network');
    for (const one of [directory, networkd]) mkdirSync(one, { recursive: true });
    for (let n = 0; n < count; n += 1) {
      const name = String(n).padStart(4, '0');
      const yaml = `network:\n  version: 2\n  ethernets:\n    lan${n}:\n      match: {name: "lan${n}*"}\n      dhcp4: true\n`;
      writeFileSync(join(directory, `${name}.yaml`), yaml, { mode: 0o600 });
      writeFileSync(join(networkd, `${name}.network`), `[Match]\nName=lan${n}\n\n[Network]\nDHCP=yes\n`);
    }
    const lint = (program: readonly string[], path: string) => [...program, 'lint', '--assume', 'triple', path];
    const executable = [resolve('dist/failoverctl-linux-x64')];
    const onNode = [process.execPath, resolve('dist/failoverctl.cjs')];
    const contestants: Contestant[] = [
      { name: `netplan generate, ${count} netplan files`, argv: ['netplan', 'generate', '--root-dir', root] },
      { name: `**failoverctl lint**, the same files`, argv: lint(executable, directory) },
      { name: `failoverctl.cjs lint on Node, the same files`, argv: lint(onNode, directory) },
      { name: `failoverctl lint, ${count} .network files`, argv: lint(executable, networkd) },
      { name: `failoverctl.cjs lint on Node, ${count} .network files`, argv: lint(onNode, networkd) },
      ...cloudInit(),
    ];
    const timings = timeAll(contestants, 20);
    const base = timings.get(contestants[0]?.name ?? '')?.wall ?? Number.NaN;
    const rows = contestants.map(({ name }) => {
      const wall = timings.get(name)?.wall ?? Number.NaN;
      return [name, milliseconds(wall), ratio(wall, base)];
    });
    return formatMarkdown(['linting', 'ms', '× `netplan generate`'], rows);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Debian 13's, in the root that test/setup-oracles.mjs makes; Debian 12's takes user data only. */
function cloudInit(): readonly Contestant[] {
  const root = systems.find((path) => path !== '' && existsSync(join(path, 'usr/bin/cloud-init')));
  if (root === undefined) return [];
  const file = join(root, 'tmp/failoverctl-bench.yaml');
  writeFileSync(
    file,
    `network:\n  version: 2\n  ethernets:\n    lan0:\n      match: {name: "lan0*"}\n      dhcp4: true\n`,
  );
  const argv = [
    'chroot',
    root,
    'cloud-init',
    'schema',
    '--schema-type',
    'network-config',
    '-c',
    '/tmp/failoverctl-bench.yaml',
  ];
  return [{ name: 'cloud-init schema, 1 of them (it takes one a run)', argv }];
}
