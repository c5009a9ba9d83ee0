/**
 * A host in a network namespace. Its forwarding database is the kernel's, through the real ip(8) and bridge(8). Where there
 * is no hardware there are stand-ins that record their arguments: virsh (stand-in-virsh), and `ip link set PF vf`,
 * since no PF can be had.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';
import { readNetwork, type NetworkState } from './hosts/network-state.ts';

export const mac = '52:54:00:00:12:53';
export const vfXml = `<interface type='hostdev' managed='yes'><mac address='${mac}'/><source><address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/></source><teaming type='transient' persistent='ua-backup0'/></interface>`;
const domainXml = `<domain type='kvm'><name>vm</name><devices><interface type='bridge'><mac address='${mac}'/><source bridge='br0'/><target dev='tap0'/><model type='virtio'/><teaming type='persistent'/><alias name='ua-backup0'/></interface>${vfXml}</devices></domain>`;

/** What the stand-in for virsh keeps. */
interface Domain {
  readonly live: string;
  readonly config: string;
  readonly link: string;
  readonly state: string;
}

export interface HostState extends NetworkState {
  readonly domain: Domain;
  readonly vfMac: string;
}

export interface Host {
  readonly system: System;
  readonly output: { out: string; err: string };
  /** The host as a whole: links, ports, the forwarding database, the PF's table, the domain. */
  readonly state: () => HostState;
  readonly calls: () => readonly string[];
  readonly fail: (where: string) => void;
  /** The domain's state at the other host; empty: none is known there. Until then nobody answers there. */
  readonly setThere: (state: string) => void;
  /** What has gone to another host runs: from here on this is that one. */
  readonly arrive: () => void;
  /** Runs a script as root would on this host. */
  readonly script: (text: string) => { status: number | null; stderr: string };
}

/** The system, but with programs run by `run`. */
export function withRun(system: System, run: System['run']): System {
  return { ...system, run, runWatched: async (argv) => run(argv) };
}

/**
 * A host in a namespace: bridge br0 with the guest's tap0 and the uplink up0, spare0 that is down and no port, and the
 * stand-ins first in PATH.
 */
export function makeHost(t: TestContext): Host | null {
  if (process.geteuid?.() !== 0) {
    t.skip('needs root for a network namespace');
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-host-'));
  const namespace = `foc-${process.pid}-${directory.slice(-6)}`;
  const kept = join(directory, 'domain');
  const log = join(directory, 'log');
  const pf = join(directory, 'vf-mac');
  mkdirSync(kept);
  const begun: Domain = { live: domainXml, config: domainXml, link: 'down', state: 'running' };
  for (const [name, text] of Object.entries(begun)) writeFileSync(join(kept, name), text);
  writeFileSync(log, '');
  writeFileSync(pf, mac);
  writeFileSync(join(directory, 'virsh'), readFileSync(resolve('test/hypervisor/stand-in-virsh')));
  writeFileSync(
    join(directory, 'ip'),
    `#!/bin/sh
case "$*" in
"link set dev pf0 vf 5 mac "*)
  [ "$STAND_IN_FAIL" != vf-mac:exit ] || exit 1
  echo "ip $*" >> '${log}'; printf %s "$8" > '${pf}' ;;
"-j link show dev pf0") printf '[{"ifname":"pf0","vfinfo_list":[{"vf":5,"address":"%s"}]}]' "$(cat '${pf}')" ;;
*) exec /usr/sbin/ip "$@" ;;
esac\n`,
  );
  writeFileSync(
    join(directory, 'bridge'),
    `#!/bin/sh
case "$*" in
"fdb add"*) [ "$STAND_IN_FAIL" != fdb-uplink:exit ] || exit 1 ;;
"fdb replace"*) [ "$STAND_IN_FAIL" != fdb-tap:exit ] || exit 1; [ "$STAND_IN_FAIL" != fdb-tap:kill ] || kill -9 $$ ;;
esac
exec /usr/sbin/bridge "$@"\n`,
  );
  for (const name of ['virsh', 'ip', 'bridge']) chmodSync(join(directory, name), 0o755);
  const env: Record<string, string> = {
    PATH: `${directory}:${process.env['PATH'] ?? ''}`,
    STAND_IN_STATE: kept,
    STAND_IN_LOG: log,
    STAND_IN_FAIL: '',
  };
  const inside = (argv: readonly string[], input?: string) =>
    spawnSync('/usr/sbin/ip', ['netns', 'exec', namespace, ...argv], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      input: input ?? '',
    });
  t.after(() => {
    spawnSync('/usr/sbin/ip', ['netns', 'del', namespace]);
    rmSync(directory, { recursive: true });
  });
  for (const command of [
    `netns add ${namespace}`,
    // Addresses of our own choice: two hosts made this way are the same.
    `-n ${namespace} link add br0 address 02:00:00:00:00:01 type bridge`,
    `-n ${namespace} link add tap0 address 02:00:00:00:00:02 type veth peer name guest0 address 02:00:00:00:00:03`,
    `-n ${namespace} link add up0 address 02:00:00:00:00:04 type veth peer name wire0 address 02:00:00:00:00:05`,
    `-n ${namespace} link add spare0 address 02:00:00:00:00:06 type veth peer name wire1 address 02:00:00:00:00:07`,
    // A link that was up once keeps its queue discipline: not a change to be seen later.
    `-n ${namespace} link set spare0 up`,
    `-n ${namespace} link set spare0 down`,
    `-n ${namespace} link set tap0 master br0 up`,
    `-n ${namespace} link set up0 master br0 up`,
    `-n ${namespace} link set br0 up`,
  ]) {
    const made = spawnSync('/usr/sbin/ip', command.split(' '), { encoding: 'utf8' });
    assert.equal(made.status, 0, `ip ${command}: ${made.stderr}`);
  }
  const output = { out: '', err: '' };
  const real = nodeSystem();
  const run: System['run'] = (argv, options = {}) => {
    const { status, signal, stdout, stderr } = inside(argv, options.input);
    return { status, signal, stdout, stderr };
  };
  const system: System = {
    ...withRun(real, run),
    // This process's /sys shows the links of its own namespace.
    list: (path) => {
      if (!path.startsWith('/sys/class/net/')) return real.list(path);
      const { status, stdout } = inside(['ls', '--', path]);
      return status === 0 ? stdout.split('\n').slice(0, -1) : { errno: 'ENOENT', path };
    },
    out: (text) => void (output.out += text),
    err: (text) => void (output.err += text),
  };
  return {
    system,
    output,
    state: () => {
      const part = (name: keyof Domain) => readFileSync(join(kept, name), 'utf8');
      const domain = { live: part('live'), config: part('config'), link: part('link'), state: part('state') };
      const read = (argv: readonly string[]) => inside(argv).stdout;
      return { ...readNetwork(read), domain, vfMac: readFileSync(pf, 'utf8') };
    },
    calls: () =>
      readFileSync(log, 'utf8')
        .replaceAll(/\S+\.xml/g, 'FILE')
        .split('\n')
        .filter(
          (line) =>
            !/^(?:dumpxml|domif-getlink|dominfo|domjobinfo|domstate|domuuid|qemu-agent)/.test(line) && line !== '',
        ),
    fail: (where) => void (env['STAND_IN_FAIL'] = where),
    setThere: (state) => writeFileSync(join(kept, 'there'), state),
    arrive: () => writeFileSync(join(kept, 'state'), 'running'),
    script: (text) => inside(['bash', '-c', text]),
  };
}
