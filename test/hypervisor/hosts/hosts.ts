/** Virtualization hosts of a test's own, in namespaces, joined by a segment from which the guest can be pinged. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { buildInitramfs, guestAddress } from './guest.ts';
import { readNetwork } from './network-state.ts';

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Host {
  readonly address: string;
  /** As root on that host, with the stand-ins for what needs an SR-IOV card. */
  readonly run: (argv: readonly string[], input?: string) => Result;
  readonly start: (argv: readonly string[]) => ChildProcess;
  /** The program, run there. */
  readonly failoverctl: (...args: string[]) => Result;
  /** All that a migration may change there: see `readState`. */
  readonly state: () => Readonly<Record<string, unknown>>;
}

export interface Site {
  readonly hosts: readonly Host[];
  /** Pings the guest from the segment until `stop` is called. */
  readonly ping: () => { readonly stop: () => Promise<{ readonly sent: number; readonly received: number }> };
}

export const program = resolve('dist/failoverctl.cjs');
const standIns = resolve('test/hypervisor/hosts');

export async function poll(what: string, seconds: number, done: () => boolean): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!done()) {
    assert.ok(Date.now() < deadline, `${what} did not come within ${seconds} s`);
    await new Promise((resolvePause) => setTimeout(resolvePause, 200));
  }
}

export async function startSite(t: TestContext, kernel: string, count: number): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-hosts-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const initramfs = buildInitramfs(kernel, directory);
  const lan = await startNamespace(t, ['sleep', 'infinity']);
  const must = (argv: readonly string[]) => {
    const { status, stderr } = spawnSync('nsenter', ['-t', lan, '-n', ...argv], { encoding: 'utf8' });
    assert.equal(status, 0, `${argv.join(' ')}: ${stderr}`);
  };
  must(['ip', 'link', 'add', 'lan', 'type', 'bridge']);
  must(['ip', 'link', 'set', 'lan', 'up']);
  must(['ip', 'address', 'add', '10.9.0.254/24', 'dev', 'lan']);
  const hosts: Host[] = [];
  for (let number = 1; number <= count; number += 1) {
    const address = `10.9.0.${number}`;
    const uuid = `11111111-2222-4333-8444-00000000000${number}`;
    const script = [join(standIns, 'host.sh'), `host-${number}`, address, uuid, join(kernel, 'vmlinuz'), initramfs];
    const child = await startNamespace(t, ['bash', ...script]);
    must(['ip', 'link', 'add', `wire${number}`, 'type', 'veth', 'peer', 'name', 'wire', 'netns', child]);
    must(['ip', 'link', 'set', `wire${number}`, 'master', 'lan', 'up']);
    hosts.push(describeHost(child, address));
  }
  for (const { run } of hosts) await poll('libvirtd', 300, () => run(['virsh', 'version', '--daemon']).status === 0);
  return { hosts, ping: () => startPing(lan) };
}

/** The process that is number 1 there, by its number here. */
async function startNamespace(t: TestContext, command: readonly string[]): Promise<string> {
  const holder = spawn('unshare', ['-n', '-m', '-p', '-u', '--fork', '--kill-child', ...command], { stdio: 'ignore' });
  t.after(() => void holder.kill('SIGKILL'));
  const file = `/proc/${holder.pid}/task/${holder.pid}/children`;
  const child = () => (existsSync(file) ? (readFileSync(file, 'utf8').trim().split(' ')[0] ?? '') : '');
  await poll('the namespace', 300, () => child() !== '');
  return child();
}

function describeHost(child: string, address: string): Host {
  const enter = ['-t', child, '-n', '-m', '-p', '-u', '--'];
  const env = {
    ...process.env,
    PATH: `${standIns}:${process.env['PATH'] ?? ''}`,
    LIBVIRT_DEFAULT_URI: 'qemu:///system',
    LC_ALL: 'C',
  };
  const run: Host['run'] = (argv, input) =>
    spawnSync('nsenter', [...enter, ...argv], { encoding: 'utf8', input: input ?? '', env, timeout: 300_000 });
  return {
    address,
    run,
    start: (argv) => spawn('nsenter', [...enter, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    failoverctl: (...args) => run([process.execPath, program, ...args]),
    state: () => readState(run),
  };
}

/** The host as a whole: its network, what libvirt holds of every domain, the PF's table. */
function readState(run: Host['run']): Readonly<Record<string, unknown>> {
  const read = (argv: readonly string[]) => {
    const { status, stdout, stderr } = run(argv);
    return status === 0 ? stdout : `${status} ${stderr}`;
  };
  const names = read(['virsh', 'list', '--all', '--name']).trim().split('\n').filter(Boolean);
  const domains = names.map((name) => [
    read(['virsh', 'domstate', '--domain', name]),
    read(['virsh', 'dumpxml', '--domain', name]),
    read(['virsh', 'dumpxml', '--inactive', '--domain', name]),
  ]);
  return { ...readNetwork(read), domains, pf: read(['ip', '-j', 'link', 'show', 'dev', 'pf0']) };
}

function startPing(lan: string): ReturnType<Site['ping']> {
  const ping = spawn('nsenter', ['-t', lan, '-n', 'ping', '-i', '0.2', '-W', '2', guestAddress]);
  let said = '';
  ping.stdout.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const ended = new Promise<void>((resolveEnd) => ping.once('close', () => resolveEnd()));
  return {
    stop: async () => {
      ping.kill('SIGINT');
      await ended;
      const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(said) ?? [];
      return { sent: Number(sent), received: Number(received) };
    },
  };
}
