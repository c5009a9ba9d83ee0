import { defaultMac } from '../guest.ts';
import type { Scenario } from '../scenario.ts';
import { hostAddress, staticAddress } from '../segment.ts';
import { networkdEnabled } from './units.ts';

const catchAll = { '/etc/systemd/network/50-dhcp.network': '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n' };

export const networkdScenarios: readonly Scenario[] = [
  {
    name: 'networkd-catch-all',
    stack: 'networkd',
    title: 'networkd, [Match] Name=en* eth*, DHCP=yes',
    manager: 'networkd',
    files: { ...networkdEnabled, ...catchAll },
    untouched: { addressed: ['master', 'primary'], addresses: 'several', loss: 'all' },
  },
  {
    name: 'networkd-guard-mac',
    longOnly: true,
    replugs: 5,
    title: 'networkd, catch-all behind a guard: PermanentMACAddress, Driver=!net_failover, Unmanaged=yes',
    manager: 'networkd',
    files: {
      ...networkdEnabled,
      ...catchAll,
      '/etc/systemd/network/05-slaves.network': `[Match]
PermanentMACAddress=${defaultMac}
Driver=!net_failover

[Link]
Unmanaged=yes
`,
    },
    untouched: 'right',
  },
  {
    name: 'networkd-guard-property',
    longOnly: true,
    replugs: 5,
    title: 'networkd, catch-all behind a guard on a udev property, Unmanaged=yes, and a Driver=net_failover file',
    manager: 'networkd',
    files: {
      ...networkdEnabled,
      ...catchAll,
      // After 80-net-setup-link.rules the link to the master is there; `move` comes after the rename.
      '/etc/udev/rules.d/85-lab-slave.rules':
        'SUBSYSTEM=="net", ACTION!="remove", TEST=="master", ATTR{master/device/features}=="?*", ENV{LAB_SLAVE}="1"\n',
      '/etc/systemd/network/05-slaves.network': '[Match]\nProperty=LAB_SLAVE=1\n\n[Link]\nUnmanaged=yes\n',
      '/etc/systemd/network/06-master.network': '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=yes\n',
    },
    untouched: 'right',
  },
  {
    name: 'networkd-static-mac',
    longOnly: true,
    replugs: 5,
    title: 'networkd, [Match] MACAddress=M, Address=',
    manager: 'networkd',
    files: {
      ...networkdEnabled,
      '/etc/systemd/network/20-wan.network': `[Match]\nMACAddress=${defaultMac}\n\n[Network]\nAddress=${staticAddress}/24\nGateway=${hostAddress}\n`,
    },
    untouched: 'race',
    masterAddress: staticAddress,
  },
];
