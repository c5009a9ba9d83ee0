/**
 * What a slave is configured by and its master is not. With the guards in place nobody would have it any more, so a profile
 * of NetworkManager's is moved to the master, and what cannot be moved stops the installation: a guest never ends with less of an
 * address than it had.
 */
import { judgeConfiguration, type ConfigurationFiles } from '../judgement/judge.ts';
import { findManager } from '../managers/all.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { buildGuest, type GuestLinks } from '../topology/guest-live.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import type { Claim, Decision, EffectKind } from '../managers/claim.ts';
import type { Manifest } from '../inventory/manifest.ts';
import type { MasterTarget } from '../managers/master-config.ts';
import { bindProfile, boundTo } from './bind-profile.ts';
import { printPlace, type ExistingClaim } from './existing-claim.ts';
import type { Wanted } from './plan.ts';

export interface Moves {
  /** Profiles of the user's, each bound to a master. */
  readonly wanted: readonly Wanted[];
  readonly kept: readonly ExistingClaim[];
  readonly notes: readonly string[];
  /** Why nothing may be installed as it is: "PLACE gives …". */
  readonly refusals: readonly string[];
}

export const noMoves: Moves = { wanted: [], kept: [], notes: [], refusals: [] };

const profiles = '/etc/NetworkManager/system-connections/';

/** What leads to an address; router advertisements alone are a default of some. */
const leads = new Set<EffectKind>(['address', 'dhcp4', 'dhcp6', 'enslave', 'stack', 'command']);

/** What our own file for the master would not bring back: DHCP it asks for too. */
const lost = new Set<EffectKind>(['address', 'enslave', 'stack']);

/** For masters that nothing configures, among `masters`. `files`: without ours. */
export function findMoves(
  system: System,
  files: ConfigurationFiles,
  masters: readonly MasterTarget[],
  seen: GuestLinks | null | Failure,
): Moves {
  if (seen === null || isFailure(seen)) return noMoves;
  const guest = buildGuest(seen, readHostFacts(system, true));
  const [now] = guest.phases;
  const decisions = judgeConfiguration(files, guest).decisions.filter(
    ({ manager, phase }) => phase.name === now?.name && findManager(manager)?.role === 'configures',
  );
  // by group: a decision names a link as it will be called
  const groupOf = (name: string) => now?.links.find((link) => link.name === name && link.role === 'master')?.group;
  const moves = masters.map(({ name }) => moveTo(name, groupOf(name) ?? null, decisions));
  return {
    wanted: moves.flatMap(({ wanted }) => wanted),
    kept: moves.flatMap(({ kept }) => kept),
    notes: moves.flatMap(({ notes }) => notes),
    refusals: moves.flatMap(({ refusals }) => refusals),
  };
}

/** A claim, and the slave that it takes. */
interface Taken {
  readonly claim: Claim;
  readonly slave: string;
}

function moveTo(master: string, group: number | null, decisions: readonly Decision[]): Moves {
  const its = decisions.filter(({ link }) => link.group === group && link.role === 'master');
  // a profile that is for the slaves too is for the master alone once NetworkManager leaves them
  const fits = ({ keys }: Claim) => keys.every(({ verdict }) => verdict === 'yes');
  const isItsOwn = (claim: Claim) =>
    (claim.verdict === 'yes' || (isProfile(claim) && fits(claim))) && does(claim, leads);
  if (group === null || its.length === 0) return noMoves;
  const taken = decisions
    .filter(({ link }) => link.group === group && link.role !== 'master')
    .flatMap(({ link, winners }) => winners.map((claim): Taken => ({ claim, slave: link.name })));
  const winning = its.flatMap(({ winners }) => winners);
  if (winning.some(isItsOwn)) {
    const beside = taken.filter(
      ({ claim }) => claim.verdict === 'yes' && does(claim, lost) && !isHeldBy(winning, claim),
    );
    return { ...noMoves, refusals: distinct(beside).map((one) => describeRefusal(one, master)) };
  }
  const movable = distinct(taken.filter(({ claim }) => isProfile(claim) && does(claim, leads)));
  const others = distinct(
    taken.filter(({ claim }) => !isProfile(claim) && claim.verdict === 'yes' && does(claim, lost)),
  );
  const best = movable.find((one) => movable.every((other) => holdsAll(one, other)));
  const unmoved = best === undefined ? movable.filter(({ claim }) => does(claim, lost)) : [];
  const refusals = [...unmoved, ...others].map((one) => describeRefusal(one, master));
  if (refusals.length > 0 || best === undefined) return { ...noMoves, refusals };
  const { path } = best.claim.place.source;
  const matched = best.claim.keys.map(({ value }) => value).join(', ') || 'any Ethernet link';
  return {
    wanted: [{ path, patch: (text) => bindProfile(text, master) }],
    kept: [{ master, place: printPlace(best.claim.place), asksFor: null }],
    notes: [
      `${path} was ${best.slave}'s, by ${matched}: it is bound to the master ${master} by interface-name, and uninstall undoes that`,
    ],
    refusals: [],
  };
}

/** Asked for by a line of a file, and one of these. */
function does({ effects, byDefault }: Claim, kinds: ReadonlySet<EffectKind>): boolean {
  return byDefault !== true && effects.some(({ kind }) => kinds.has(kind));
}

function isProfile({ manager, place }: Claim): boolean {
  return manager === 'networkmanager' && place.source.origin === undefined && place.source.path.startsWith(profiles);
}

function distinct(taken: readonly Taken[]): readonly Taken[] {
  const key = ({ claim: { place } }: Taken) => `${place.source.path}:${place.span.start}`;
  return taken.filter((one, index) => taken.findIndex((other) => key(other) === key(one)) === index);
}

/** Nothing of the other's is lost where this one is on the master: the same addresses, and the same controller. */
function holdsAll(one: Taken, other: Taken): boolean {
  return isHeldBy([one.claim], other.claim);
}

function isHeldBy(claims: readonly Claim[], { effects }: Claim): boolean {
  const held = claims.flatMap((claim) => claim.effects);
  return effects
    .filter(({ kind }) => lost.has(kind))
    .every(({ kind, detail }) => held.some((effect) => effect.kind === kind && effect.detail === detail));
}

function describeRefusal({ claim, slave }: Taken, master: string): string {
  const what = claim.effects
    .filter(({ kind }) => lost.has(kind))
    .map(({ kind, detail = '' }) => (kind === 'address' ? `the address ${detail}` : `its place in ${detail}`));
  return `${printPlace(claim.place)} gives ${slave}, a slave, ${what.join(' and ')}, which nothing gives its master ${master}: have it match ${master} instead`;
}

/** Profiles that an earlier installation has bound: they are the user's, and stay bound. */
export function findBound(
  system: System,
  installed: Manifest | null,
  masters: readonly MasterTarget[] | null,
): readonly Wanted[] {
  return (installed?.files ?? []).flatMap(({ path, before }): readonly Wanted[] => {
    if (!path.startsWith(profiles) || path.startsWith(`${profiles}failover-`) || before.kind !== 'file') return [];
    const text = system.read(path);
    const name = isFailure(text) ? null : boundTo(text);
    if (name === null || masters?.some((master) => master.name === name) === false) return [];
    return [{ path, patch: (original) => bindProfile(original, name) }];
  });
}
