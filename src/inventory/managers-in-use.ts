/**
 * Which network managers a guest has and which of them will configure links, told from its files alone, so that a mounted
 * image can be asked like a running guest. Each answer comes with its evidence.
 */
import { detectedManagers, findManager } from '../managers/all.ts';
import { managerOfRenderer } from '../managers/cloud-init/manager.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { Detection } from '../managers/description.ts';
import type { Probe } from '../managers/probe.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { isCloudInitThere, readInstalledCloudInit } from './cloud-init.ts';
import type { HostFacts } from '../topology/guest.ts';
import { readHostFacts } from './host-facts.ts';
import { probeMachine } from './probe.ts';
import { findStrangers, type Stranger } from './strangers.ts';
import { isWholeSystem } from './whole-system.ts';

export interface ManagerUse extends Detection {
  readonly manager: ManagerName;
}

export interface ManagerUses {
  /** The one first that would configure the master before others. */
  readonly uses: readonly ManagerUse[];
  /** Programs that configure links and that we know only by name. */
  readonly strangers: readonly Stranger[];
  /** The manager that cloud-init writes configuration for at the next boot, or null. */
  readonly cloudInitFor: ManagerName | null;
  /** cloud-init may write the network's configuration yet: it has not begun in this boot, or this is an image. */
  readonly cloudInitToCome: boolean;
  /** Of the live guest, where they had to be read. */
  readonly host?: HostFacts;
  /** What is there and could not be read: the answers may be wrong. */
  readonly failures: readonly Failure[];
}

/** `ours`: paths that an installation added. They are no evidence: a tree must be read the same at the second run. */
export function findManagers(system: System, ours: ReadonlySet<string>): ManagerUses {
  const probe = probeMachine(system);
  const found = lookForManagers(probe, ours, null);
  const strangers = findStrangers(probe);
  if (!isWholeSystem(probe)) {
    const uses = findConfigured(probe, ours, found);
    // whom it will write for is told by programs, which are not here
    const cloudInitToCome = isCloudInitConfigured(system);
    return { uses, strangers, cloudInitFor: null, cloudInitToCome, failures: probe.failures() };
  }
  const host = isCloudInitThere(system) ? readHostFacts(system, true) : null;
  const cloudInitFor = host && findCloudInitTarget(system, found, host);
  const cloudInitToCome = cloudInitFor !== null && !hasCloudInitBegun(system);
  const uses = cloudInitToCome ? lookForManagers(probe, ours, cloudInitFor) : found;
  return {
    uses: [...uses, ...strangers].some(({ inUse }) => inUse) ? uses : uses.map(orOnlyOne),
    strangers,
    cloudInitFor,
    cloudInitToCome,
    ...(host === null ? {} : { host }),
    failures: probe.failures(),
  };

  /** Nothing is configured yet: a manager that is there alone is the one that will be. */
  function orOnlyOne(use: ManagerUse): ManagerUse {
    const unit = detectedManagers.find(({ name }) => name === use.manager)?.detection.unit;
    const masked = unit !== undefined && probe.unit(unit).masked;
    const alone = use.present && !masked && uses.every(({ present, manager }) => manager === use.manager || !present);
    return alone ? { ...use, inUse: true, evidence: `${use.evidence}; it is the only manager here` } : use;
  }
}

/** A tree without programs is a part of a system: each manager that it has files for is taken to be there, and on. */
function findConfigured(
  probe: Probe,
  ours: ReadonlySet<string>,
  asWhole: readonly ManagerUse[],
): readonly ManagerUse[] {
  const uses: ManagerUse[] = [];
  for (const { name, detection } of detectedManagers) {
    const { writesFor = [], unguarded } = asWhole.find(({ manager }) => manager === name) ?? {};
    const file = detection.firstFile(probe, ours);
    const writer = uses.find(({ inUse, writesFor: others = [] }) => inUse && others.includes(name));
    const masked = detection.unit !== undefined && probe.unit(detection.unit).masked;
    const there = file !== null || writer !== undefined;
    const evidence = masked
      ? 'masked'
      : file !== null
        ? `${file}; no program is in this tree`
        : writer === undefined
          ? 'no file of its own'
          : `it is ${writer.manager}'s renderer`;
    const inUse = there && !masked;
    uses.push({
      manager: name,
      present: there || masked,
      inUse,
      configured: inUse && file !== null,
      evidence,
      writesFor,
      ...(unguarded === undefined ? {} : { unguarded }),
    });
  }
  return uses;
}

