/** FO001 syntax-error: A file or line that its daemon cannot parse. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const syntaxError: Rule = {
  id: 'FO001',
  name: 'syntax-error',
  severity: 'error',
  what: 'A file or line that its daemon cannot parse.',
  why: 'The daemon rejects the file or the line, and configures links from the rest, or not at all.',
  source: "each daemon's parser",
  bad: [{ files: { '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n  pre-up\n' } }],
  good: [{ files: { '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n' } }],
  check: (view) => findProblems(view, ['syntax']),
};
