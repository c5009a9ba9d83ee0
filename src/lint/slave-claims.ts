/** Claims that take slaves, each once for all links and phases that it takes them in. */
import type { Claim, Decision, EffectKind, MatchKey } from '../managers/claim.ts';
import type { LinkFacts, Phase } from '../topology/guest.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { configuresLinks, findManager } from '../managers/all.ts';
import type { LintView } from './rule.ts';
import type { RuleFinding } from '../findings/rule.ts';
import { nameSome } from '../text/name-some.ts';
import type { Place } from '../text/source.ts';

export interface LinkHit {
  readonly link: LinkFacts;
  readonly phase: Phase;
}

export interface ClaimHit extends LinkHit {
  readonly claim: Claim;
}

/** One claim's place, with all that it takes. */
export interface ClaimHits {
  readonly claim: Claim;
  readonly hits: readonly ClaimHit[];
  readonly certain: boolean;
}

export function isSlave({ role }: LinkFacts): boolean {
  return role === 'standby' || role === 'primary' || role === 'pending';
}

/** Claims of managers that configure links, which win slaves. */
export function findSlaveClaims(view: LintView): readonly ClaimHits[] {
  const released = isReleased(view);
  return groupClaims(
    view.decisions.filter(
      ({ manager, link, phase }) =>
        configuresLinks(manager) && isSlave(link) && !(released && phase.name === 'vf-first'),
    ),
  );
}

/**
 * No manager can know of a VF that comes before its master what it will be. Where failoverctl's udev rules are, the
 * master's coming starts a unit that takes from the VF what a manager has given it.
 */
function isReleased({ files }: LintView): boolean {
  return (files.get('udev') ?? []).some(({ source }) => source.text.includes('net-failover-release@'));
}

/** Claims that win links in these decisions, by the place of the claim. */
export function groupClaims(decisions: readonly Decision[]): readonly ClaimHits[] {
  const groups = new Map<string, ClaimHit[]>();
  for (const { link, phase, winners } of decisions)
    for (const claim of winners) {
      const key = `${claim.manager}\0${claim.place.source.path}\0${claim.place.span.start}`;
      const hits = groups.get(key) ?? [];
      hits.push({ link, phase, claim });
      groups.set(key, hits);
    }
  return [...groups.values()].flatMap((hits) => {
    const sure = hits.filter(({ claim }) => claim.verdict === 'yes');
    // what is sure for some links says enough; what is doubtful for all is told as a doubt
    const shown = sure.length > 0 ? sure : hits;
    const [first] = shown;
    return first === undefined ? [] : [{ claim: first.claim, hits: shown, certain: sure.length > 0 }];
  });
}

/** What is worst about a claim on a slave: one mistake is told once. The first that it has. */
const harms: readonly (readonly EffectKind[])[] = [
  ['dhcp4', 'dhcp6'],
  ['address', 'route'],
  ['enslave', 'stack'],
  ['down'],
  ['ra'],
  ['mac'],
  ['mtu'],
];

/** Claims on slaves whose worst effect is one of these. */
export function findHarm(view: LintView, kinds: readonly EffectKind[]): readonly ClaimHits[] {
  return findSlaveClaims(view).filter(({ claim }) => {
    const worst = harms.find((harm) => claim.effects.some(({ kind }) => harm.includes(kind)));
    return worst !== undefined && worst.some((kind) => kinds.includes(kind));
  });
}

/** Has the claim nothing to do with addresses and the like on a slave? Then it may have it. */
export function isHarmless({ effects }: Claim): boolean {
  return effects.some(({ kind }) => kind === 'unmanaged');
}

/** Of more than these only some are named: 'explain' and 'map' show each. */
const mostNames = 12;

