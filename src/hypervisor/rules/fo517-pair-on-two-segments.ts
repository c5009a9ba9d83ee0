/** FO517 pair-on-two-segments: a standby behind NAT or on an isolated network, and a VF on the card's own segment. */
import { childOf } from '../../text/xml-element.ts';
import { teamedPairs, type NetDevice } from '../domain.ts';
import {
  exampleDomain,
  goodPair,
  goodPrimary,
  goodStandby,
  noHost,
  placeIn,
  type DomainRule,
  type HostNetwork,
  type HostView,
} from './rule.ts';

const onNetwork = (name: string) =>
  exampleDomain(
    `${goodStandby.replace("type='bridge'", "type='network'").replace("bridge='br0'", `network='${name}'`)}\n${goodPrimary}`,
  );

const network = (name: string, forward: string | null, bridge: string | null): HostNetwork => ({
  name,
  forward,
  bridge,
  mtu: null,
  vlan: null,
});

export const pairOnTwoSegments: DomainRule = {
  id: 'FO517',
  name: 'pair-on-two-segments',
  severity: 'error',
  what: "The virtio NIC of a pair is in user mode, or on a libvirt network that is NAT, routed or isolated; the VF is on the segment of its card. Without --host only user mode and libvirt's own 'default' network (bridge virbr0) are known.",
  why: 'The master keeps one address for both. After a failover the guest uses it on another segment: no answer arrives, and its DHCP server is another one. Both must reach the same switch: expected a bridge that the card (or a VF of it) is a port of.',
  source: 'libvirt formatnetwork, "Connectivity"; drivers/net/net_failover.c',
  bad: [
    exampleDomain(
      `${goodStandby.replace("type='bridge'", "type='user'").replace("  <source bridge='br0'/>\n", '')}\n${goodPrimary}`,
    ),
    onNetwork('default'),
    onNetwork('lab'),
    onNetwork('private'),
  ],
  good: [exampleDomain(goodPair), onNetwork('lan'), onNetwork('elsewhere')],
  exampleHost: {
    ...noHost,
    networks: [network('lab', 'nat', 'virbr1'), network('private', null, 'virbr2'), network('lan', 'bridge', 'br0')],
  },
  check: (domain, host) =>
    teamedPairs(domain).flatMap(({ persistent }) => {
      const problem = describeSegment(persistent, host);
      if (problem === null) return [];
      const source = childOf(persistent.element, 'source');
      const attribute = persistent.network === undefined ? 'bridge' : 'network';
      const place =
        source === undefined ? placeIn(domain, persistent.element, 'type') : placeIn(domain, source, attribute);
      return { message: problem.message, severity: problem.severity, place };
    }),
};

/** Null: it is on the outside's segment, or it is not known where it is. */
function describeSegment(
  { type, network: name, bridge }: NetDevice,
  { networks }: HostView,
): { readonly message: string; readonly severity: 'error' | 'warning' } | null {
  const expected = "the VF is on its card's segment: expected a bridge to the same one";
  if (type === 'user') {
    return { message: `the virtio NIC is in user mode, which is NAT; ${expected}`, severity: 'error' };
  }
  const found = networks.find((one) => (type === 'network' ? one.name === name : one.bridge === bridge));
  if (type !== 'network' && type !== 'bridge') return null;
  if (found !== undefined) {
    // 'bridge', 'vepa', 'private', 'passthrough', 'hostdev' are the outside; 'open' is routed.
    const kind =
      { nat: 'NAT', route: 'routed', open: 'routed' }[found.forward ?? ''] ??
      (found.forward === null ? 'isolated' : null);
    return kind === null
      ? null
      : { message: `the virtio NIC's network '${found.name}' is ${kind}; ${expected}`, severity: 'error' };
  }
  if (name !== 'default' && bridge !== 'virbr0') return null;
  return {
    message: `the virtio NIC is on libvirt's network 'default', which is NAT unless it was changed; ${expected}`,
    severity: 'warning',
  };
}
