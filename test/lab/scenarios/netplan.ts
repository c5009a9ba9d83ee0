import { defaultMac, type GuestFiles } from '../guest.ts';
import type { Scenario } from '../scenario.ts';
import { hostAddress, staticAddress } from '../segment.ts';

/** netplan's own generator starts networkd: nothing has to be enabled. */
function netplan(name: string, ethernet: string): GuestFiles {
  const text = `network:\n  version: 2\n  renderer: networkd\n  ethernets:\n    nic:\n${ethernet.replace(/^/gm, '      ')}\n`;
  return { [`/etc/netplan/${name}`]: { text, mode: 0o600 } };
}

const ownAddress = `addresses: [${staticAddress}/24]\nroutes: [{to: 0.0.0.0/0, via: ${hostAddress}}]`;

export const netplanScenarios: readonly Scenario[] = [
  {
    name: 'netplan-catch-all',
    stack: 'netplan-networkd',
    fixedInShortRun: true,
    title: "netplan, match: {name: 'en*'}, dhcp4: true, as Debian's cloud images ship it",
    manager: 'networkd',
    files: netplan('90-default.yaml', "match:\n  name: 'en*'\ndhcp4: true"),
    untouched: { addressed: ['master', 'standby', 'primary'], addresses: 'several', loss: 'all' },
  },
  {
    name: 'netplan-mac',
    longOnly: true,
    replugs: 5,
    title: 'netplan, match: {macaddress: M}, no set-name',
    manager: 'networkd',
    files: netplan('50-mac.yaml', `match:\n  macaddress: '${defaultMac}'\ndhcp4: true`),
    untouched: { addressed: ['master', 'standby', 'primary'], addresses: 'several', loss: 'all' },
  },
  {
    name: 'netplan-set-name',
    replugs: 5,
    title: 'netplan, match: {macaddress: M}, set-name: ens10',
    manager: 'networkd',
    files: netplan('50-set-name.yaml', `match:\n  macaddress: '${defaultMac}'\nset-name: ens10\ndhcp4: true`),
    untouched: 'race',
    masterName: 'ens10',
  },
  {
    name: 'netplan-driver',
    replugs: 5,
    title: 'netplan, match: {driver: net_failover}',
    manager: 'networkd',
    files: netplan('50-driver.yaml', 'match:\n  driver: net_failover\ndhcp4: true'),
    untouched: 'right',
  },
  {
    name: 'netplan-static-mac',
    longOnly: true,
    replugs: 5,
    title: 'netplan, match: {macaddress: M}, addresses',
    manager: 'networkd',
    files: netplan('50-wan.yaml', `match:\n  macaddress: '${defaultMac}'\n${ownAddress}`),
    untouched: 'race',
    masterAddress: staticAddress,
  },
  {
    name: 'netplan-static-set-name',
    longOnly: true,
    replugs: 5,
    title: 'netplan, match: {macaddress: M}, set-name: lan0, addresses',
    manager: 'networkd',
    files: netplan('50-wan.yaml', `match:\n  macaddress: '${defaultMac}'\nset-name: lan0\n${ownAddress}`),
    untouched: 'race',
    masterName: 'lan0',
    masterAddress: staticAddress,
  },
];
