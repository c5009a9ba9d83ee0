/** FO008 unreadable: A file that the configuration names and that cannot be found or read. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const unreadable: Rule = {
  id: 'FO008',
  name: 'unreadable',
  severity: 'warning',
  what: 'A file that the configuration names and that cannot be found or read.',
  why: 'The daemon continues without it.',
  source: 'interfaces(5), source',
  bad: [{ files: { '/etc/network/interfaces': 'source /etc/network/$PROFILE\nauto lo\niface lo inet loopback\n' } }],
  good: [{ files: { '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n' } }],
  check: (view) => findProblems(view, ['unreadable']),
};
