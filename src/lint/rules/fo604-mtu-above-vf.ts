/** FO604 mtu-above-vf: a master is given an MTU that hardly any VF takes. */
import type { Rule } from '../rule.ts';
import { effectOf, groupClaims, nameLinks, onHits } from '../slave-claims.ts';

/**
 * The least of the jumbo limits, `max_mtu` as the drivers' sources set it: igbvf 9216, bnxt 9500, iavf 9702 (before it took
 * libie's), ixgbevf 9710, or 1504 where the PF's driver speaks its first mailbox API only.
 */
const common = 9216;

export const mtuAboveVf: Rule = {
  id: 'FO604',
  name: 'mtu-above-vf',
  severity: 'warning',
  what: `An MTU above ${common} on a master.`,
  why: "The kernel sets the master's MTU on a VF before it enslaves it. A VF that cannot take it is refused ('unable to change mtu'), and stays a free NIC with the master's MAC, which a catch-all match configures.",
  source:
    'net_failover_slave_register() in drivers/net/net_failover.c; max_mtu in igbvf/netdev.c, iavf_main.c, ixgbevf_main.c, bnxt.h',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover\n\n[Link]\nMTUBytes=16000\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
    {
      files: {
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet static\n    address 192.0.2.5/24\n    mtu 65535\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet static\n    address 192.0.2.5/24\n    mtu 9000\n',
      },
    },
  ],
  check: ({ decisions, guest }) =>
    groupClaims(
      decisions.filter(({ link }) => link.role === 'master' && guest.groups[link.group ?? 0]?.kind === 'net_failover'),
    ).flatMap((group) => {
      const effect = effectOf(group.claim, ['mtu']);
      if (effect === undefined || !(Number(effect.detail) > common)) return [];
      return onHits(group, 'warning', {
        message: `${nameLinks(group.hits)}: MTU ${effect.detail ?? ''}, expected at most ${common}: a VF that cannot take it is not enslaved`,
        place: effect.place,
        help: "'ip -d link show VF' shows the VF's maxmtu, which may be less: 1504 for ixgbevf with an old driver of its PF",
      });
    }),
};