/** Those that write for others come first in the order of choosing as in that of judging. */
function lookForManagers(
  probe: Probe,
  ours: ReadonlySet<string>,
  cloudInitFor: ManagerName | null,
): readonly ManagerUse[] {
  const uses: ManagerUse[] = [];
  for (const { name, detection } of detectedManagers) {
    const writer = uses.find(({ inUse, writesFor = [] }) => inUse && writesFor.includes(name));
    const found = detection.find(probe, { ours, writtenForBy: writer?.manager ?? null });
    const expected = name === cloudInitFor && !found.inUse;
    uses.push({
      manager: name,
      ...found,
      ...(expected ? { inUse: true, evidence: `cloud-init will write for it; ${found.evidence}` } : {}),
    });
  }
  return uses;
}

/**
 * What it writes in this boot is there soon after it has begun, and nothing of ours runs between: its first stage makes
 * status.json before it looks for a datasource (status_wrapper() in cmd/main.py). The folder alone says nothing: the
 * generator has made it, before any unit; "disabled" is the generator's word that it does not run in this boot.
 */
function hasCloudInitBegun(system: System): boolean {
  return ['status.json', 'disabled'].some((name) => !isFailure(system.lstat(`/run/cloud-init/${name}`)));
}

/** A part of a system that has files for it goes into one that has cloud-init. */
function isCloudInitConfigured(system: System): boolean {
  if (!isCloudInitThere(system, 'part')) return false;
  return readInstalledCloudInit(system, readHostFacts(system, true), 'part')?.disabled === null;
}

/** By the programs that are there, as cloud-init itself looks for them: an image need not have Debian's list of packages. */
function findCloudInitTarget(system: System, uses: readonly ManagerUse[], host: HostFacts): ManagerName | null {
  const isPresent = (name: ManagerName) => uses.some(({ manager, present }) => manager === name && present);
  const version = (name: ManagerName, known: string | undefined) => (isPresent(name) ? (known ?? '') : undefined);
  const { renderer } = readInstalledCloudInit(system, {
    ...host,
    netplanVersion: version('netplan', host.netplanVersion),
    ifupdownVersion: version('ifupdown', host.ifupdownVersion),
    networkManagerVersion: version('networkmanager', host.networkManagerVersion),
    systemdVersion: isPresent('networkd') ? (host.systemdVersion ?? 0) : undefined,
  }) ?? { renderer: null };
  const target = renderer === null ? null : managerOfRenderer[renderer];
  return target !== null && isPresent(target) ? target : null;
}

/**
 * The one manager that shall configure the master: two would ask for two leases. netplan owns what it renders to; then
 * whoever has configuration, or will have it from cloud-init, before one that would only do what it does by default; and
 * that one, which takes every NIC, before one that does nothing unasked.
 */
export function chooseManager({ uses, cloudInitFor }: ManagerUses): ManagerUse | null {
  const used = uses.filter(({ inUse }) => inUse);
  const written = used.find(({ manager }) => manager === cloudInitFor);
  const unasked = used.find(({ manager }) => findManager(manager)?.actsUnasked === true);
  return used.find(({ configured }) => configured) ?? written ?? unasked ?? used[0] ?? null;
}

/** Those that this one writes for, or would if it were used: networkd, of a netplan without configuration. */
export function renderersOf({ uses }: Pick<ManagerUses, 'uses'>, name: ManagerName): readonly ManagerName[] {
  return uses.find(({ manager }) => manager === name)?.writesFor ?? [];
}
