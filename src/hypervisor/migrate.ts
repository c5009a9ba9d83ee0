/** `migrate`: the source's runbook of a live migration, the steps of the kernel's net_failover document. */
import type { System } from '../system/system.ts';
import { carrierStep, detachSteps, linkStep } from './device-steps.ts';
import { isPersistent, teamedPairs, type Domain, type TeamedPair } from './domain.ts';
import { reverseStep, tapStep, uplinkStep, zeroVfMacStep } from './forwarding.ts';
import { connectLibvirt, type Libvirt } from './libvirt.ts';
import { describePath, readPath, type Overrides } from './net-path.ts';
import { shellCommand } from './shell.ts';
import type { Mend, Runbook, Step } from './step.ts';

export interface MigrationRequest {
  readonly domain: string;
  /** "qemu+ssh://host/system". */
  readonly destination: string;
  /** Further words for `virsh migrate`. */
  readonly migrateArgs: readonly string[];
  readonly overrides: Overrides;
}

const migrationPatience = 5_000;

/** The source's runbook. A string says what stands in the way. */
export function planMigration(request: MigrationRequest, libvirt: Libvirt, system: System): Runbook | string {
  const live = libvirt.domain(request.domain);
  if (typeof live === 'string') return live;
  const state = libvirt.state(request.domain);
  if (state !== 'running') return `domain '${request.domain}' is ${state ?? 'not known'}: expected it to run`;
  if (libvirt.migrationJob(request.domain) !== null) {
    const abort = shellCommand(libvirt.command(['domjobabort', '--domain', request.domain]));
    return `domain '${request.domain}' is being migrated already: expected no such job; see 'failoverctl host check', '${abort}' ends it, 'failoverctl host reattach --abort' also restores what it left`;
  }
  const pairs = readPairs(live);
  if (typeof pairs === 'string') return pairs;
  if (pairs.length > 1 && overridesOne(request.overrides)) {
    return `domain '${request.domain}' has ${pairs.length} teamed pairs: --mac, --tap, --pf, --vf-number and --uplink are for one`;
  }
  const isKept = libvirt.isKept(request.domain);
  const kept = isKept ? libvirt.domain(request.domain, true) : null;
  const before: Step[] = [];
  const after: Step[] = [];
  const facts: string[] = [];
  const notes: string[] = [];
  for (const pair of pairs) {
    const found = readPath(pair, request.overrides, system);
    if (typeof found === 'string') return found;
    facts.push(describePath(found));
    notes.push(...found.notes);
    before.push(
      linkStep(libvirt, request.domain, found.tap, 'up'),
      carrierStep(libvirt, request.domain, found.mac, 'standby', request.overrides.carrierWait),
      ...detachSteps(
        { libvirt, domain: request.domain, patience: request.overrides.deviceWait },
        pair.transient,
        typeof kept === 'string' ? null : kept,
      ),
    );
    if (found.vf !== null) before.push(zeroVfMacStep(system, found.vf.pf, found.vf.number, found.mac));
    if (found.uplink !== null) {
      const uplink = uplinkStep(system, found.mac, found.uplink);
      before.push(uplink);
      after.push(reverseStep(uplink, `let the uplink ${found.uplink} forget ${found.mac}`));
    }
    before.push(tapStep(system, found.mac, found.tap));
  }
  const migrate: Step = {
    id: 'migrate',
    title: `migrate '${request.domain}' to ${request.destination}`,
    command: libvirt.command([
      'migrate',
      '--live',
      ...(isKept ? ['--persistent'] : []),
      ...request.migrateArgs,
      '--domain',
      request.domain,
      '--desturi',
      request.destination,
    ]),
    effect: () => {
      const gone = libvirt.hasMigrated(request.domain);
      return gone === null ? 'unknown' : gone ? 'present' : 'absent';
    },
    patience: migrationPatience,
    undo: null,
    abort: libvirt.command(['domjobabort', '--domain', request.domain]),
    mend: runOn(request, libvirt, system),
    describeProgress: () => describeJob(request.domain, libvirt),
    pointOfNoReturn: true,
  };
  return { steps: [...before, migrate, ...after], facts, notes };
}

/** A migration that has sent nothing yet may wait for the guest, without an end. */
function describeJob(domain: string, libvirt: Libvirt): string | null {
  if (libvirt.migrationJob(domain)?.hasSent !== false) return libvirt.jobProgress(domain);
  const abort = shellCommand(libvirt.command(['domjobabort', '--domain', domain]));
  return `nothing is sent yet: QEMU sets it up, or waits until the guest has unplugged a VF; Ctrl-C or '${abort}' ends it`;
}

/**
 * libvirt starts the guest again when a migration has failed, unless QEMU is not through with it yet ("Migration is not
 * finalized yet", qmp_cont()): then it stays paused, and nothing but libvirt's log says so. It may run on as long as it
 * does not run there. Asked by its UUID, since --dname gives it another name.
 */
function runOn({ domain, destination }: MigrationRequest, libvirt: Libvirt, system: System): Mend {
  return {
    title: `let '${domain}' run on, which is paused`,
    neededIf: { command: libvirt.command(['domstate', '--domain', domain]), says: 'paused' },
    command: libvirt.command(['resume', '--domain', domain]),
    whyNot: () => {
      const there = connectLibvirt(system, destination);
      if (there.versions() === null) return `'${destination}' does not say whether it runs there`;
      const uuid = libvirt.uuid(domain);
      const state = uuid === null ? 'perhaps running' : there.state(uuid);
      return state === null || state === 'shut off' ? null : `it is ${state} at '${destination}'`;
    },
  };
}

function readPairs(domain: Domain): readonly TeamedPair[] | string {
  const pairs = teamedPairs(domain);
  if (pairs.length > 0) return pairs;
  const name = domain.name ?? '';
  if (domain.devices.some(isPersistent)) {
    return `no VF is attached to domain '${name}': there is nothing to take away from it first, 'virsh migrate' alone moves it`;
  }
  return `domain '${name}' has no teamed pair: expected <teaming type='persistent'/> and a VF with <teaming type='transient'>; see 'failoverctl host lint-domain --help'`;
}

function overridesOne({ mac, tap, pf, vfNumber, uplink }: Overrides): boolean {
  return [mac, tap, pf, vfNumber, uplink].some((value) => value !== null);
}
