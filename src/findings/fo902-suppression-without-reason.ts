/** FO902 suppression-without-reason: a comment that would take a finding back, and does not say why. */
import type { RuleDocs } from './rule.ts';

export const suppressionWithoutReason: RuleDocs = {
  id: 'FO902',
  name: 'suppression-without-reason',
  severity: 'warning',
  what: "A comment 'failoverctl: ignore RULE' without a reason. It takes nothing back.",
  why: 'Whoever reads the file next has to know whether the reason still holds.',
  source: 'failoverctl lint --help',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '# failoverctl: ignore FO101\n[Match]\nDriver=net_failover\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '# failoverctl: ignore FO107 all three are wanted here\n[Match]\nName=en* eth*\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
};
