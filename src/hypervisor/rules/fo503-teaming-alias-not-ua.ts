/** FO503 teaming-alias-not-ua: a persistent NIC whose alias libvirt throws away. */
import { childOf } from '../../text/xml.ts';
import { isPersistent } from '../domain.ts';
import { exampleDomain, goodPair, goodStandby, placeIn, type DomainRule } from './rule.ts';

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
  check: (domain) =>
    domain.devices.filter(isPersistent).flatMap((device) => {
      const { alias, element } = device;
      if (alias !== undefined && alias.startsWith('ua-') && alias.length > 3) return [];
      const message =
        alias === undefined
          ? "a persistent NIC has no alias: expected <alias name='ua-…'/>, which the VF points at"
          : `libvirt drops the alias '${alias}': expected one that begins with 'ua-'`;
      const child = childOf(element, 'alias');
      return { message, place: child === undefined ? placeIn(domain, element) : placeIn(domain, child, 'name') };
    }),
};
