/** FO603 bond-refuses-master: a bond that the kernel does not let a master into. */
import { findStackedMasters } from '../master-stacks.ts';
import type { Rule } from '../rule.ts';
import { nameLinks, onHits } from '../slave-claims.ts';

const port = '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nBond=bond0\n';

export const bondRefusesMaster: Rule = {
  id: 'FO603',
  name: 'bond-refuses-master',
  severity: 'error',
  what: 'A bond with a master as its port, in another mode than active-backup, or with other ports and without fail_over_mac=active.',
  why: "A bond gives its ports its own MAC, and the master's cannot be changed: the kernel refuses the port. Alone in an active-backup bond it is taken, since the bond then sets fail_over_mac=active by itself; as second port it is not. In other modes fail_over_mac has no effect.",
  source: 'bond_enslave() in drivers/net/bonding/bond_main.c, read; measured on triples of kernel 6.1 and 6.12',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': port,
        '/etc/systemd/network/20-bond0.netdev': '[NetDev]\nName=bond0\nKind=bond\n\n[Bond]\nMode=802.3ad\n',
      },
    },
    {
      files: {
        '/etc/systemd/network/20-wan.network': port,
        '/etc/systemd/network/20-bond0.netdev':
          '[NetDev]\nName=bond0\nKind=bond\n\n[Bond]\nMode=802.3ad\nFailOverMACPolicy=active\n',
      },
    },
    {
      files: {
        '/etc/netplan/60-bond.yaml': {
          text: 'network:\n  version: 2\n  ethernets:\n    wan:\n      match: {driver: net_failover}\n  bonds:\n    bond0:\n      interfaces: [wan]\n      parameters: {mode: balance-alb}\n',
          mode: 0o600,
        },
      },
    },
    {
      files: {
        '/etc/network/interfaces':
          'auto bond0\niface bond0 inet dhcp\n    bond-slaves eth7 enp1s0\n    bond-mode active-backup\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': port,
        '/etc/systemd/network/20-bond0.netdev':
          '[NetDev]\nName=bond0\nKind=bond\n\n[Bond]\nMode=active-backup\nFailOverMACPolicy=active\n',
      },
    },
    {
      files: {
        '/etc/network/interfaces':
          'auto bond0\niface bond0 inet dhcp\n    bond-slaves eth7 enp1s0\n    bond-mode 1\n    bond-fail-over-mac active\n',
      },
    },
  ],
  check: (view) =>
    findStackedMasters(view, 'bond').flatMap((stacked) => {
      const { netdev, port: claimed, effect } = stacked;
      const { mode, failOverMac, ports, place } = netdev;
      const name = netdev.names[0] ?? 'the bond';
      const related = [{ place: effect.place, label: 'this makes the master its port' }];
      const help = 'mode active-backup with fail_over_mac=active; a failover NIC alone needs no bond';
      if (!/^(?:active-backup|1)$/.test(mode?.value ?? ''))
        return onHits(claimed, 'error', {
          message: `${name}: mode ${mode?.value ?? 'balance-rr, the default,'} sets the MAC of ${nameLinks(claimed.hits)}, which the kernel refuses, expected active-backup`,
          place: mode?.place ?? place,
          related,
          help,
        });
      // the kernel heeds fail_over_mac in this mode alone
      if (ports.length < 2 || /^(?:active|1)$/.test(failOverMac?.value ?? '')) return [];
      return onHits(claimed, 'warning', {
        message: `${name}: ${nameLinks(claimed.hits)} is refused unless it is the first port, expected fail_over_mac=active`,
        place: mode?.place ?? place,
        related,
        help,
      });
    }),
};
