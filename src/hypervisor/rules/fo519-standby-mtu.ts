/** FO519 standby-mtu: an MTU that the virtio NIC offers and the pair does not have. */
import { childOf, valueOf } from '../../text/xml-element.ts';
import { normalMac, teamedPairs } from '../domain.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby, placeIn, type DomainRule } from './rule.ts';

const withMtu = (size: number) =>
  exampleDomain(`${goodStandby.replace('</interface>', `  <mtu size='${size}'/>\n</interface>`)}\n${goodPrimary}`);

export const standbyMtu: DomainRule = {
  id: 'FO519',
  name: 'standby-mtu',
  severity: 'error',
  what: 'The virtio NIC of a pair has an <mtu size=> other than 1500, of its own or (with --host) of its network. Below 1500 is an error. Above it is a warning, unless the guest (--guest SNAPSHOT) has given the master that MTU.',
  why: "QEMU offers the size as host_mtu. Below 1500 the kernel makes the master with 1500, which the standby refuses: the standby stays a NIC of its own with the master's MAC, and when the VF is unplugged the guest has no network. Above 1500 master and standby stay at 1500 all the same. libvirt cannot set a VF's MTU: it is 1500 until the guest sets the master's.",
  source:
    'drivers/net/net_failover.c, net_failover_slave_register: kernels 6.1 and 6.12 ran it; libvirt 9.0 refuses <mtu> on the VF',
  bad: [withMtu(1400), withMtu(9000)],
  good: [exampleDomain(goodPair), withMtu(1500)],
  check: (domain, { networks, guest }) =>
    teamedPairs(domain).flatMap(({ persistent }) => {
      const mtu = childOf(persistent.element, 'mtu');
      const ownSize = valueOf(mtu, 'size');
      const known =
        persistent.type === 'network' ? networks.find(({ name }) => name === persistent.network) : undefined;
      const size = ownSize === undefined ? (known?.mtu ?? null) : Number(ownSize);
      if (size === null || !Number.isInteger(size) || size === 1500) return [];
      const whose =
        ownSize === undefined ? `the network '${known?.name ?? ''}' has MTU ${size}` : `the virtio NIC has MTU ${size}`;
      const place = mtu === undefined ? placeIn(domain, persistent.element) : placeIn(domain, mtu, 'size');
      if (size > 1500) {
        const inside = guest?.mtus.find(({ mac }) => mac === normalMac(persistent.mac));
        if (inside?.mtu === size) return [];
        const message =
          inside === undefined
            ? `${whose}: master and standby stay at 1500, and so does the VF, until the guest sets the master's`
            : `${whose}, and the guest's '${inside.master}' has ${inside.mtu}, which its VF gets too: expected ${size} in the guest, or ${inside.mtu} here`;
        return { message, place, severity: 'warning' as const };
      }
      return { message: `${whose}: expected 1500 or none; the guest's kernel refuses the standby`, place };
    }),
};
