/** FO303 master-tested-too-early: A udev rule that looks at a link's master, in a file that is read before udev has asked ethtool. */
import { findRuleTraps } from '../../managers/udev/udev.ts';
import type { Rule } from '../rule.ts';

export const masterTestedTooEarly: Rule = {
  id: 'FO303',
  name: 'master-tested-too-early',
  severity: 'warning',
  what: "A udev rule that looks at a link's master, in a file that is read before udev has asked ethtool.",
  why: 'The kernel sends the add event before it enslaves the VF. In 9 of 60 hot-plugs the master was not there yet; after the first ethtool call it always was.',
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
      .filter(({ kind, place }) => kind === 'early-master-test' && place.source.path.startsWith('/etc/'))
      .map(({ place }) => ({
        place,
        message: 'this looks for the master before the kernel is sure to have enslaved the link',
        help: 'give the file a number of 81 or more',
      })),
};
