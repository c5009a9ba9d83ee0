/** Is a guest well: slaves bare, each master, or what stands on it, with an address, and a way for its frames? */
import { hasAddress } from '../inventory/link-state.ts';
import { readAdminState } from '../inventory/link-managers.ts';
import { isRunning } from '../inventory/unit.ts';
import { isFailure, type System } from '../system/system.ts';
import { observe, planHeal, type GroupState, type Observation, type Starter } from './heal.ts';
import type { FailoverGroup, Topology } from '../topology/failover-group.ts';
import { readAttribute } from '../topology/link.ts';

export function isWell({ groups }: Observation): boolean {
  return groups.every((group) => isConfigured(group) && group.slaves.every(({ addresses }) => addresses.length === 0));
}

/** A bridge, a bond or a VLAN may have the address of a master that is a port of it or lies below it. */
export function isConfigured({ master, above }: Pick<GroupState, 'master' | 'above'>): boolean {
  return [master, ...above].some((link) => hasAddress(link, 'inet') || hasAddress(link, 'inet6'));
}

/** Given half a minute by the clock, for a DHCP server's answer and for carrier. What is not well then, in words. */
export function judgeHealth(system: System, topology: Topology, starter: Starter | null): readonly string[] {
  for (const deadline = system.now() + 30_000; ; system.sleep(500)) {
    const seen = observe(system, topology);
    if (isFailure(seen)) return [`cannot look at the links again: ${seen.path} (${seen.errno})`];
    const problems = findIllness(system, topology, seen, starter);
    if (problems.length === 0 || system.now() >= deadline) return problems;
  }
}

/** What is not well now. */
export function findIllness(
  system: System,
  topology: Topology,
  seen: Observation,
  starter: Starter | null,
): readonly string[] {
  return [
    ...planHeal(seen, starter).problems,
    ...seen.groups.flatMap(describeIllness),
    ...seen.groups.flatMap(({ master }) => describeState(system, master.name)),
    ...topology.groups.flatMap((group) => describePath(system, group)),
  ];
}

/** net_failover_handle_frame() drops what comes in by the standby while a VF is enslaved, with carrier or without. */
function describePath(system: System, { kind, master, standby, primary }: FailoverGroup): readonly string[] {
  if (primary !== null && !hasNoCarrier(system, primary)) return [];
  if (primary !== null && kind === 'net_failover')
    return [`${primary} has no carrier: ${master} receives nothing as long as this VF is enslaved`];
  const path = standby ?? master;
  return hasNoCarrier(system, path) ? [`${path} has no carrier, and there is no VF that has`] : [];
}

/** EINVAL: the link is down. A tree that has no such file says nothing. */
function hasNoCarrier(system: System, name: string): boolean {
  const carrier = readAttribute(system, name, 'carrier');
  return isFailure(carrier) ? carrier.errno === 'EINVAL' : carrier === '0';
}

/** networkd says of a link with its file what it is doing; a link that is none of its own is no matter here. */
function describeState(system: System, name: string): readonly string[] {
  const state = readAdminState(system, name);
  if (!isRunning(system, 'systemd-networkd.service')) return []; // what it left behind
  return state === 'configuring' || state === 'pending' || state === 'failed'
    ? [`networkd says of ${name}: ${state}`]
    : [];
}

function describeIllness({ master, above, slaves }: GroupState): readonly string[] {
  const left = slaves.filter(({ addresses }) => addresses.length > 0);
  const unsure = master.addresses.filter(({ flags }) => flags.includes('tentative') || flags.includes('dadfailed'));
  const words = [
    ...left.map(({ name, addresses }) => `${name} still has ${addresses.map(({ address }) => address).join(' and ')}`),
    ...unsure.map(({ address }) => `${address} of ${master.name} has not passed duplicate address detection`),
  ];
  const holders = above.map(({ name }) => name);
  const whose = holders.length === 0 ? '' : `, nor has ${holders.join(' or ')}, which stands on it`;
  return isConfigured({ master, above }) ? words : [...words, `${master.name} has no address yet${whose}`];
}