/** "a, b and c"; of many "a, b, … and 990 more". */
function inWords(names: readonly string[]): string {
  if (names.length < 2 || names.length > mostNames) return nameSome(names, mostNames);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** "enp1s0nsby (standby) and enp2s0 (primary)". */
export function nameLinks(hits: readonly LinkHit[]): string {
  // in the first phase; that it is so in the others is not said again
  const first = hits.filter(({ phase }) => phase.name === hits[0]?.phase.name);
  return inWords([...new Set(first.map(({ link }) => describeRole(link)))]);
}

function describeRole({ name, role }: LinkFacts): string {
  return `${name} (${role === 'pending' ? 'a VF, not enslaved yet' : role === 'none' ? 'an ordinary link' : role})`;
}

/** The masters of the links' groups. */
export function nameMasters(view: LintView, hits: readonly LinkHit[]): string {
  const groups = new Set(hits.map(({ link }) => link.group));
  const links = view.guest.phases[0]?.links ?? [];
  const masters = links.filter(({ role, group }) => role === 'master' && groups.has(group));
  return nameSome(
    masters.map(({ name }) => name),
    mostNames,
  );
}

/** Of the keys that hold, those that say something of the link. */
export function tellingKeys({ keys }: Claim): readonly MatchKey[] {
  return keys.filter(({ on, verdict }) => on !== 'host' && verdict !== 'no');
}

export function describeKey({ value, place }: MatchKey): string {
  const written = place.source.text.slice(place.span.start, place.span.end);
  return written !== '' && written.length < 60 && !written.includes('\n') ? written : value;
}

/** A finding on a claim: with its first link and phase, and no more severe than it is sure. */
export function onHits({ hits, certain }: ClaimHits, severity: Severity, finding: RuleFinding): RuleFinding {
  const [first] = hits;
  const shown = certain ? severity : weaken(severity);
  const concerns = hits.map(({ link, phase }) => ({ link: link.name, phase: phase.name }));
  return { severity: shown, ...finding, link: first?.link.name, phase: first?.phase.name, concerns };
}

function weaken(severity: Severity): Severity {
  return severity === 'error' ? 'warning' : 'info';
}

/** ", after the VF came back on another slot": said only where it is not so at boot already. */
export function describePhase({ hits }: ClaimHits): string {
  const [first] = hits;
  return first === undefined || hits.some(({ phase }) => phase.name === 'boot') ? '' : ` ${first.phase.title}`;
}

/** The first effect of these kinds. */
export function effectOf({ effects }: Claim, kinds: readonly EffectKind[]) {
  return effects.find(({ kind }) => kinds.includes(kind));
}

/** The match, as a related place of an effect that stands elsewhere. */
export function matchOf(claim: Claim): Finding['related'] {
  return tellingKeys(claim)
    .slice(0, 2)
    .map((key) => ({ place: key.place, label: 'this matches it' }));
}

/** Few ask ethtool for the driver; elsewhere the master's is its parent's, as the standby's is (FO109). */
export function describeWayOut({ manager, reason }: Claim): string {
  const { matchesByDriver, keptOffBy = 'failoverctl install' } = findManager(manager) ?? {};
  const how = matchesByDriver === true ? 'by its driver' : 'by its whole name';
  return `${reason}; match the master ${how}, or keep ${manager} off the slaves: '${keptOffBy}'`;
}

/**
 * A profile of NetworkManager's that is active on one link, and knows it by the MAC alone: the master and its slaves are equally
 * good to it.
 */
export function isProfileByMac({ decisions }: LintView, { manager, place, keys, verdict }: Claim): boolean {
  const isAlone = keys.length > 0 && keys.every(({ on }) => on === 'permanent-mac' || on === 'host');
  if (manager !== 'networkmanager' || !isAlone || verdict !== 'maybe') return false;
  return decisions.some(
    ({ manager: of, link, winners }) =>
      of === manager && link.role === 'master' && winners.some((claim) => isSamePlace(claim.place, place)),
  );
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.source === b.source && a.span.start === b.span.start;
}
