/**
 * systemd-networkd, 247 to 262: the first .network file whose [Match] takes a link decides all about it
 * (link_get_network() of src/network/networkd-link.c).
 */
import type { Place } from '../../text/source.ts';
import { mayBeCalled } from '../../topology/altnames.ts';
import { isUncertainProperty, type Guest, type LinkFacts } from '../../topology/guest.ts';
import type { Claim, ConfigFile, Decision, Judgement, Manager, Problem } from '../claim.ts';
import { collectUnits, networkDirectories, placeOfMatch, type NetworkUnit } from '../systemd/files.ts';
import { checkKeys, findRejection, readKeyTable } from '../systemd/keys.ts';
import { shareByFacts } from '../systemd/link-facts.ts';
import { readSettings, type Setting } from '../systemd/settings.ts';
import { matchLink } from '../systemd/match.ts';
import type { MatchSubject } from '../systemd/match-subject.ts';
import { readMatchSection, type MatchSection } from '../systemd/match-section.ts';
import { checkAddressFamilies } from './address-sections.ts';
import { readEffects, type NetworkEffects } from './effects.ts';
import { netdevKeys } from './netdev-keys.ts';
import { findNetdevs } from './netdevs.ts';
import { networkKeys } from './network-keys.ts';
import { misfiled } from './misfiled.ts';

export const networkd: Manager = {
  name: 'networkd',
  misfiled,
  user: 'systemd-network', // systemd-networkd.service
  locations: networkDirectories.map((path) => ({ path, pattern: /\.(?:network|netdev)$/, dropIns: true })),
  recognise: (path) => /\.(?:network|netdev)$|\.(?:network|netdev)\.d\/[^/]*\.conf$/.test(path),
  judge: judgeNetworkd,
};

type Outcome = Pick<Decision, 'winners' | 'losers' | 'passed'>;

/** A .network file that counts, read once for all links. */
interface Network extends NetworkEffects {
  readonly unit: NetworkUnit;
  readonly match: MatchSection;
  readonly settings: readonly Setting[];
  readonly place: Place;
}

const networkTable = readKeyTable(networkKeys);
const netdevTable = readKeyTable(netdevKeys);

export function judgeNetworkd(files: readonly ConfigFile[], guest: Guest): Judgement {
  const version = guest.host.systemdVersion;
  const networks = collectUnits(files, '.network', (document) => findRejection(document, networkTable, version));
  const netdevs = collectUnits(files, '.netdev');
  const problems: Problem[] = [
    ...networks.documents.flatMap((document) => [
      ...checkKeys(document, networkTable, version),
      ...checkAddressFamilies(document),
    ]),
    ...netdevs.documents.flatMap((document) => checkKeys(document, netdevTable, version)),
  ];
  const unread = [...networks.unread, ...netdevs.unread];
  const considered: Network[] = [];
  for (const unit of networks.units) {
    const network = readNetwork(unit, version, problems);
    if (unit.rejected) continue;
    if (network !== null) considered.push(network);
    else unread.push({ file: unit.main, why: 'nothing valid in [Match]: expected at least Name=' });
  }
  const decideOnce = shareByFacts((link: LinkFacts) => decide(considered, link, guest));
  const decisions = guest.phases.flatMap((phase) =>
    phase.links.map((link): Decision => ({ manager: 'networkd', phase, link, ...decideOnce(link) })),
  );
  const made = findNetdevs(netdevs.units, considered, netdevTable, guest.host);
  return { decisions, netdevs: made, problems, unread, facts: {} };
}

function readNetwork(unit: NetworkUnit, version: number | undefined, problems: Problem[]): Network | null {
  const settings = readSettings(unit.documents, networkTable, version);
  const match = readMatchSection(
    settings
      .filter(({ section }) => section === 'Match')
      .map(({ assignment, place, uncertainSince }) => ({ source: place.source, assignment, uncertainSince })),
  );
  const place = placeOfMatch(unit);
  const { effects, problems: dropped } = readEffects(settings, place);
  problems.push(...match.problems, ...dropped);
  if (!match.empty || unit.rejected) return { unit, match, settings, place, effects, problems: dropped };
  problems.push({
    kind: 'ignored',
    place,
    message: `nothing valid in the [Match] section of ${unit.name}: expected at least one key, Name=* for every link`,
    consequence: 'ignores the whole file',
  });
  return null;
}

function decide(networks: readonly Network[], link: LinkFacts, { host }: Guest): Outcome {
  const subject = subjectOf(link);
  const winners: Claim[] = [];
  const losers: { claim: Claim; why: string }[] = [];
  const passed: Claim[] = [];
  const foreign = managedByOther(link, host.systemdVersion);
  /** The first that matches for sure: none behind it has a chance. */
  let taker: NetworkUnit | null = null;
  for (const { unit, match, place, effects } of networks) {
    const { verdict, keys, reason } = matchLink(match, subject, host);
    const claim: Claim = { manager: 'networkd', place, verdict, reason, keys, effects };
    const [first] = winners;
    if (verdict === 'no') passed.push(claim);
    else if (foreign?.verdict === 'yes') losers.push({ claim, why: foreign.why });
    else if (taker !== null)
      losers.push({ claim, why: `${taker.main.source.path} comes first: ${unit.name} sorts after it` });
    else {
      const doubts = [
        ...(foreign === null ? [] : [foreign.why]),
        ...(first === undefined ? [] : [`${first.place.source.path} comes first, if it matches`]),
      ];
      winners.push(
        doubts.length === 0 ? claim : { ...claim, verdict: 'maybe', reason: [reason, ...doubts].join('; ') },
      );
      if (verdict === 'yes') taker = unit;
    }
  }
  return { winners, losers, passed };
}

/** networkd 255 and later leave a link alone whose udev property names another manager. */
function managedByOther(
  { properties }: LinkFacts,
  version: number | undefined,
): { verdict: 'yes' | 'maybe'; why: string } | null {
  const manager = properties?.get('ID_NET_MANAGED_BY');
  if (manager === undefined || manager === 'io.systemd.Network' || (version !== undefined && version < 255))
    return null;
  const why = `the udev property ID_NET_MANAGED_BY=${manager} takes the link from networkd`;
  if (version === undefined) return { verdict: 'maybe', why: `${why} since systemd 255` };
  return { verdict: 'yes', why };
}

function subjectOf(link: LinkFacts): MatchSubject {
  const { possibleAltnames: possible } = link;
  return {
    mayBeCalled: possible && ((pattern) => mayBeCalled(possible, pattern)),
    names: [link.name, ...(link.altnames ?? [])],
    allNamesKnown: link.altnames !== undefined,
    mac: link.mac,
    permanentMac: link.permanentMac,
    path: link.idPath,
    driver: link.driver,
    type: link.type,
    kind: link.kind,
    properties: link.properties,
    isUncertain: (key) => isUncertainProperty(link, key),
  };
}
