/** The forwarding database and the PF's table of VFs, as steps of a runbook. Through ip(8) and bridge(8), in JSON. */
import { isFailure, type System } from '../system/system.ts';
import type { Effect, HostCommand, Step } from './step.ts';

export const zeroMac = '00:00:00:00:00:00';

interface FdbEntry {
  readonly mac?: string;
  readonly flags?: readonly string[];
  readonly master?: string;
  readonly state?: string;
}

/** Undefined: the command failed or printed no JSON. */
function askJson(system: System, argv: readonly string[]): readonly Readonly<Record<string, unknown>>[] | undefined {
  const result = system.run(argv);
  if (isFailure(result) || result.status !== 0) return undefined;
  try {
    const answer: unknown = JSON.parse(result.stdout.trim() || '[]');
    return Array.isArray(answer) ? (answer as readonly Readonly<Record<string, unknown>>[]) : undefined;
  } catch {
    return undefined;
  }
}

/** What ip(8) says of a link; undefined where there is none. */
export function askLink(system: System, link: string): Readonly<Record<string, unknown>> | undefined {
  return askJson(system, ['ip', '-j', 'link', 'show', 'dev', link])?.[0];
}

function fdbEntries(system: System, port: string, mac: string): readonly FdbEntry[] | undefined {
  const entries = askJson(system, ['bridge', '-j', 'fdb', 'show', 'dev', port]) as readonly FdbEntry[] | undefined;
  return entries?.filter((entry) => entry.mac?.toLowerCase() === mac);
}

/**
 * The bridge sends frames for the guest to its tap, whatever it learned before.
 *
 * `static`, where the kernel's net_failover document leaves it out: without it bridge(8) makes a permanent entry, which is
 * local (BR_FDB_LOCAL, net/bridge/br_fdb.c), and the bridge keeps the guest's frames for the host itself. `replace`,
 * since the MAC has often been learned there already and `add` then ends with "File exists". `sticky` (kernel and
 * iproute2 4.20), since a static entry too moves to the port that a frame of the guest comes in by (br_fdb_update()): the
 * first one from the other host took it to the uplink, where it outlived the tap and stayed for good.
 */
export function tapStep(system: System, mac: string, tap: string): Step {
  return {
    id: 'fdb-tap',
    title: `pin ${mac} to the tap ${tap} in the bridge`,
    command: { argv: ['bridge', 'fdb', 'replace', mac, 'dev', tap, 'master', 'static', 'sticky'] },
    effect: () => {
      const entries = fdbEntries(system, tap, mac);
      if (entries === undefined) return 'absent'; // the tap is gone, and its entries with it
      return presence(entries.some(({ master, state }) => master !== undefined && state === 'static'));
    },
    patience: 2000,
    undo: { argv: ['bridge', 'fdb', 'del', mac, 'dev', tap, 'master'] },
  };
}

/** The uplink VF takes frames for the guest's MAC: the PF's switch hands them to it now. */
export function uplinkStep(system: System, mac: string, uplink: string): Step {
  return {
    id: 'fdb-uplink',
    title: `let the uplink ${uplink} receive ${mac}`,
    command: { argv: ['bridge', 'fdb', 'add', mac, 'dev', uplink] },
    effect: () => {
      const entries = fdbEntries(system, uplink, mac);
      return entries === undefined ? 'absent' : presence(entries.some(({ flags }) => flags?.includes('self') === true));
    },
    patience: 2000,
    undo: { argv: ['bridge', 'fdb', 'del', mac, 'dev', uplink] },
  };
}

/** The opposite of a step: its undo is what is run, its effect that the other's is gone. Nothing undoes it. */
export function reverseStep(step: Step, title: string, undo: HostCommand | null = null): Step {
  const flip: Readonly<Record<Effect, Effect>> = { present: 'absent', absent: 'present', unknown: 'unknown' };
  return {
    id: `${step.id}-clean`,
    title,
    command: step.undo,
    effect: () => flip[step.effect()],
    patience: step.patience,
    undo,
  };
}

/** The PF no longer steers the guest's MAC to the VF that was taken from it. */
export function zeroVfMacStep(system: System, pf: string, number: number, mac: string): Step {
  return {
    id: 'vf-mac',
    title: `take ${mac} off VF ${number} of ${pf}`,
    command: setVfMac(pf, number, zeroMac),
    effect: () => {
      const address = vfMac(system, pf, number);
      return address === undefined ? 'unknown' : presence(address !== mac);
    },
    patience: 2000,
    undo: setVfMac(pf, number, mac),
  };
}

/** The PF's own table: what a VF is to the card, whoever drives it. */
function vfEntry(system: System, pf: string, number: number): Readonly<Record<string, unknown>> | undefined {
  const functions = askLink(system, pf)?.['vfinfo_list'];
  if (!Array.isArray(functions)) return undefined;
  return (functions as readonly Readonly<Record<string, unknown>>[]).find(({ vf }) => vf === number);
}

function vfMac(system: System, pf: string, number: number): string | undefined {
  const entry = vfEntry(system, pf, number);
  const address = entry?.['address'] ?? entry?.['mac'];
  return typeof address === 'string' ? address.toLowerCase() : undefined;
}

function setVfMac(pf: string, number: number, address: string): HostCommand {
  return { argv: ['ip', 'link', 'set', 'dev', pf, 'vf', String(number), 'mac', address] };
}

/** The VF gets the guest's MAC: for a <hostdev>, whose MAC libvirt does not know; an <interface>'s it sets itself. */
export function giveVfMacStep(system: System, pf: string, number: number, mac: string): Step {
  return {
    id: 'vf-mac-given',
    title: `give ${mac} to VF ${number} of ${pf}`,
    command: setVfMac(pf, number, mac),
    effect: () => {
      const address = vfMac(system, pf, number);
      return address === undefined ? 'unknown' : presence(address === mac);
    },
    patience: 2000,
    undo: setVfMac(pf, number, vfMac(system, pf, number) ?? zeroMac),
  };
}

/** Does the card drop what this VF sends in the name of another MAC? Null: it does not say. */
export function isSpoofChecked(system: System, pf: string, number: number): boolean | null {
  const checked = vfEntry(system, pf, number)?.['spoofchk'];
  return typeof checked === 'boolean' ? checked : null;
}

/** Spoof checking and trust of a VF, as the PF's table has them. */
export function readVfSettings(
  system: System,
  pf: string,
  number: number,
): { readonly spoofChecked: boolean | null; readonly trusted: boolean | null } {
  const trusted = vfEntry(system, pf, number)?.['trust'];
  return { spoofChecked: isSpoofChecked(system, pf, number), trusted: typeof trusted === 'boolean' ? trusted : null };
}

function presence(there: boolean): Effect {
  return there ? 'present' : 'absent';
}
