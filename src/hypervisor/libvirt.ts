/** What we ask of libvirt, through virsh(1). */
import { isFailure, type System } from '../system/system.ts';
import { readDomain, type Domain } from './domain.ts';
import type { HostCommand } from './step.ts';

export interface Libvirt {
  /** `virsh -c URI …`, as run and as printed. */
  readonly command: (args: readonly string[], input?: string) => HostCommand;
  /** The domain as it runs, or, with `inactive`, as it is kept. A string says why it cannot be had. */
  readonly domain: (name: string, inactive?: boolean) => Domain | string;
  /** The state of a NIC's link on the host's side. */
  readonly linkState: (name: string, tap: string) => 'up' | 'down' | null;
  /** "running", "shut off", "paused" …; null where libvirt knows no such domain. */
  readonly state: (name: string) => string | null;
  /** Null where libvirt knows no such domain. */
  readonly uuid: (name: string) => string | null;
  /** Does libvirt keep it, running or not? One that was made by 'virsh create' is not, and has no configuration to change. */
  readonly isKept: (name: string) => boolean;
  /** Has it gone to another host? Null where libvirt does not say, or knows no such domain (any more). */
  readonly hasMigrated: (name: string) => boolean | null;
  /**
   * The migration away from this host that is under way; null: there is none. `hasSent`: has any memory gone? While it has not,
   * QEMU is setting it up, or waits until the guest has unplugged a VF (wait-unplug), which libvirt does not tell apart.
   */
  readonly migrationJob: (name: string) => { readonly hasSent: boolean } | null;
  /** How far a migration has come, in virsh's words and units: "12.5 MiB sent, 310.2 MiB left"; null: no such job. */
  readonly jobProgress: (name: string) => string | null;
  /** Of the daemon that answers, and of the QEMU that it runs guests with. Null: no daemon answers. */
  readonly versions: () => {
    readonly libvirt: readonly number[] | null;
    readonly qemu: readonly number[] | null;
  } | null;
  /** The XML of each network that libvirt knows, active or not. */
  readonly networks: () => readonly string[];
  /** One command to the guest agent: what it returns, or null where there is no agent or it refused. */
  readonly agent: (name: string, request: AgentRequest) => unknown;
}

export interface AgentRequest {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** `uri` null is virsh's own default. `agentWait`: seconds that an answer of a guest agent may take. */
export function connectLibvirt(system: System, uri: string | null, agentWait = 5): Libvirt {
  const prefix = uri === null ? ['virsh'] : ['virsh', '-c', uri];
  const command: Libvirt['command'] = (args, input) => ({
    argv: [...prefix, ...args],
    ...(input === undefined ? {} : { input }),
  });
  /** Standard output, or null. */
  const ask = (args: readonly string[]): string | null => {
    const result = system.run(command(args).argv, { env: { LC_ALL: 'C' } });
    return isFailure(result) || result.status !== 0 ? null : result.stdout;
  };
  return {
    command,
    domain: (name, inactive = false) => {
      const args = ['dumpxml', ...(inactive ? ['--inactive'] : []), '--domain', name];
      const result = system.run(command(args).argv, { env: { LC_ALL: 'C' } });
      if (isFailure(result)) return result.errno === 'ENOENT' ? "'virsh' is not installed" : `'virsh': ${result.errno}`;
      if (result.status !== 0) return complaintOf(result.stderr);
      const { domain } = readDomain({ path: `domain ${name}`, text: result.stdout });
      return domain ?? 'virsh printed no domain';
    },
    linkState: (name, tap) => {
      const printed = ask(['domif-getlink', '--domain', name, '--interface', tap])?.trim() ?? '';
      return printed.endsWith(' up') ? 'up' : printed.endsWith(' down') ? 'down' : null;
    },
    state: (name) => ask(['domstate', '--domain', name])?.trim() ?? null,
    uuid: (name) => ask(['domuuid', '--domain', name])?.trim() ?? null,
    isKept: (name) => /^Persistent: +yes$/m.test(ask(['dominfo', '--domain', name]) ?? ''),
    hasMigrated: (name) => {
      // "running (booted)", "paused (migrating)", "shut off (migrated)": virsh.pod, domstate --reason
      const printed = ask(['domstate', '--reason', '--domain', name])?.trim();
      return printed === undefined ? null : printed === 'shut off (migrated)';
    },
    migrationJob: (name) => {
      const printed = ask(['domjobinfo', '--domain', name]) ?? '';
      if (!/^Operation: +Outgoing migration$/m.test(printed) || /^Job type: +(?:None|Completed)/m.test(printed))
        return null;
      return { hasSent: /^Data processed: +.*[1-9]/m.test(printed) };
    },
    jobProgress: (name) => {
      const printed = ask(['domjobinfo', '--domain', name]) ?? '';
      const valueOf = (label: string) => new RegExp(`^${label}: +(.+)$`, 'm').exec(printed)?.[1];
      const [sent, left] = [valueOf('Data processed'), valueOf('Data remaining')];
      return sent === undefined || left === undefined ? null : `${sent} sent, ${left} left`;
    },
    versions: () => {
      const printed = ask(['version', '--daemon']);
      if (printed === null) return null;
      // "Running against daemon: 9.0.0", "Running hypervisor: QEMU 7.2.22"; other hypervisors have other names.
      return {
        libvirt: readVersion(/^Running against daemon: ([\d.]+)$/m.exec(printed)?.[1]),
        qemu: readVersion(/^Running hypervisor: QEMU ([\d.]+)$/m.exec(printed)?.[1]),
      };
    },
    networks: () => {
      const names = (ask(['net-list', '--all', '--name']) ?? '').split('\n').filter((name) => name.trim() !== '');
      return names.flatMap((name) => ask(['net-dumpxml', '--network', name]) ?? []);
    },
    agent: (name, request) => {
      const words = ['--timeout', String(agentWait), '--domain', name, '--cmd', JSON.stringify(request)];
      const printed = ask(['qemu-agent-command', ...words]);
      if (printed === null) return null;
      try {
        const answer: unknown = JSON.parse(printed);
        return typeof answer === 'object' && answer !== null && 'return' in answer ? answer.return : null;
      } catch {
        return null;
      }
    },
  };
}

/** What virsh complains of: its lines "error: …", the cause after what could not be done. */
function complaintOf(stderr: string): string {
  const errors = [...stderr.matchAll(/^error: (.+)$/gm)].map(([, text = '']) => text);
  return errors.length > 0
    ? `libvirt: ${errors.join(': ')}`
    : `'virsh' failed: ${stderr.trim() || 'it does not say why'}`;
}

function readVersion(text: string | undefined): readonly number[] | null {
  return text === undefined ? null : text.split('.').map(Number);
}
