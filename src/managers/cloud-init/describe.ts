/** cloud-init, as the rest of the program knows it. src/inventory/cloud-init.ts tells whether it will write at the next boot. */
import { readCloudInitVersion } from './version.ts';
import { isProfileName, isStanzaName } from '../link-names.ts';
import type { ManagerDescription } from '../description.ts';

export const description: ManagerDescription = {
  name: 'cloud-init',
  title: 'cloud-init',
  role: 'writes',
  order: { judging: 10, asking: 30 },
  lowersTo: ['netplan', 'ifupdown', 'networkd', 'ifcfg', 'wicked', 'networkmanager', 'udev'],
  formats: {
    'cloud-init': '/var/lib/cloud/seed/nocloud/network-config',
    'network-config': '/var/lib/cloud/seed/nocloud/network-config',
    'user-data': '/var/lib/cloud/seed/nocloud/user-data',
  },
  load: async () => (await import('./manager.ts')).cloudInit,
  packages: ['cloud-init'],
  versionFact: 'cloudInitVersion',
  readVersion: readCloudInitVersion,
  loadRendering: async () => (await import('./render.ts')).rendering,
  // it may render for any of them
  canHold: (link) => isStanzaName(link) && isProfileName(link),
};
