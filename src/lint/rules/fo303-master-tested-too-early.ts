/** FO303 master-tested-too-early: A udev rule that tests a link's master or flags in a file that udev reads before it has called ethtool. */
import { findRuleTraps } from '../../managers/udev/traps.ts';
import { textAt } from '../../text/source.ts';
import type { Rule } from '../rule.ts';

export const masterTestedTooEarly: Rule = {
  id: 'FO303',
  name: 'master-tested-too-early',
  severity: 'warning',
  what: "A udev rule that tests a link's master or flags in a file that udev reads before it has called ethtool.",
  why: 'The kernel sends the add event before it enslaves the VF. In 9 of 60 hot-plugs the master was not set yet; after the first ethtool call it always was.',
  source: 'measured on kernels 6.1 and 6.12; register_netdevice() in net/core/dev.c',
  bad: [
    {
      files: {
        '/etc/udev/rules.d/20-guard.rules':
          'SUBSYSTEM=="net", ACTION!="remove", TEST=="master", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/udev/rules.d/95-guard.rules':
          'SUBSYSTEM=="net", ACTION!="remove", TEST=="master", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  check: ({ files, guest }) =>
    findRuleTraps(files.get('udev') ?? [], guest.host.systemdVersion)
      .filter(({ kind }) => kind === 'early-master-test')
      .map(({ place }) => ({
        place,
        message: `'${textAt(place)}': udev may run this before the kernel has enslaved the link, expected a later file`,
        help: 'rename the file so that its number is 81 or more',
      })),
};
