/** FO111 guard-too-late: a file that would leave a slave alone, and sorts after one that takes it. */
import type { RuleFinding } from '../../findings/rule.ts';
import type { Rule } from '../rule.ts';
import { configuresLinks } from '../../managers/all.ts';
import { isHarmless, isSlave } from '../slave-claims.ts';

export const guardTooLate: Rule = {
  id: 'FO111',
  name: 'guard-too-late',
  severity: 'error',
  what: 'A guard that says a slave is to be left alone, where another file comes first and takes the slave.',
  why: 'networkd takes the first file that matches, in the order of file names; netplan writes 10-netplan-…, so a guard has to sort before that.',
  source: 'systemd.network(5); netplan writes /run/systemd/network/10-netplan-*.network',
  bad: [
    {
      files: {
        '/etc/systemd/network/10-silent.network':
          '[Match]\nType=ether\n\n[Network]\nLinkLocalAddressing=no\n\n[Link]\nRequiredForOnline=no\n',
        '/etc/systemd/network/90-guard.network':
          '[Match]\nPermanentMACAddress=52:54:00:00:12:53\nDriver=!net_failover hv_netvsc\n\n[Link]\nUnmanaged=yes\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/05-guard.network':
          '[Match]\nPermanentMACAddress=52:54:00:00:12:53\nDriver=!net_failover hv_netvsc\n\n[Link]\nUnmanaged=yes\n',
        '/etc/systemd/network/10-silent.network': '[Match]\nType=ether\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: ({ decisions }) => {
    const found = new Map<string, RuleFinding>();
    for (const { manager, link, phase, winners, losers } of decisions) {
      const [winner] = winners;
      if (!configuresLinks(manager) || !isSlave(link) || winner === undefined || isHarmless(winner)) continue;
      if (winner.verdict !== 'yes') continue;
      for (const { claim, why } of losers) {
        const { source, span } = claim.place;
        const key = `${source.path}\0${span.start}`;
        if (!isHarmless(claim) || claim.verdict !== 'yes' || found.has(key)) continue;
        found.set(key, {
          message: `${link.name} (${link.role}): this guard does not take effect, ${why}`,
          place: claim.place,
          related: [{ place: winner.place, label: 'this matches it first' }],
          link: link.name,
          phase: phase.name,
          help: 'give the guard a name that sorts first, such as 05-…',
        });
      }
    }
    return [...found.values()];
  },
};
