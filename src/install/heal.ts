/**
 * What a running guest that was configured wrongly needs besides its files: DHCP clients, addresses and routes off the
 * slaves, and the master left with what it had, or started. A link that is in no failover group is never touched.
 */
import { findDhcpClients, type DhcpClient } from '../inventory/dhcp-clients.ts';
import { findManager } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import { ifstatePath } from '../managers/ifupdown/describe.ts';
import { hasAddress } from '../inventory/link-state.ts';
import { slavesOf } from '../topology/failover-group.ts';
import { readAbove } from '../topology/above.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readLinkName } from '../topology/link.ts';
import { readLinkState, type LinkRoute, type LinkState } from '../inventory/link-state.ts';
import { findLeases, findMadeProfiles, findManagedForGood } from './made-profiles.ts';
import type { Topology } from '../topology/failover-group.ts';
import type { Step } from '../managers/step.ts';

export interface GroupState {
  /** Tells the group when its links have other names. */
  readonly mac: string;
  readonly master: LinkState;
  /** The master is itself a port of a bridge, a bond or the like. */
  readonly isPort: boolean;
  /** What stands on the master: the bridge or bond that it is a port of, VLANs, and what stands on these. */
  readonly above: readonly LinkState[];
  /** Standby, primary, and VFs that are not enslaved yet. */
  readonly slaves: readonly LinkState[];
  /** Routes that slaves had before anything was done; they may be gone by now. */
  readonly lostRoutes: readonly LinkRoute[];
}

export interface Observation {
  readonly groups: readonly GroupState[];
  readonly clients: readonly DhcpClient[];
  /** ifupdown's record of what it brought up, line by line; empty where there is none. */
  readonly ifstate: string;
  /** Stanzas that Debian's cloud helper wrote for slaves. */
  readonly helperStanzas: readonly string[];
  /** Profiles and leases that NetworkManager made for slaves. */
  readonly madeProfiles: readonly string[];
  readonly madeLeases: readonly string[];
  /** Slaves that NetworkManager was told to manage for good. */
  readonly managedForGood: readonly string[];
}

const helperDirectory = '/run/network/interfaces.d';

/** Looks at the links of all groups. */
export function observe(system: System, topology: Topology): Observation | Failure {
  const groups: GroupState[] = [];
  for (const group of topology.groups) {
    const master = readLinkState(system, group.master);
    if (isFailure(master)) return master;
    const above: LinkState[] = [];
    for (const name of readAbove(system, group.master)) {
      const one = readLinkState(system, name);
      if (isFailure(one)) return one;
      above.push(one);
    }
    const slaves: LinkState[] = [];
    for (const name of slavesOf(topology, group)) {
      const slave = readLinkState(system, name);
      if (isFailure(slave)) return slave;
      slaves.push(slave);
    }
    const isPort = !isFailure(readLinkName(system, group.master, 'master'));
    groups.push({ mac: group.mac, master, isPort, above, slaves, lostRoutes: slaves.flatMap(({ routes }) => routes) });
  }
  const names = groups.flatMap(({ slaves }) => slaves.map(({ name }) => name));
  const ifstate = system.read(ifstatePath);
  return {
    groups,
    clients: findDhcpClients(system),
    ifstate: isFailure(ifstate) ? '' : ifstate,
    helperStanzas: names.map((name) => `${helperDirectory}/${name}`).filter((path) => !isFailure(system.lstat(path))),
    madeProfiles: findMadeProfiles(system, names),
    madeLeases: findLeases(system, names),
    managedForGood: findManagedForGood(system, names),
  };
}

export interface HealPlan {
  readonly steps: readonly Step[];
  /** What is wrong and must be left to the user. */
  readonly problems: readonly string[];
}

/** Who is asked to start a master that has no address, and by what it knows it where that is not the link's name. */
export interface Starter {
  readonly manager: ManagerName;
  readonly startedAs: ReadonlyMap<string, string>;
}

