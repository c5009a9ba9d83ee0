/** A guest with one triple, as it will be once udev is done, for tests of managers. */
import type { Guest, HostFacts, LinkFacts } from '../../src/topology/guest.ts';

export const tripleMac = '52:54:00:00:12:53';

const common: LinkFacts = {
  role: 'none',
  group: null,
  name: '',
  kernelName: undefined,
  altnames: [],
  mac: tripleMac,
  permanentMac: tripleMac,
  driver: undefined,
  parentDriver: undefined,
  kind: null,
  type: 'ether',
  idPath: undefined,
  properties: new Map(),
  master: null,
};

export const master: LinkFacts = {
  ...common,
  role: 'master',
  group: 0,
  name: 'ens10',
  kernelName: 'eth0',
  driver: 'net_failover',
  parentDriver: 'virtio_net',
  idPath: 'pci-0000:00:0a.0',
};
export const standby: LinkFacts = {
  ...master,
  role: 'standby',
  name: 'ens10nsby',
  kernelName: 'eth1',
  driver: 'virtio_net',
  master: 'ens10',
};
export const primary: LinkFacts = {
  ...common,
  role: 'primary',
  group: 0,
  name: 'ens11',
  kernelName: 'eth2',
  driver: 'e1000e',
  parentDriver: 'e1000e',
  idPath: 'pci-0000:00:0b.0',
  master: 'ens10',
};

export function assumedGuest(
  systemdVersion: number | undefined,
  links: readonly LinkFacts[] = [master, standby, primary],
  host: Partial<HostFacts> = {},
): Guest {
  return {
    groups: [{ kind: 'net_failover', mac: tripleMac }],
    phases: [{ name: 'boot', title: 'at boot', links }],
    host: {
      hostname: 'guest',
      architecture: 'x86_64',
      virtualization: 'kvm',
      kernelVersion: '6.1.0-50-amd64',
      kernelCommandLine: 'quiet',
      systemdVersion,
      netplanVersion: undefined,
      networkManagerVersion: undefined,
      ifupdownVersion: undefined,
      ...host,
    },
  };
}
