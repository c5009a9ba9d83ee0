/** `reattach`: the destination's runbook, what must be there before the migration, and what attaches the VF again after it. */
import type { System } from '../system/system.ts';
import { attachSteps, carrierStep, linkStep } from './device-steps.ts';
import { normalMac, type NetDevice } from './domain.ts';
import { bridgeSteps } from './bridge-steps.ts';
import { giveVfMacStep, reverseStep, tapStep, uplinkStep } from './forwarding.ts';
import type { Libvirt } from './libvirt.ts';
import { readHostVf, uplinkNotes, type HostVf, type Overrides } from './net-path.ts';
import type { Runbook, Step } from './step.ts';
import { findUplink } from './virtual-function.ts';

export interface ReattachRequest {
  readonly domain: string;
  readonly bridge: string | null;
  /** Only what must be there before the migration starts. */
  readonly prepare: boolean;
  /** First end a migration away from here that is under way. */
  readonly abort: boolean;
  readonly overrides: Overrides;
}

/** On cancelling, QEMU waits 30 s for an unplug that it has asked for (qemu_savevm_wait_unplug(), migration/migration.c). */
const abortPatience = 60_000;

/** The destination's runbook, before the migration with `prepare`, after it without. A string says what stands in the way. */
export function planReattach(
  request: ReattachRequest,
  transient: NetDevice,
  libvirt: Libvirt,
  system: System,
): Runbook | string {
  const mac = normalMac(request.overrides.mac ?? transient.mac);
  if (mac === undefined) return 'the VF has no MAC: give --mac';
  const alias = transient.teaming[0]?.persistent;
  if (alias === undefined) return 'the VF has no <teaming persistent=…>: it would not join a failover pair';
  const vf = readHostVf(transient, request.overrides, system);
  if (typeof vf === 'string') return vf;
  if (request.prepare) return planPreparation(request, mac, vf, system);
  const live = libvirt.domain(request.domain);
  if (typeof live === 'string') return live;
  const state = libvirt.state(request.domain);
  if (state !== 'running') return `domain '${request.domain}' is ${state ?? 'not known'}: expected it to run`;
  const persistent = live.devices.find((device) => device.alias === alias);
  if (persistent === undefined) return `domain '${request.domain}' has no NIC with the alias '${alias}'`;
  if (normalMac(persistent.mac) !== mac) {
    return `the NIC '${alias}' has MAC ${persistent.mac ?? '(none)'}, the VF ${mac}: the guest would not pair them`;
  }
  const tap = request.overrides.tap ?? persistent.tap;
  if (tap === undefined) return `the NIC '${alias}' has no tap: give --tap`;
  const bridge = request.bridge ?? persistent.bridge;
  const uplink =
    request.overrides.uplink ?? (bridge === undefined || vf === null ? null : findUplink(system, bridge, vf.pfAddress));
  const pinned = tapStep(system, mac, tap);
  const received = uplink === null ? null : uplinkStep(system, mac, uplink);
  const steps: Step[] = [
    ...(request.abort ? [abortStep(request.domain, libvirt)] : []),
    ...(received === null || uplink === null
      ? []
      : [reverseStep(received, `let the uplink ${uplink} forget ${mac}`, received.command)]),
    reverseStep(pinned, `let the bridge learn where ${mac} is again`, pinned.command),
    ...(transient.kind === 'hostdev' && vf !== null ? [giveVfMacStep(system, vf.pf, vf.number, mac)] : []),
    ...attachSteps(
      { libvirt, domain: request.domain, patience: request.overrides.deviceWait },
      transient,
      libvirt.isKept(request.domain),
    ),
    carrierStep(libvirt, request.domain, mac, 'primary', request.overrides.carrierWait),
    linkStep(libvirt, request.domain, tap, 'down'),
  ];
  return { steps, facts: [`guest ${mac}, tap ${tap}, VF ${transient.hostAddress ?? 'from a pool'}`], notes: [] };
}

function abortStep(domain: string, libvirt: Libvirt): Step {
  return {
    id: 'abort-migration',
    title: `end the migration of '${domain}' that is under way`,
    command: libvirt.command(['domjobabort', '--domain', domain]),
    effect: () => (libvirt.migrationJob(domain) === null ? 'present' : 'absent'),
    patience: abortPatience,
    ifLate: 'QEMU still waits until the guest has unplugged its VF; a guest that never does has to be reset',
    undo: null,
  };
}

function planPreparation(request: ReattachRequest, mac: string, vf: HostVf | null, system: System): Runbook | string {
  const { bridge } = request;
  if (bridge === null) return '--prepare needs --bridge, the bridge that the guest will be plugged into';
  const uplink = request.overrides.uplink ?? (vf === null ? null : findUplink(system, bridge, vf.pfAddress));
  const way = bridgeSteps(system, bridge, uplink);
  if (typeof way === 'string') return way;
  const steps = [...way, ...(uplink === null ? [] : [uplinkStep(system, mac, uplink)])];
  const notes = uplinkNotes(system, bridge, uplink);
  return { steps, facts: [`guest ${mac}, bridge ${bridge}, uplink ${uplink ?? 'none'}`], notes };
}
