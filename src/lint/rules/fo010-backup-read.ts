/** FO010 backup-read: a file that its daemon reads although its name is that of a backup. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const backupRead: Rule = {
  id: 'FO010',
  name: 'backup-read',
  severity: 'warning',
  what: 'A file that was put aside under a name that its daemon still reads: ifcfg-eth0.rpmsave, ifcfg-eth0.old.',
  why: "NetworkManager makes a profile of it beside the one that took its place. 'nmcli connection migrate' turns it into a keyfile, too.",
  source: 'utils_should_ignore_file() of ifcfg-rh, NetworkManager 1.42.4 and 1.52.1',
  bad: [
    {
      files: {
        '/etc/sysconfig/network-scripts/ifcfg-enp1s0': 'DEVICE=enp1s0\nBOOTPROTO=dhcp\n',
        '/etc/sysconfig/network-scripts/ifcfg-enp1s0.rpmsave': 'DEVICE=enp1s0\nONBOOT=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/sysconfig/network-scripts/ifcfg-enp1s0': 'DEVICE=enp1s0\nBOOTPROTO=dhcp\n',
        '/etc/sysconfig/network-scripts/ifcfg-enp1s0.bak': 'DEVICE=enp1s0\nONBOOT=no\n',
      },
    },
  ],
  check: (view) => findProblems(view, ['live-backup']),
};
