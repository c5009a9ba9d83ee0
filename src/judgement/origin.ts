/** Places in lowered texts, mapped back to the files that people wrote. */
import type { Claim, Decision, Effect, Netdev, PlacedValue } from '../managers/claim.ts';
import type { Place } from '../text/source.ts';

export function mapNetdev(netdev: Netdev): Netdev {
  const map = (value: PlacedValue | null) => value && { ...value, place: toOrigin(value.place) };
  return {
    ...netdev,
    place: toOrigin(netdev.place),
    mac: map(netdev.mac),
    mode: map(netdev.mode),
    failOverMac: map(netdev.failOverMac),
    ports: netdev.ports.map(({ value, place }) => ({ value, place: toOrigin(place) })),
  };
}

/** Decisions that share their claims, as for links that a manager cannot tell apart, share them afterwards too. */
interface Mapping {
  readonly claims: Map<Claim, Claim>;
  readonly lists: Map<readonly unknown[], readonly unknown[]>;
}

export function newMapping(): (decision: Decision) => Decision {
  const mapping: Mapping = { claims: new Map(), lists: new Map() };
  return (decision) => ({
    ...decision,
    winners: mapList(mapping, decision.winners, (claim) => mapClaim(mapping, claim)),
    losers: mapList(mapping, decision.losers, ({ claim, why }) => ({ claim: mapClaim(mapping, claim), why })),
    passed: mapList(mapping, decision.passed, (claim) => mapClaim(mapping, claim)),
  });
}

function mapList<One>({ lists }: Mapping, list: readonly One[], map: (one: One) => One): readonly One[] {
  const known = lists.get(list);
  if (known !== undefined) return known as readonly One[];
  const mapped = list.map(map);
  lists.set(list, mapped);
  return mapped;
}

/** A claim with its places where a person can change them. */
function mapClaim({ claims }: Mapping, claim: Claim): Claim {
  const { source } = claim.place;
  if (source.origin === undefined) return claim;
  const known = claims.get(claim);
  if (known !== undefined) return known;
  const mapped: Claim = {
    ...claim,
    loweredTo: claim.loweredTo ?? source.path,
    place: toOrigin(claim.place),
    keys: claim.keys.map((key) => ({ ...key, place: toOrigin(key.place) })),
    effects: claim.effects.map((effect): Effect => ({ ...effect, place: toOrigin(effect.place) })),
  };
  claims.set(claim, mapped);
  return mapped;
}

/** Through as many lowerings as there were. */
export function toOrigin(place: Place): Place {
  let at = place;
  while (at.source.origin !== undefined) at = at.source.origin.placeOf(at.span);
  return at;
}
