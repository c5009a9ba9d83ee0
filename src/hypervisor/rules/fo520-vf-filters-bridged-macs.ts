/** FO520 vf-filters-bridged-macs: a bridge on the master in the guest, and a VF whose card drops all MACs but its own. */
import { teamedPairs, normalMac } from '../domain.ts';
import {
  exampleDomain,
  goodPair,
  noHost,
  placeIn,
  type DomainFinding,
  type DomainRule,
  type HostView,
} from './rule.ts';

const bridged: HostView = {
  ...noHost,
  guest: {
    otherMacs: [{ mac: '52:54:00:00:12:53', master: 'enp1s0', link: 'br0', isBridge: true }],
    mtus: [],
  },
  virtualFunction: (address) => ({ address, number: 3, pf: { address: '0000:42:00.0', netdev: 'ens1f0' } }),
};

export const vfFiltersBridgedMacs: DomainRule = {
  id: 'FO520',
  name: 'vf-filters-bridged-macs',
  severity: 'warning',
  what: "The guest (--guest SNAPSHOT) has a bridge on the pair's master, or on a VLAN of it, with other MACs on it or behind it, or a macvlan with a MAC of its own, and the PF does not say 'spoofchk off' and 'trust on' for the VF (with --host; without it, it cannot be told).",
  why: 'The card drops frames that the VF sends with another source MAC (spoof checking), and refuses promiscuous mode to a VF that is not trusted, so that nothing reaches the containers or guests behind the bridge. On the virtio NIC all of it works: the fault shows when the VF is there. For a bridge the guest must set the VF promiscuous too, after each re-plug: net_failover does not pass it on (failoverctl install --bridge in the guest). The macvlan of a master it does.',
  source: "ip-link(8), 'vf NUM spoofchk, trust'; drivers/net/net_failover.c; the card's filter itself was not tested",
  bad: [exampleDomain(goodPair)],
  good: [exampleDomain(goodPair.replaceAll('12:53', '12:54'))],
  exampleHost: bridged,
  check: (domain, host) =>
    teamedPairs(domain).flatMap(({ persistent, transient }): readonly DomainFinding[] => {
      const mac = normalMac(persistent.mac);
      const inside = host.guest?.otherMacs.find((one) => one.mac === mac);
      if (inside === undefined) return [];
      const vf = transient.hostAddress === undefined ? null : host.virtualFunction(transient.hostAddress);
      const known = vf === null || typeof vf === 'string' ? null : vf;
      const settings = known === null ? null : host.vfSettings(known);
      const missing = [
        ...(settings?.spoofChecked === false ? [] : ['spoofchk off']),
        ...(settings?.trusted === true ? [] : ['trust on']),
      ];
      if (missing.length === 0) return [];
      const name = `dev ${known?.pf.netdev ?? 'PF'} vf ${known?.number ?? 'N'}`;
      return [
        {
          message: `the guest's ${inside.isBridge ? 'bridge ' : ''}'${inside.link}' is on '${inside.master}'${inside.isBridge ? '' : ', with a MAC of its own'}: expected '${missing.join("' and '")}' for this VF on its PF`,
          place: placeIn(domain, transient.element),
          help: missing.map((setting) => `ip link set ${name} ${setting}`).join('; '),
        },
      ];
    }),
};
