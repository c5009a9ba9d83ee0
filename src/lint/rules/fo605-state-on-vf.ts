/** FO605 state-on-vf: something is set once on a VF, which loses it at the next re-plug. */
import type { RuleFinding } from '../../findings/rule.ts';
import { toOrigin } from '../../judgement/origin.ts';
import { findBoundLinks } from '../packet-filter.ts';
import type { LintView, Rule } from '../rule.ts';
import { effectOf, groupClaims, isSlave, nameLinks, nameMasters, onHits } from '../slave-claims.ts';

export const stateOnVf: Rule = {
  id: 'FO605',
  name: 'state-on-vf',
  severity: 'warning',
  what: 'A command of a stanza for another link that sets something on a VF (a qdisc, promiscuous mode, an offload, a sysctl), or a ruleset of nftables that is bound to one: a netdev chain, a flowtable, iif and oif.',
  why: 'The VF is another netdev after each unplug and live migration. What was set on it is gone, and nothing runs the command again: ifup ran it once, at boot. nft refuses a whole file that names a link which is not there: a guest that boots without its VF has no packet filter.',
  source:
    'measured on triples of kernel 6.1 and 6.12: tc, XDP, altnames, sysctls and netdev chains do not survive a re-plug',
  bad: [
    {
      files: {
        '/etc/network/interfaces':
          'auto enp1s0\niface enp1s0 inet dhcp\n    post-up tc qdisc replace dev enp2s0 root fq\n',
      },
    },
    {
      files: {
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n    up ip link set dev enp2s0 promisc on\n',
      },
    },
    {
      files: {
        '/etc/nftables.conf':
          'table netdev wan {\n  chain in {\n    type filter hook ingress device "enp2s0" priority 0;\n  }\n}\n',
      },
    },
    {
      files: { '/etc/nftables.conf': 'define wan = enp2s0\ntable inet x {\n  chain in {\n    iif $wan drop\n  }\n}\n' },
    },
  ],
  good: [
    {
      files: {
        '/etc/nftables.conf':
          'table netdev wan {\n  chain in {\n    type filter hook ingress device "enp1s0" priority 0;\n  }\n}\n',
      },
    },
    { files: { '/etc/nftables.conf': 'table inet x {\n  chain in {\n    iifname "enp2s0" drop\n  }\n}\n' } },
    {
      files: {
        '/etc/network/interfaces':
          'auto enp1s0\niface enp1s0 inet dhcp\n    post-up tc qdisc replace dev enp1s0 root fq\n',
      },
    },
  ],
  check: (view) => [...findCommands(view), ...findBound(view)],
};

function findCommands(view: LintView): readonly RuleFinding[] {
  return groupClaims(view.decisions.filter(({ link }) => isSlave(link) && link.role !== 'standby')).flatMap((group) => {
    const effect = effectOf(group.claim, ['state']);
    if (effect === undefined) return [];
    return onHits(group, 'warning', {
      message: `${nameLinks(group.hits)}: '${effect.detail ?? ''}' is lost when the VF is unplugged, expected it on the master ${nameMasters(view, group.hits)}, or in a udev rule`,
      place: effect.place,
      help: /\bpromisc\b/.test(effect.detail ?? '')
        ? "'failoverctl install --bridge' sets VF and standby promiscuous at each re-plug, as long as the master is"
        : 'a udev rule for ENV{ID_NET_FAILOVER}=="primary" runs at each re-plug',
    });
  });
}

/** Rulesets. What names the standby holds: it stays. */
function findBound(view: LintView): readonly RuleFinding[] {
  const { guest, filterFiles } = view;
  return filterFiles.flatMap(({ source }) =>
    findBoundLinks(source.text).flatMap(({ name, start, end }) => {
      const hits = guest.phases.flatMap((phase) =>
        phase.links
          .filter((link) => link.name === name && isSlave(link) && link.role !== 'standby')
          .map((link) => ({ link, phase })),
      );
      const [first] = hits;
      if (first === undefined) return [];
      return {
        message: `${nameLinks(hits)}: what a ruleset binds to a VF is lost when that is unplugged, and without it nft refuses the file, expected the master ${nameMasters(view, hits)}, or iifname and oifname`,
        place: toOrigin({ source, span: { start, end } }),
        link: name,
        phase: first.phase.name,
        concerns: hits.map(({ link, phase }) => ({ link: link.name, phase: phase.name })),
        help: 'the master stays: bind the ruleset to it',
      };
    }),
  );
}
