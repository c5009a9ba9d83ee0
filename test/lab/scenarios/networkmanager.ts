import { defaultMac, type GuestFiles } from '../guest.ts';
import type { Scenario } from '../scenario.ts';
import { hostAddress, staticAddress } from '../segment.ts';
import { networkManagerEnabled } from './units.ts';

const profile = (name: string, ...lines: readonly string[]): GuestFiles => ({
  [`/etc/NetworkManager/system-connections/${name}.nmconnection`]: {
    text: `[connection]\nid=${name}\ntype=ethernet\n${lines.join('\n')}\n`,
    mode: 0o600,
  },
});

export const networkManagerScenarios: readonly Scenario[] = [
  {
    name: 'nm-default',
    stack: 'networkmanager',
    replugs: 5,
    title: 'NetworkManager without a profile: a "Wired connection N" for each link',
    manager: 'networkmanager',
    files: networkManagerEnabled,
    untouched: { addressed: ['master'], addresses: 'any', loss: 'any' },
  },
  {
    name: 'nm-mac',
    longOnly: true,
    title: 'NetworkManager, a keyfile with mac-address, and multi-connect as image builders set it',
    manager: 'networkmanager',
    files: {
      ...networkManagerEnabled,
      ...profile('lan', 'multi-connect=3', '', '[ethernet]', `mac-address=${defaultMac}`, '', '[ipv4]', 'method=auto'),
    },
    untouched: { addressed: ['master'], addresses: 'any', loss: 'any' },
  },
  {
    name: 'nm-no-auto-default',
    longOnly: true,
    title: 'NetworkManager, no-auto-default=*, and a keyfile for the master by its name',
    manager: 'networkmanager',
    files: {
      ...networkManagerEnabled,
      '/etc/NetworkManager/conf.d/no-auto-default.conf': '[main]\nno-auto-default=*\n',
      ...profile('lan', 'interface-name=enp1s0', '', '[ipv4]', 'method=auto', '', '[ipv6]', 'method=auto'),
    },
    untouched: 'right',
  },
  {
    name: 'netplan-nm',
    stack: 'netplan-networkmanager',
    longOnly: true,
    title: "netplan, renderer NetworkManager, match: {name: 'en*'}, dhcp4: true",
    manager: 'networkmanager',
    files: {
      ...networkManagerEnabled,
      '/etc/netplan/50-nm.yaml': {
        text: "network:\n  version: 2\n  renderer: NetworkManager\n  ethernets:\n    nic:\n      match:\n        name: 'en*'\n      dhcp4: true\n",
        mode: 0o600,
      },
    },
    // One profile for one link at a time: whichever NetworkManager comes to first.
    untouched: 'race',
  },
  {
    name: 'nm-static-mac',
    longOnly: true,
    replugs: 5,
    title: 'NetworkManager, a keyfile with mac-address and an address',
    manager: 'networkmanager',
    files: {
      ...networkManagerEnabled,
      ...profile(
        'wan',
        '',
        '[ethernet]',
        `mac-address=${defaultMac}`,
        '',
        '[ipv4]',
        'method=manual',
        `address1=${staticAddress}/24,${hostAddress}`,
      ),
    },
    // One profile for one link at a time; the others get "Wired connection N".
    untouched: 'race',
    masterAddress: staticAddress,
  },
];