/** `starter`: of the manager that configures the masters; null: nobody is asked. */
export function planHeal(seen: Observation, starter: Starter | null): HealPlan {
  const slaves = seen.groups.flatMap((group) => group.slaves.map(({ name }) => name));
  const problems: string[] = [];
  const steps: Step[] = [];
  for (const { pid, program, links, spares } of seen.clients) {
    const served = links.filter((name) => slaves.includes(name));
    const taken = links.length === 0 ? slaves.filter((name) => !spares.includes(name)) : [];
    if (taken.length > 0) {
      problems.push(`${program} (process ${pid}) serves every link; tell it to leave ${taken.join(' and ')} alone`);
    } else if (served.length > 0 && served.length < links.length) {
      problems.push(
        `${program} (process ${pid}) serves ${links.join(' and ')} together; start it for the master alone`,
      );
    } else if (served.length > 0) {
      steps.push({ why: `end the DHCP client of ${served.join(' and ')} (${program})`, stop: pid });
    }
  }
  for (const name of seen.managedForGood) steps.push(...forgetOrder(name));
  for (const path of seen.helperStanzas) steps.push({ why: 'take back what the cloud helper wrote', remove: path });
  for (const path of seen.madeProfiles)
    steps.push({ why: 'take back what NetworkManager made for a slave', remove: path });
  if (seen.madeProfiles.length > 0) {
    steps.push({ why: 'let NetworkManager read its profiles', run: ['nmcli', 'connection', 'reload'] });
  }
  for (const path of seen.madeLeases) steps.push({ why: 'forget the lease of a slave', remove: path });
  const kept = withoutLinks(seen.ifstate, slaves);
  if (kept !== seen.ifstate) {
    steps.push({ why: 'let ifupdown forget the slaves', write: ifstatePath, text: kept, mode: 0o644 });
  }
  for (const group of seen.groups) {
    for (const slave of group.slaves) steps.push(...clearSlave(slave));
    const served = seen.clients.some(({ links }) => links.includes(group.master.name));
    steps.push(...restoreMaster(group, served ? null : starter));
  }
  return { steps, problems };
}

/** Lines are "ens11=ens11"; the physical name comes first. */
function withoutLinks(ifstate: string, names: readonly string[]): string {
  return ifstate
    .split('\n')
    .filter((line) => !names.includes(line.replace(/=.*/, '')))
    .join('\n');
}

/** What is noted for good only: without it the link is what udev said when it came, before our rules perhaps. */
function forgetOrder(name: string): readonly Step[] {
  const set = ['nmcli', 'device', 'set', name, 'managed'];
  return [
    {
      why: `let NetworkManager forget that it is to manage ${name} for good`,
      run: [...set, '--permanent-only', 'reset'],
    },
    { why: `have it leave ${name} alone now`, run: [...set, 'no'], link: name },
    {
      why: 'it takes the link down, and nothing else would bring it up',
      run: ['ip', 'link', 'set', 'dev', name, 'up'],
      link: name,
    },
  ];
}

function clearSlave({ name, addresses, routes }: LinkState): readonly Step[] {
  const steps: Step[] = [];
  if (addresses.length > 0) {
    const what = addresses.map(({ address }) => address).join(', ');
    steps.push({ why: `take ${what} off ${name}`, run: ['ip', 'address', 'flush', 'dev', name], link: name });
  }
  for (const [family, option] of [
    ['inet', '-4'],
    ['inet6', '-6'],
  ] as const) {
    const through = routes.filter((route) => route.family === family).map(({ to }) => to);
    if (through.length === 0) continue;
    const why = `take the ${option === '-4' ? 'IPv4' : 'IPv6'} routes off ${name}: ${through.join(', ')}`;
    steps.push({ why, run: ['ip', option, 'route', 'flush', 'dev', name], link: name });
  }
  return steps;
}

/** `starter`: who shall start a master that has no address; null where its client is at it already. */
function restoreMaster({ master, isPort, above, lostRoutes }: GroupState, starter: Starter | null): readonly Step[] {
  const { name } = master;
  const steps: Step[] = [];
  const isDefault = ({ family, to }: LinkRoute) => family === 'inet' && to === 'default';
  // dhclient's script adds its default route only where there is none yet: the slave's was first
  const lost = lostRoutes.find(isDefault);
  if (hasAddress(master, 'inet') && !master.routes.some(isDefault) && typeof lost?.via === 'string') {
    const run = ['ip', '-4', 'route', 'replace', 'default', 'via', lost.via, 'dev', name];
    steps.push({ why: `give ${name} the default route that a slave had`, run });
  }
  // before Linux 6.2 the slaves have the master's link-local address too, and the master's fails duplicate address detection
  for (const { address, flags, lifetime } of master.addresses) {
    if (!flags.includes('dadfailed')) continue;
    const add = ['ip', '-6', 'address', 'add', address, 'dev', name, ...lifetime];
    steps.push(
      { why: `let ${name} claim ${address} anew`, run: ['ip', '-6', 'address', 'del', address, 'dev', name] },
      { why: 'now that the slaves do not have it', run: add },
    );
  }
  const startMaster = starter === null ? undefined : findManager(starter.manager)?.startMaster;
  // begun anew it would leave the bridge or bond for a moment, and get no address by it
  const hasAny = [master, ...above].some((link) => hasAddress(link, 'inet') || hasAddress(link, 'inet6'));
  if (!isPort && !hasAny && startMaster !== undefined) {
    steps.push({ why: `start ${name}, which has no address`, run: startMaster(name, starter?.startedAs.get(name)) });
  }
  return steps;
}
