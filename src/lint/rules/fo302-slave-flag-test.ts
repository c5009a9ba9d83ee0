/** FO302 slave-flag-test: A udev rule that recognises slaves by ATTR{flags}. */
import { findRuleTraps } from '../../managers/udev/traps.ts';
import type { Rule } from '../rule.ts';

export const slaveFlagTest: Rule = {
  id: 'FO302',
  name: 'slave-flag-test',
  severity: 'error',
  what: 'A udev rule that recognises slaves by ATTR{flags}.',
  why: 'netvsc sets IFF_SLAVE on its VF, net_failover on neither slave: the rule works on Azure and never with virtio-net.',
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
      .filter(({ kind }) => kind === 'slave-flag')
      .map(({ place }) => ({
        place,
        message: `'ATTR{flags}': net_failover does not set IFF_SLAVE on its slaves, expected another test`,
        help: 'ATTR{phys_port_name}=="sby" is the standby, TEST=="master" in a file numbered 81 or more every slave',
      }));
  },
};
