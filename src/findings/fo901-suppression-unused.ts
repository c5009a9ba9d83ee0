/** FO901 suppression-unused: a comment that takes nothing back. The check is where findings are suppressed. */
import type { RuleDocs } from './rule.ts';

export const suppressionUnused: RuleDocs = {
  id: 'FO901',
  name: 'suppression-unused',
  severity: 'warning',
  what: "A comment 'failoverctl: ignore RULE reason' where the rule finds nothing, or that names no rule.",
  why: 'It says that something is wrong here and known, which is no longer so, and it would hide the next mistake.',
  source: 'failoverctl lint --help',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '# failoverctl: ignore FO101 the lab wants it so\n[Match]\nDriver=net_failover\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '# failoverctl: ignore FO107 the lab wants it so\n[Match]\nName=en* eth*\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
};
