/** FO503 teaming-alias-not-ua: a persistent NIC whose alias libvirt drops. */
import { childOf, type XmlElement } from '../../text/xml-element.ts';
import { isPersistent, type Domain, type Teaming } from '../domain.ts';
import { setAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, goodStandby, placeIn, type DomainFinding, type DomainRule } from './rule.ts';

export const teamingAliasNotUa: DomainRule = {
  id: 'FO503',
  name: 'teaming-alias-not-ua',
  severity: 'error',
  what: "A NIC with a persistent <teaming> has no alias, or one that does not begin with 'ua-'.",
  why: "Aliases without 'ua-' are libvirt's own: it drops what the XML says, silently, and gives the NIC another one. The transient then points at nothing.",
  source: 'libvirt formatdomain, "Device alias"; libvirt 9.0 and 11.3 drop it',
  bad: [
    exampleDomain(goodStandby.replace("  <alias name='ua-failover0'/>\n", '')),
    exampleDomain(goodPair.replaceAll('ua-failover0', 'failover0')),
  ],
  good: [exampleDomain(goodPair)],
  check: (domain) => {
    const aliases = groupByAlias(domain);
    return domain.devices.filter(isPersistent).flatMap((device) => {
      const { alias, element } = device;
      if (alias !== undefined && alias.startsWith('ua-') && alias.length > 3) return [];
      const message =
        alias === undefined
          ? "a persistent NIC has no alias: expected <alias name='ua-…'/>, which the VF points at"
          : `libvirt drops the alias '${alias}': expected one that begins with 'ua-'`;
      const child = childOf(element, 'alias');
      if (alias === undefined || child === undefined) return { message, place: placeIn(domain, element) };
      return { message, place: placeIn(domain, child, 'name'), fix: renameAlias(domain, alias, child, aliases) };
    });
  },
};

interface Aliases {
  readonly named: ReadonlyMap<string, number>;
  readonly pointing: ReadonlyMap<string, readonly Teaming[]>;
}

/** How many devices have an alias, and which <teaming> point at it. */
function groupByAlias({ devices }: Domain): Aliases {
  const named = new Map<string, number>();
  const pointing = new Map<string, Teaming[]>();
  for (const { alias, teaming } of devices) {
    if (alias !== undefined) named.set(alias, (named.get(alias) ?? 0) + 1);
    for (const one of teaming) {
      if (one.persistent === undefined) continue;
      const list = pointing.get(one.persistent);
      if (list === undefined) pointing.set(one.persistent, [one]);
      else list.push(one);
    }
  }
  return { named, pointing };
}

/** Both ends are renamed together. libvirt dropped the old name, so nothing else can depend on it. */
function renameAlias(
  domain: Domain,
  alias: string,
  element: XmlElement,
  { named, pointing }: Aliases,
): NonNullable<DomainFinding['fix']> | null {
  const name = `ua-${alias}`;
  const count = (named.get(alias) ?? 0) + (named.get(name) ?? 0);
  // libvirt takes letters, digits, '-' and '_' only: virDomainDefCheckDuplicateAliases, domaincommon.rng aliasName
  if (!/^[-A-Za-z0-9_]+$/.test(alias) || count > 1) return null;
  return {
    description: `rename it to '${name}', here and where a VF points at it`,
    safe: true,
    edits: [
      setAttribute(domain.document, element, 'name', name),
      ...(pointing.get(alias) ?? []).map((teaming) =>
        setAttribute(domain.document, teaming.element, 'persistent', name),
      ),
    ],
  };
}
