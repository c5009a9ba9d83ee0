/** FO006 trailing-comment: A comment after a value, in a format where comments need lines of their own. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const trailingComment: Rule = {
  id: 'FO006',
  name: 'trailing-comment',
  severity: 'error',
  what: 'A comment after a value, in a format where comments need lines of their own.',
  why: 'The comment becomes part of the value: a match for the master matches nothing.',
  source: 'systemd.syntax(7), interfaces(5)',
  bad: [{ files: { '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover # the master\n' } }],
  good: [
    { files: { '/etc/systemd/network/20-wan.network': '[Match]\n# the master\nDriver=net_failover hv_netvsc\n' } },
  ],
  check: (view) => findProblems(view, ['trailing-comment']),
};
