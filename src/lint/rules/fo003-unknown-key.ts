/** FO003 unknown-key: A key that the daemon does not know. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const unknownKey: Rule = {
  id: 'FO003',
  name: 'unknown-key',
  severity: 'warning',
  what: 'A key that the daemon does not know.',
  why: 'The daemon ignores the line; a misspelt key has no effect. netplan rejects all its files, which is an error.',
  source: 'systemd.network(5), netplan(5), nm-settings-keyfile(5), interfaces(5)',
  bad: [{ files: { '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover\n\n[Network]\nDHPC=yes\n' } }],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: (view) => findProblems(view, ['unknown-key']),
};
