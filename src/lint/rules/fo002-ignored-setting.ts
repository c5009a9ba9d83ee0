/** FO002 ignored-setting: A setting or a file that the daemon ignores, silently or with a line in its log. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const ignoredSetting: Rule = {
  id: 'FO002',
  name: 'ignored-setting',
  severity: 'warning',
  what: 'A setting or a file that the daemon ignores, silently or with a line in its log.',
  why: 'It has no effect, and nothing else reports it.',
  source: "each daemon's parser",
  bad: [{ files: { '/etc/systemd/network/20-wan.network': '[Match]\n\n[Network]\nDHCP=yes\n' } }],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: (view) => findProblems(view, ['ignored']),
};
