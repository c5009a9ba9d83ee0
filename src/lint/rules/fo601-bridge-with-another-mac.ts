/** FO601 bridge-with-another-mac: a bridge on a master has a MAC of its own. */
import type { Fix } from '../../findings/finding.ts';
import { findStackedMasters, followsBridges, type StackedMaster } from '../master-stacks.ts';
import type { Rule } from '../rule.ts';
import { nameLinks, onHits } from '../slave-claims.ts';

const network = '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nBridge=br0\nLinkLocalAddressing=no\n';
const bridge = '[Match]\nName=br0\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n';

export const bridgeWithAnotherMac: Rule = {
  id: 'FO601',
  name: 'bridge-with-another-mac',
  severity: 'error',
  what: "A bridge with a master as its port, whose MAC is not the master's.",
  why: 'net_failover does not pass promiscuous mode on to the VF, which drops frames for every MAC but its own. The guest gets no answer on the bridge: no DHCP, all packets lost. A bridge gets a MAC of its own from networkd, and from udev (99-default.link) under every other manager.',
  source: 'measured on triples of kernel 6.1 and 6.12; net_failover.c has no ndo_change_rx_flags',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': network,
        '/etc/systemd/network/20-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\n',
        '/etc/systemd/network/30-br0.network': bridge,
      },
    },
    {
      files: {
        '/etc/netplan/60-bridge.yaml': {
          text: 'network:\n  version: 2\n  ethernets:\n    wan:\n      match: {driver: net_failover}\n  bridges:\n    br0:\n      interfaces: [wan]\n      dhcp4: true\n      dhcp-identifier: mac\n',
          mode: 0o600,
        },
      },
    },
    {
      files: {
        '/etc/network/interfaces':
          'iface enp1s0 inet manual\n\nauto br0\niface br0 inet dhcp\n    bridge_ports enp1s0\n',
      },
    },
    {
      files: {
        '/etc/NetworkManager/system-connections/br0.nmconnection': {
          text: '[connection]\nid=br0\nuuid=0b5b6c1e-7a0e-4c3a-9a39-1f6a3f1b0001\ntype=bridge\ninterface-name=br0\n\n[ipv4]\nmethod=auto\n',
          mode: 0o600,
        },
        '/etc/NetworkManager/system-connections/port.nmconnection': {
          text: '[connection]\nid=port\nuuid=0b5b6c1e-7a0e-4c3a-9a39-1f6a3f1b0002\ntype=ethernet\ninterface-name=enp1s0\nmaster=br0\nslave-type=bridge\n',
          mode: 0o600,
        },
        '/etc/NetworkManager/conf.d/05-slaves.conf':
          '[keyfile]\nunmanaged-devices=interface-name:enp1s0nsby;interface-name:enp2s0\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': network,
        '/etc/systemd/network/20-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\nMACAddress=none\n',
        '/etc/systemd/network/20-br0.link': '[Match]\nOriginalName=br0\n\n[Link]\nMACAddressPolicy=none\n',
        '/etc/systemd/network/30-br0.network': bridge,
      },
    },
    {
      files: {
        '/etc/network/interfaces':
          'iface enp1s0 inet manual\n\nauto br0\niface br0 inet dhcp\n    bridge_ports enp1s0\n    bridge_hw enp1s0\n',
      },
    },
  ],
  check: (view) => {
    if (followsBridges(view)) return [];
    return findStackedMasters(view, 'bridge').flatMap((stacked) => {
      const { netdev, port, effect } = stacked;
      const fault = findFault(stacked);
      if (fault === null) return [];
      const name = netdev.names[0] ?? 'the bridge';
      return onHits(port, fault.certain ? 'error' : 'warning', {
        message: `${name}: ${fault.message}, expected that of its port ${nameLinks(port.hits)}: the VF drops frames for any other`,
        place: fault.place,
        related: [{ place: effect.place, label: 'this makes the master its port' }],
        help: describeHelp(stacked),
        fix: fixMac(stacked, fault.place),
      });
    });
  },
};

function findFault({ netdev, port }: StackedMaster) {
  const { mac, macBy, macPolicy, place, manager } = netdev;
  const masters = port.hits.map(({ link }) => link);
  if (mac !== null) {
    const value = mac.value.toLowerCase().replaceAll('-', ':');
    // a port's name (bridge_hw), and words such as `random`, are not compared
    if (!/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value)) return null;
    const differs = masters.every((link) => link.mac !== undefined && link.mac !== value);
    return differs ? { message: `its MAC is ${value}`, place: mac.place, certain: true } : null;
  }
  if (macBy === 'kernel') return null;
  if (macBy === 'manager') return { message: `${manager} gives it a MAC of its own`, place, certain: true };
  if (macPolicy?.value === 'none') return null;
  if (macPolicy !== null && masters.some((link) => link.mac === macPolicy.value)) return null;
  const by = macPolicy === null ? "udev's default, MACAddressPolicy=persistent," : macPolicy.place.source.path;
  return { message: `${by} gives it a MAC of its own`, place, certain: macPolicy !== null };
}

const ways: Readonly<Record<string, string>> = {
  networkd: 'MACAddress= in [NetDev]; or MACAddress=none there, and a .link file with MACAddressPolicy=none',
  ifupdown: 'bridge_hw and the name of the port in its stanza',
  networkmanager: 'cloned-mac-address in its [ethernet]',
};

function describeHelp({ netdev }: StackedMaster): string {
  const { place, manager } = netdev;
  const way = /\.ya?ml$/.test(place.source.path) ? 'macaddress: of the bridge' : (ways[manager] ?? 'its MAC');
  return `give the bridge the MAC of its port: ${way}`;
}

/** Where the master's MAC is known, in a .netdev file: safe, since the bridge then answers to what the VF lets in. */
function fixMac({ netdev, port }: StackedMaster, { source, span }: StackedMaster['effect']['place']): Fix | null {
  const macs = new Set(port.hits.map(({ link }) => link.mac));
  const [mac] = macs;
  if (netdev.manager !== 'networkd' || !source.path.endsWith('.netdev') || macs.size !== 1 || mac === undefined)
    return null;
  const line = `MACAddress=${mac}`;
  if (netdev.mac !== null)
    return source.text.slice(span.start, span.end).startsWith('MACAddress')
      ? { description: "give the bridge its port's MAC", safe: true, edits: [{ place: { source, span }, text: line }] }
      : null;
  if (netdev.macBy !== 'manager') return null;
  const at = { start: span.end, end: span.end };
  return {
    description: "give the bridge its port's MAC",
    safe: true,
    edits: [{ place: { source, span: at }, text: `\n${line}` }],
  };
}
