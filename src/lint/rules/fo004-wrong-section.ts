/** FO004 wrong-section: A key in a section that does not have it. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const wrongSection: Rule = {
  id: 'FO004',
  name: 'wrong-section',
  severity: 'warning',
  what: 'A key in a section that does not have it.',
  why: 'The daemon ignores the line.',
  source: 'systemd.network(5)',
  bad: [{ files: { '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover\n\n[Link]\nDHCP=yes\n' } }],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: (view) => findProblems(view, ['wrong-section']),
};
