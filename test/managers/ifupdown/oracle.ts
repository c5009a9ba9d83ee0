/**
 * ifupdown itself, asked about many configurations in one go: in a network namespace with links of known names, MACs and
 * masters, and without acting (`ifup --no-act`). Programs that ifup would look for are stubs.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { link, mac } from './guest.ts';
import type { LinkFacts } from '../../../src/topology/guest.ts';

/** As the script below makes them, in the order of their indices (of a veth pair the peer is first); lo comes before. */
export const oracleLinks: readonly LinkFacts[] = [
  link('br9', { mac: '52:54:00:00:12:97', parentDriver: null }),
  link('eth1', { mac: '52:54:00:00:12:98', parentDriver: null }),
  link('ens10', { parentDriver: null }),
  link('ens11', { master: 'br9', parentDriver: null }),
  link('ens10nsby', { master: 'br9', parentDriver: null }),
  link('eth0', { mac: '52:54:00:00:12:99', parentDriver: null }),
];

const setUp = `
set -e
mount --make-rprivate / && mount -t sysfs sysfs /sys
ip link add br9 address 52:54:00:00:12:97 type bridge
ip link add ens10 address ${mac} type veth peer name eth1 address 52:54:00:00:12:98
ip link add ens10nsby address ${mac} type veth peer name ens11 address ${mac}
ip link add eth0 address 52:54:00:00:12:99 type bridge
ip link set ens10nsby master br9; ip link set ens11 master br9
set +e
`;

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const oracles = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

/** This machine's ifupdown (''), and those of the trees of test/setup-oracles.mjs. */
export const ifupdownSystems: readonly string[] = ['', 'trixie-ifupdown', 'sid-ifupdown'];

/** Why ifupdown cannot be asked here, or null. */
export function whyNoOracle(tree = ''): string | null {
  const program = join(oracles, tree, 'usr/sbin/ifquery');
  if (tree !== '' && !existsSync(program)) return `${program} is missing (node test/setup-oracles.mjs ${tree})`;
  const probe = spawnSync('unshare', ['-n', '-m', 'sh', '-c', `${setUp} ifquery --version`], {
    encoding: 'utf8',
  });
  if (probe.status === 0) return null;
  return `ifupdown and a network namespace (as root) are needed: ${probe.error?.message ?? probe.stderr.trim()}`;
}

/** Programs of a tree run here by its own loader and libraries; they go by the name that they are called by. */
function callIn(tree: string, program: string): string {
  const usr = join(oracles, tree, 'usr');
  const loader = `${usr}/lib64/ld-linux-x86-64.so.2 --library-path ${usr}/lib/x86_64-linux-gnu`;
  return `#!/bin/sh\nexec ${loader} ${usr}/sbin/${program} "$@"\n`;
}

/** Writes each tree of files and runs each command in its directory; `{}` in a command is that directory. */
export function askIfupdown(
  trees: readonly Readonly<Record<string, string>>[],
  commandsOf: (index: number) => readonly string[],
  system = '',
): readonly (readonly Answer[])[] {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-ifupdown-'));
  try {
    mkdirSync(join(directory, 'bin'));
    const programs: Record<string, string> = { dhclient: '#!/bin/sh\n', udhcpc: '#!/bin/sh\n' };
    if (system !== '') for (const name of ['ifup', 'ifquery']) programs[name] = callIn(system, name);
    for (const [program, text] of Object.entries(programs)) {
      writeFileSync(join(directory, 'bin', program), text);
      chmodSync(join(directory, 'bin', program), 0o755);
    }
    // ifupdown 0.8.44 looks for programs in folders of its own choice, not in those of PATH
    const stubs = `mount --bind ${directory}/bin /usr/local/sbin`;
    const script = [setUp, stubs, `PATH=${directory}/bin:$PATH; export PATH; export HOME=${directory}/nowhere`];
    for (const [index, tree] of trees.entries()) {
      const home = join(directory, String(index));
      mkdirSync(join(home, 'state'), { recursive: true });
      for (const [path, text] of Object.entries(tree)) {
        mkdirSync(dirname(join(home, path)), { recursive: true });
        writeFileSync(join(home, path), text);
      }
      for (const [at, command] of commandsOf(index).entries()) {
        script.push(
          `cd /; timeout 5 ${command.replaceAll('{}', home)} </dev/null >${home}/${at}.out 2>${home}/${at}.err; echo $? >${home}/${at}.rc`,
        );
      }
    }
    writeFileSync(join(directory, 'run.sh'), script.join('\n'));
    const run = spawnSync('unshare', ['-n', '-m', 'sh', join(directory, 'run.sh')], { encoding: 'utf8' });
    if (run.status === null) throw new Error(`the oracle did not run: ${run.error?.message ?? run.stderr}`);
    return trees.map((_, index) =>
      commandsOf(index).map((_command, at) => {
        const read = (kind: string) => readFileSync(join(directory, String(index), `${at}.${kind}`), 'utf8');
        const plain = (text: string) => text.replaceAll(join(directory, String(index)), '');
        return { status: Number(read('rc')), stdout: plain(read('out')), stderr: plain(read('err')) };
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
