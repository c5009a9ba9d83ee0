/** FO108 driver-of-standby: a match by driver virtio_net, which is the standby's and not the master's. */
import { fixStandbyDriver } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describeKey, findSlaveClaims, isHarmless, nameLinks, onHits, tellingKeys } from '../slave-claims.ts';

export const driverOfStandby: Rule = {
  id: 'FO108',
  name: 'driver-of-standby',
  severity: 'error',
  what: 'A match by the driver virtio_net, where the daemon asks ethtool for the driver.',
  why: "ethtool says net_failover of the master, and virtio_net of its standby. The file that was to configure the guest's virtio NIC configures the standby, and the master gets nothing.",
  source: 'measured on Debian 12; net_failover_ethtool_get_drvinfo() in drivers/net/net_failover.c',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nDriver=virtio_net\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: (view) =>
    findSlaveClaims(view).flatMap((group) => {
      const { claim, hits } = group;
      const driver = tellingKeys(claim).find(({ on, value }) => on === 'driver' && /\bvirtio/.test(value));
      if (driver === undefined || isHarmless(claim) || !hits.some(({ link }) => link.role === 'standby')) return [];
      return onHits(group, 'error', {
        message: `'${describeKey(driver)}': matches ${nameLinks(hits)} and not its master, expected the master's driver net_failover`,
        place: driver.place,
        help: 'write net_failover for virtio_net',
        fix: fixStandbyDriver(view, group),
      });
    }),
};
