/** FO005 bad-value: A value that the daemon cannot use. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const badValue: Rule = {
  id: 'FO005',
  name: 'bad-value',
  severity: 'error',
  what: 'A value that the daemon cannot use.',
  why: 'The daemon ignores the setting, or the whole stanza.',
  source: "each daemon's parser",
  bad: [
    { files: { '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=perhaps\n' } },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: (view) => findProblems(view, ['bad-value']),
};
