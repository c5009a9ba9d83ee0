/** FO501 teaming-malformed: a <teaming> that libvirt refuses or drops. */
import { removeAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, placeIn, type DomainRule } from './rule.ts';

export const teamingMalformed: DomainRule = {
  id: 'FO501',
  name: 'teaming-malformed',
  severity: 'error',
  what: 'A <teaming> without a known type, a second one in the same device, a transient without persistent=, or a persistent with it.',
  why: 'libvirt refuses the domain, or, for an empty or a second <teaming>, silently drops it: the guest then starts with two separate NICs.',
  source: 'libvirt: virDomainNetTeamingInfoParseXML and virDomainNetDefValidate; run against 9.0 and 11.3',
  bad: [
    exampleDomain(goodPair.replace("type='transient' persistent='ua-failover0'", "type='transient'")),
    exampleDomain(goodPair.replace("<teaming type='persistent'/>", "<teaming type='permanent'/>")),
    exampleDomain(
      goodPair.replace("<teaming type='persistent'/>", "<teaming type='persistent' persistent='ua-failover0'/>"),
    ),
    exampleDomain(
      goodPair.replace("<teaming type='persistent'/>", "<teaming type='persistent'/>\n  <teaming type='persistent'/>"),
    ),
    exampleDomain(goodPair.replace("<teaming type='persistent'/>", '<teaming/>')),
  ],
  good: [exampleDomain(goodPair)],
  check: (domain) =>
    domain.devices.flatMap(({ teaming }) =>
      teaming.flatMap(({ element, type, persistent }, index) => {
        if (index > 0) {
          return {
            message: 'a second <teaming>: libvirt keeps one and drops the other',
            place: placeIn(domain, element),
          };
        }
        if (type !== 'persistent' && type !== 'transient') {
          const message =
            type === undefined
              ? "<teaming> has no type: expected 'persistent' or 'transient'"
              : `unknown teaming type '${type}': expected 'persistent' or 'transient'`;
          return { message, place: placeIn(domain, element, 'type') };
        }
        if (type === 'transient' && (persistent ?? '') === '') {
          const message = "a transient <teaming> has no persistent=: expected the alias of the virtio NIC, 'ua-…'";
          return { message, place: placeIn(domain, element, 'persistent') };
        }
        if (type === 'persistent' && persistent !== undefined) {
          const message = `a persistent <teaming> has persistent='${persistent}': only a transient one may`;
          const fix = {
            description: 'take persistent= out',
            safe: true,
            edits: [removeAttribute(domain.document, element, 'persistent')],
          };
          return { message, place: placeIn(domain, element, 'persistent'), fix };
        }
        return [];
      }),
    ),
};
