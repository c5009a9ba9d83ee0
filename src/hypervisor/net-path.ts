/** The way of a guest's frames on this host: its tap, its VF and the PF, the bridge's uplink. */
import type { System } from '../system/system.ts';
import { isHostDevice, normalMac, type NetDevice, type TeamedPair } from './domain.ts';
import { isSpoofChecked } from './forwarding.ts';
import { findUplink, readVirtualFunction, virtualFunctionOf } from './virtual-function.ts';

/** What the domain and the host do not say, or what is to be overridden. Null: find out. */
export interface Overrides {
  readonly mac: string | null;
  readonly tap: string | null;
  readonly pf: string | null;
  readonly vfNumber: number | null;
  readonly uplink: string | null;
  /** Milliseconds to wait for the guest's carrier. */
  readonly carrierWait: number;
  /** Milliseconds to wait until the guest has plugged or unplugged the VF. */
  readonly deviceWait: number;
}

export interface HostVf {
  readonly pf: string;
  readonly pfAddress: string;
  readonly number: number;
}

export interface NetPath {
  readonly mac: string;
  readonly tap: string;
  readonly vf: HostVf | null;
  readonly uplink: string | null;
  readonly notes: readonly string[];
}

/** A string says what is not known, and which option gives it. */
export function readPath(
  { persistent, transient }: TeamedPair,
  overrides: Overrides,
  system: System,
): NetPath | string {
  const mac = normalMac(overrides.mac ?? persistent.mac);
  const tap = overrides.tap ?? persistent.tap;
  if (mac === undefined) return `the NIC '${persistent.alias ?? ''}' has no MAC: give --mac`;
  if (tap === undefined) return `the NIC '${persistent.alias ?? ''}' has no tap on this host: give --tap`;
  const vf = readHostVf(transient, overrides, system);
  if (typeof vf === 'string') return vf;
  const { bridge } = persistent;
  const notes: string[] = [];
  const uplink =
    overrides.uplink ?? (bridge === undefined || vf === null ? null : findUplink(system, bridge, vf.pfAddress));
  if (vf === null) notes.push('the VF is not known on this host: its MAC on the PF is left as it is');
  notes.push(...uplinkNotes(system, bridge ?? 'the bridge', uplink));
  return { mac, tap, vf, uplink, notes };
}

/** Notes on a bridge's uplink. `uplink` null: none was found or given. */
export function uplinkNotes(system: System, bridge: string, uplink: string | null): readonly string[] {
  if (uplink === null) return [`no port of ${bridge} is a VF of the same PF: no entry is needed for an uplink`];
  const vf = virtualFunctionOf(system, uplink);
  const pf = vf?.pf.netdev ?? null;
  if (vf === null || pf === null || isSpoofChecked(system, pf, vf.number) !== true) return [];
  return [
    `the card checks what the uplink ${uplink} sends, and may drop what is the guest's: 'ip link set dev ${pf} vf ${vf.number} spoofchk off' ends that`,
  ];
}

/** Null: the XML names no address, and nothing was given. */
export function readHostVf(transient: NetDevice, overrides: Overrides, system: System): HostVf | null | string {
  const { pf, vfNumber } = overrides;
  if (pf !== null && vfNumber !== null) return { pf, pfAddress: '', number: vfNumber };
  if (!isHostDevice(transient) || transient.hostAddress === undefined) return null;
  const found = readVirtualFunction(system, transient.hostAddress);
  if (typeof found === 'string') return `${found}; give --pf and --vf-number if it is one all the same`;
  const netdev = pf ?? found.pf.netdev;
  if (netdev === null) return `PF ${found.pf.address} has no netdev on this host: give --pf`;
  return { pf: netdev, pfAddress: found.pf.address, number: vfNumber ?? found.number };
}

/** One line for the top of a plan. */
export function describePath({ mac, tap, vf, uplink }: NetPath): string {
  const vfName = vf === null ? 'VF not known' : `VF ${vf.number} of ${vf.pf}`;
  return `guest ${mac}, tap ${tap}, ${vfName}, uplink ${uplink ?? 'none'}`;
}
