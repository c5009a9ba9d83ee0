/** FO500 domain-not-well-formed: a text that is not XML. The other rules are not run on it: half a tree would mislead them. */
import type { XmlDocument } from '../../text/xml-element.ts';
import { exampleDomain, goodPair, type DomainFinding, type DomainRule } from './rule.ts';

export const domainNotWellFormed: DomainRule = {
  id: 'FO500',
  name: 'domain-not-well-formed',
  severity: 'error',
  what: 'The text is not well-formed XML (a tag or a quote that is not closed, an attribute twice, an unknown entity), is not UTF-8, has a document type with declarations, is nested deeper than 256 elements, or larger than 10 MiB.',
  why: 'libvirt refuses the whole domain, or expands entities that this linter does not. The other rules run once this is fixed.',
  source: 'XML 1.0; libxml2, which libvirt reads with',
  bad: [
    exampleDomain(goodPair.replace("<teaming type='persistent'/>", "<teaming type='persistent'>")),
    exampleDomain(goodPair.replace("type='virtio'", 'type=virtio')),
    exampleDomain(goodPair.replace("name='ua-failover0'", "name='ua-a&b'")),
  ],
  good: [exampleDomain(goodPair)],
  check: ({ document }) => findFaults(document),
};

/** Also of a text in which no domain can be made out. */
export function findFaults({ source, faults }: XmlDocument): readonly DomainFinding[] {
  return faults.map(({ message, span }) => ({ message, place: { source, span } }));
}
