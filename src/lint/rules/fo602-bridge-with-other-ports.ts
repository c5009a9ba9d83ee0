/** FO602 bridge-with-other-ports: a bridge has ports beside a master. */
import { findStackedMasters, followsBridges } from '../master-stacks.ts';
import type { Rule } from '../rule.ts';
import { nameLinks, onHits } from '../slave-claims.ts';

const link = '[Match]\nOriginalName=br0\n\n[Link]\nMACAddressPolicy=none\n';
const port = '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nBridge=br0\nLinkLocalAddressing=no\n';

export const bridgeWithOtherPorts: Rule = {
  id: 'FO602',
  name: 'bridge-with-other-ports',
  severity: 'warning',
  what: 'A bridge with a master as its port, and other ports: taps, containers, another NIC.',
  why: "VF and standby stay out of promiscuous mode, and drop what is for the MACs behind the other ports: containers and virtual machines get no answer. Promiscuous mode set by hand is lost at the next re-plug: 'failoverctl install --bridge' sets it each time. The PF has to allow it (trust on, spoof checking off).",
  source:
    'measured on triples of kernel 6.1 and 6.12: the master counts promiscuity 1, VF and standby 0, and both lose all packets for what is behind the bridge',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': port,
        '/etc/systemd/network/20-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\nMACAddress=none\n',
        '/etc/systemd/network/20-br0.link': link,
        '/etc/systemd/network/30-tap.network': '[Match]\nName=tap*\n\n[Network]\nBridge=br0\n',
      },
    },
    {
      files: {
        '/etc/network/interfaces':
          'iface enp1s0 inet manual\n\nauto br0\niface br0 inet dhcp\n    bridge_ports enp1s0 tap0\n    bridge_hw enp1s0\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': port,
        '/etc/systemd/network/20-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\nMACAddress=none\n',
        '/etc/systemd/network/20-br0.link': link,
        '/etc/systemd/network/30-tap.network': '[Match]\nName=tap*\n\n[Network]\nBridge=br0\n',
        '/etc/udev/rules.d/93-net-failover-promiscuity.rules': "# what 'failoverctl install --bridge' writes\n",
      },
    },
    {
      files: {
        '/etc/systemd/network/20-wan.network': port,
        '/etc/systemd/network/20-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\nMACAddress=none\n',
        '/etc/systemd/network/20-br0.link': link,
      },
    },
    {
      files: {
        '/etc/network/interfaces':
          'auto enp1s0\niface enp1s0 inet dhcp\n\nauto br0\niface br0 inet static\n    address 10.9.0.1/24\n    bridge_ports tap0\n',
      },
    },
  ],
  check: (view) => {
    if (followsBridges(view)) return [];
    return findStackedMasters(view, 'bridge').flatMap((stacked) => {
      const { netdev, port: claimed, effect } = stacked;
      const masters = new Set(claimed.hits.map(({ link: { name } }) => name));
      const isItself = ({ value, place }: { value: string; place: typeof effect.place }) =>
        masters.has(value) ||
        (place.source === effect.place.source &&
          place.span.start === effect.place.span.start &&
          !isWord(netdev.manager));
      const [other, ...more] = netdev.ports.filter((one) => !isItself(one));
      if (other === undefined) return [];
      const name = netdev.names[0] ?? 'the bridge';
      const rest = more.length === 0 ? '' : ` and ${more.length} more`;
      return onHits(claimed, 'warning', {
        message: `${name}: ${other.value}${rest} is a port beside ${nameLinks(claimed.hits)}, expected none: the VF drops frames for MACs behind it`,
        place: other.place,
        related: [{ place: effect.place, label: 'this makes the master its port' }],
        help: "'failoverctl install --bridge' sets VF and standby promiscuous at each re-plug; the PF has to trust the VF. Or route to what is behind it instead of bridging",
      });
    });
  },
};

/** A list of ports has one place for all its words. */
function isWord(manager: string): boolean {
  return manager === 'ifupdown';
}
