/** FO302 slave-flag-test: A udev rule that tells slaves by ATTR{flags}. */
import { findRuleTraps } from '../../managers/udev/udev.ts';
import type { Rule } from '../rule.ts';

export const slaveFlagTest: Rule = {
  id: 'FO302',
  name: 'slave-flag-test',
  severity: 'error',
  what: 'A udev rule that tells slaves by ATTR{flags}.',
  why: 'netvsc sets IFF_SLAVE on its VF, net_failover on neither slave: the rule works on Azure and never with virtio.',
  source: 'measured: flags are 0x1002 and 0x1003; drivers/net/net_failover.c',
  bad: [
    {
      files: {
        '/etc/udev/rules.d/95-guard.rules':
          'SUBSYSTEM=="net", ACTION!="remove", ATTR{flags}=="0x1803", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/udev/rules.d/95-guard.rules':
          'SUBSYSTEM=="net", ACTION!="remove", ATTR{phys_port_name}=="sby", ENV{NM_UNMANAGED}="1"\n',
      },
    },
  ],
  check: ({ files, guest }) => {
    // where every group is Hyper-V's the test is right
    if (guest.groups.every(({ kind }) => kind === 'netvsc')) return [];
    return findRuleTraps(files.get('udev') ?? [], guest.host.systemdVersion)
      .filter(({ kind, place }) => kind === 'slave-flag' && place.source.path.startsWith('/etc/'))
      .map(({ place }) => ({
        place,
        message: 'this tests IFF_SLAVE, which net_failover does not set on its slaves',
        help: 'expected ATTR{phys_port_name}=="sby" for the standby and ATTR{master/device/features} for the primary',
      }));
  },
};
