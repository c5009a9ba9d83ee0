/** The guest that a configuration is judged for: the one that is there, or one that is assumed. */
import { assumeGuest, parseAssumption, type Assumption } from '../topology/guest-assumed.ts';
import { buildGuest, readGuestLinks } from '../topology/guest-live.ts';
import type { GuestFor } from '../lint/read-configuration.ts';
import { describeUnpaired, readTopology } from '../topology/failover-group.ts';
import { isFailure, type System } from '../system/system.ts';
import { parseTarget, releaseNames, type TargetFacts } from '../inventory/releases.ts';
import type { HostFacts } from '../topology/guest.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';

export const assumeOption = [
  '--assume <guest>',
  "lint for a guest that does not exist yet: 'triple', 'pair' (Hyper-V), or a number of triples",
] as const;

export function readAssumption(text: string | undefined): Assumption | null {
  if (text === undefined) return null;
  const assumption = parseAssumption(text);
  if (assumption !== null) return assumption;
  throw new CommandError(`--assume: '${text}': expected triple, pair or a number from 1 to 500`, exitStatus.usage);
}

export const targetOption = [
  '--target <release>',
  `judge for another release than the tree's: ${releaseNames.join(', ')}, or versions like systemd=262,netplan=1.1`,
] as const;

export const diffTargetsOption = ['--diff-targets <a,b>', 'only what changes between two releases'] as const;

/** Throws a usage error for a release that there is none of. */
export function readTarget(option: string, text: string): TargetFacts {
  const target = parseTarget(text);
  if (!('problem' in target)) return target;
  throw new CommandError(`${option}: ${target.problem}`, exitStatus.usage);
}

/** A guest to judge for, and in words what it is if it is not a real one. */
export interface ChosenGuest {
  readonly guestFor: GuestFor;
  readonly assumed: string | null;
}

/**
 * `assumption` null: the links of `system`, if a failover group is among them, else `fallback`; `asked`: names to look at in any
 * case.
 */
export function chooseGuest(
  system: System,
  host: HostFacts,
  {
    assumption,
    fallback = { kind: 'net_failover', groups: 1 },
    asked = [],
  }: { readonly assumption: Assumption | null; readonly fallback?: Assumption; readonly asked?: readonly string[] },
): ChosenGuest {
  if (assumption === null) {
    const links = readGuestLinks(system, asked);
    if (isFailure(links)) throw new CommandError(`cannot read links: ${explainFailure(links)}`);
    if (links !== null) {
      const guestFor: GuestFor = (_, texts) =>
        buildGuest(links, host, (name) => texts.some((text) => text.includes(name)));
      return { guestFor, assumed: null };
    }
  }
  const wanted = assumption ?? fallback;
  const guestFor: GuestFor = (macs, texts) => assumeGuest(wanted, host, macs, texts);
  return { guestFor, assumed: `${describeAssumption(wanted)}${assumption === null ? describeApart(system) : ''}` };
}

/** NICs that the host should have offered as a pair are none: what is judged is what the guest will be then. */
function describeApart(system: System): string {
  const topology = readTopology(system);
  const unpaired = isFailure(topology) ? [] : topology.unpaired;
  return unpaired.map((pair) => `; ${describeUnpaired(pair)}`).join('');
}

function describeAssumption(assumption: Assumption): string {
  if (assumption.kind === 'netvsc') return 'a guest with one netvsc pair (see --assume)';
  const { groups } = assumption;
  return `a guest with ${groups === 1 ? 'one net_failover triple' : `${groups} net_failover triples`} (see --assume)`;
}
