/** FO518 pair-settings-differ: a VLAN tag or trustGuestRxFilters on one NIC of a pair alone. */
import { childOf, childrenOf, valueOf } from '../../text/xml-element.ts';
import { teamedPairs, type NetDevice } from '../domain.ts';
import {
  exampleDomain,
  goodPrimary,
  goodStandby,
  placeIn,
  type DomainFinding,
  type DomainRule,
  type HostView,
} from './rule.ts';

const tag = (id: number) => `  <vlan>\n    <tag id='${id}'/>\n  </vlan>\n</interface>`;
const both = (standby: string, primary: string) => exampleDomain(`${standby}\n${primary}`);
const tagged = (interfaceText: string, id: number) => interfaceText.replace('</interface>', tag(id));
const trusting = (interfaceText: string) =>
  interfaceText.replace('<interface ', "<interface trustGuestRxFilters='yes' ");

export const pairSettingsDiffer: DomainRule = {
  id: 'FO518',
  name: 'pair-settings-differ',
  severity: 'warning',
  what: 'The two NICs of a pair have different <vlan> tags, or one has them and the other does not; or trustGuestRxFilters is on one of them alone.',
  why: 'The card tags what the VF sends; nothing tags the virtio NIC unless its bridge does. If they end in two VLANs, the guest is unreachable after each failover. A tag on the VF alone is right if the bridge is on a VLAN device of the same tag (eth0.5): suppress the finding there. With trustGuestRxFilters on one alone, the addresses that the guest adds (macvlan, a bridge) pass by one NIC only.',
  source: 'libvirt formatdomain, "Setting VLAN tag" and trustGuestRxFilters; libvirt 9.0, 11.3 and 12.8 accept it',
  bad: [
    both(goodStandby, tagged(goodPrimary, 5)),
    both(tagged(goodStandby, 6), tagged(goodPrimary, 5)),
    both(trusting(goodStandby), goodPrimary),
  ],
  good: [both(tagged(goodStandby, 5), tagged(goodPrimary, 5)), both(trusting(goodStandby), trusting(goodPrimary))],
  check: (domain, host) =>
    teamedPairs(domain).flatMap(({ persistent, transient }): readonly DomainFinding[] => {
      const found: DomainFinding[] = [];
      const [standbyTag, primaryTag] = [tagOf(persistent, host), tagOf(transient, host)];
      if (standbyTag !== null && primaryTag !== null && standbyTag !== primaryTag) {
        const tagger = primaryTag === '' ? persistent : transient;
        const other = tagger === transient ? persistent : transient;
        found.push({
          message: `the VF is ${describeTag(primaryTag)}, the virtio NIC ${describeTag(standbyTag)}: expected the same for both`,
          place: placeIn(domain, childOf(tagger.element, 'vlan') ?? tagger.element),
          related: [
            { place: placeIn(domain, childOf(other.element, 'vlan') ?? other.element), label: 'the other NIC' },
          ],
        });
      }
      const trust = (device: NetDevice) => valueOf(device.element, 'trustGuestRxFilters') === 'yes';
      // A <hostdev> has no such attribute.
      if (transient.kind === 'interface' && trust(persistent) !== trust(transient)) {
        const [one, name] = trust(persistent) ? [persistent, 'virtio NIC'] : [transient, 'VF'];
        found.push({
          message: `trustGuestRxFilters='yes' is on the ${name} alone: expected it on both or on neither`,
          place: placeIn(domain, one.element, 'trustGuestRxFilters'),
        });
      }
      return found;
    }),
};

/** "5", "5,6 trunk"; empty for none; null where the network may have one that is not known. A <hostdev> has its tag from the PF. */
function tagOf({ element, kind, type, network }: NetDevice, { networks }: HostView): string | null {
  if (kind === 'hostdev') return null;
  const vlan = childOf(element, 'vlan');
  if (vlan !== undefined) {
    const tags = childrenOf(vlan, 'tag').map((one) => valueOf(one, 'id') ?? '');
    return `${tags.join(',')}${valueOf(vlan, 'trunk') === 'yes' ? ' trunk' : ''}`;
  }
  if (type !== 'network') return '';
  const known = networks.find(({ name }) => name === network);
  return known === undefined ? null : (known.vlan ?? '');
}

function describeTag(text: string): string {
  return text === '' ? 'untagged' : `in VLAN ${text}`;
}
