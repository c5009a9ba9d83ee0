/**
 * Makes a running guest be what its files now say: reloads what changed, waits until the daemons have let go of the
 * slaves, heals, and looks whether it is well. Nothing is printed on the way: the connection that it is run over may be the
 * one that it repairs.
 */
import { readAdminState } from '../inventory/link-managers.ts';
import { isUdevBusy, isKnownToUdev } from '../inventory/udev.ts';
import { isRunning } from '../inventory/unit.ts';
import { hasAddress } from '../inventory/link-state.ts';
import { slavesOf } from '../topology/failover-group.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readTopology, type Topology } from '../topology/failover-group.ts';
import { findIllness, isWell, judgeHealth } from './health.ts';
import { observe, planHeal, type HealPlan, type Observation, type Starter } from './heal.ts';
import { findManager, type LoadedManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { Step } from '../managers/step.ts';
import { settle } from '../managers/udev/reload.ts';
import { planReload } from './reload.ts';
import { findGivenBack } from './give-back.ts';
import { runStep } from './step.ts';
import { renderersOf, type ManagerUses } from '../inventory/managers-in-use.ts';

export interface LiveTarget {
  readonly managers: ManagerUses;
  readonly chosen: ManagerName;
  /** Masters that it starts by another name than the link's. */
  readonly startedAs: ReadonlyMap<string, string>;
  /** Paths whose files have changed, or will. */
  readonly changed: readonly string[];
  /** All paths of the installation: a guest that is not well may not have read them yet. */
  readonly installed: readonly string[];
}

export interface DoneStep {
  readonly step: Step;
  /** In words, or null. */
  readonly failure: string | null;
}

export interface LiveOutcome {
  readonly done: readonly DoneStep[];
  /** What is not well at the end. */
  readonly problems: readonly string[];
}

/** What would be done, as the guest is now. */
export function planLive(system: System, target: LiveTarget): HealPlan | Failure {
  const topology = readTopology(system);
  if (isFailure(topology)) return topology;
  const seen = observe(system, topology);
  if (isFailure(seen)) return seen;
  const heal = planHeal(seen, starterOf(target));
  const steps = [...reloadSteps(system, target, topology, seen), ...heal.steps, ...findGivenUp(system)];
  return { steps, problems: heal.problems };
}

export function runLive(system: System, target: LiveTarget): LiveOutcome | Failure {
  const named = readTopology(system);
  if (isFailure(named)) return named;
  const before = observe(system, named);
  if (isFailure(before)) return before;
  const ills = findIllness(system, named, before, null);
  const reload = reloadSteps(system, target, named, before);
  const done = performSteps(system, reload);
  const topology = readTopology(system); // udev may have given other names
  if (isFailure(topology)) return topology;
  const slaves = topology.groups.flatMap((group) => slavesOf(topology, group));
  const stubborn = reload.length === 0 ? [] : waitUntilReleased(system, slaves);
  // networkd 252 does not always match again by itself; asked for one link it does
  done.push(...performSteps(system, stubborn.map(matchAgain)));
  const problems = waitUntilReleased(system, stubborn).map((name) => `networkd still manages ${name}`);
  // a client that has just been ended may have set an address in the same moment: look again
  for (let round = 0; round < 3; round += 1) {
    const seen = observe(system, topology);
    if (isFailure(seen)) return seen;
    const heal = planHeal(keepRoutesOf(before, seen), round === 0 ? starterOf(target) : null);
    if (heal.steps.length === 0) break;
    done.push(...performSteps(system, heal.steps));
    system.sleep(300);
  }
  done.push(...performSteps(system, renewSteps(system, before, target)));
  const left = judgeHealth(system, topology, starterOf(target));
  problems.push(...left.map((one) => (ills.includes(one) ? `${one} (it was so before)` : one)));
  if (problems.length === 0) done.push(...performSteps(system, findGivenUp(system)));
  return { done, problems };
}

const waiters = ['systemd-networkd-wait-online.service', 'NetworkManager-wait-online.service'];

/** What waited for the network at boot and gave up, on a slave or for want of an address, may look again: it is well now. */
function findGivenUp(system: System): readonly Step[] {
  const answer = system.run(['systemctl', 'is-active', ...waiters], { timeoutMs: 10_000 });
  const states = isFailure(answer) ? [] : answer.stdout.trim().split('\n');
  return waiters
    .filter((_, index) => states[index] === 'failed')
    .map((unit) => ({
      why: 'it had given up waiting for the network',
      run: ['systemctl', '--no-block', 'start', unit],
    }));
}

/** After an uninstallation: the daemons read what is left; nothing is healed. */
export function runReload(
  system: System,
  managers: ManagerUses,
  changed: readonly string[],
  loaded: LoadedManagers,
): readonly DoneStep[] {
  const done = performSteps(system, planUninstallReload(system, managers, changed));
  return [
    ...done,
    ...performSteps(
      system,
      findGivenBack(system, managers, loaded, () => false),
    ),
  ];
}

export function planUninstallReload(
  system: System,
  managers: ManagerUses,
  changed: readonly string[],
): readonly Step[] {
  const topology = readTopology(system);
  const links = isFailure(topology) ? [] : linksOf(topology);
  const steps = planReload({
    changed,
    managers,
    links,
    misnamed: [],
    running: (unit) => isRunning(system, unit),
    remains: () => false,
  });
  return isFailure(system.stat(masterNotes)) ? steps : [...steps, forgetMasters];
}

/** Made by the rules, and by the hook of ifupdown. */
const masterNotes = '/run/net-failover';

const forgetMasters: Step = {
  why: 'forget the masters: nothing looks for them there any more',
  run: ['rm', '-r', '-f', masterNotes],
};

function performSteps(system: System, steps: readonly Step[]): DoneStep[] {
  return steps.map((step) => ({ step, failure: runStep(system, step) }));
}

function matchAgain(name: string): Step {
  return { why: `let networkd match ${name} again`, run: ['networkctl', 'reconfigure', name], link: name };
}

function linksOf(topology: Topology): readonly string[] {
  return topology.groups.flatMap((group) => [group.master, ...slavesOf(topology, group)]);
}

/** A default route that went with a slave's lease is still known from before. */
function keepRoutesOf(before: Observation, now: Observation): Observation {
  const groups = now.groups.map((group) => {
    const { mac, master, isPort, above, slaves } = group;
    const lostRoutes = before.groups.find((other) => other.mac === mac)?.lostRoutes ?? [];
    return { mac, master, isPort, above, slaves, lostRoutes };
  });
  return { ...now, groups };
}

function reloadSteps(
  system: System,
  { managers, changed, installed }: LiveTarget,
  topology: Topology,
  seen: Observation,
): readonly Step[] {
  const paths = isWell(seen) ? changed : [...new Set([...changed, ...installed])];
  return planReload({
    changed: paths,
    managers,
    links: linksOf(topology),
    misnamed: isUdevBusy(system)
      ? []
      : topology.groups
          .map((group) => ({ master: group.master, slaves: slavesOf(topology, group) }))
          .filter(({ master, slaves }) => [master, ...slaves].some((name) => !isKnownToUdev(system, name))),
    running: (unit) => isRunning(system, unit),
    remains: (pattern) => installed.some((path) => pattern.test(path)),
  });
}

/** A link that udev is at work on has not got its name yet, and has it in the middle of what is done to it by the old one. */
export function awaitUdev(system: System): void {
  if (isUdevBusy(system)) runStep(system, settle);
}

/** Who can start a master: netplan has no daemon of its own, and what it writes for has. */
function starterOf({ chosen, managers, startedAs }: LiveTarget): Starter {
  const has = findManager(chosen)?.startMaster !== undefined;
  return { manager: has ? chosen : (renderersOf(managers, chosen)[0] ?? chosen), startedAs };
}

/** Waits until networkd says of each link that it is not its own (it answers a reload before it is done). The rest is returned. */
function waitUntilReleased(system: System, names: readonly string[]): readonly string[] {
  const managed = () =>
    names.filter((name) => {
      const state = readAdminState(system, name);
      return state !== null && state !== 'unmanaged' && isRunning(system, 'systemd-networkd.service');
    });
  for (const deadline = system.now() + 5000; system.now() < deadline; system.sleep(250))
    if (managed().length === 0) return [];
  return managed();
}

/**
 * A daemon that lets a slave go may release that lease, as networkd does. If the server knew the guest by its MAC it was the master's too:
 * let the master claim it again, before the server gives it to somebody else.
 */
function renewSteps(system: System, before: Observation, target: LiveTarget): readonly Step[] {
  const { renewLease, detection } = findManager(starterOf(target).manager) ?? {};
  const unit = detection?.unit;
  if (renewLease === undefined || unit === undefined) return [];
  return before.groups.flatMap(({ master, slaves }) => {
    const leased = slaves.some((slave) =>
      slave.addresses.some(({ family, flags }) => family === 'inet' && flags.includes('dynamic')),
    );
    if (!leased || !hasAddress(master, 'inet') || !isRunning(system, unit)) return [];
    return [{ why: `let the server know that ${master.name} has its lease`, run: renewLease(master.name) }];
  });
}
