/** udev, as the rest of the program knows it: it is part of every guest, so it is not looked for. */
import { readSystemdVersion } from '../systemd/version.ts';
import { reloadUdev } from './reload.ts';
import type { ManagerDescription } from '../description.ts';

export const description: ManagerDescription = {
  name: 'udev',
  title: 'udev',
  role: 'names',
  order: { judging: 30, asking: 20 },
  formats: {
    udev: '/etc/udev/rules.d/99-stdin.rules',
    rules: '/etc/udev/rules.d/99-stdin.rules',
    link: '/etc/systemd/network/stdin.link',
  },
  load: async () => (await import('./udev.ts')).udev,
  packages: ['udev', 'eudev'],
  versionFact: 'systemdVersion',
  readVersion: readSystemdVersion,
  loadRendering: async () => (await import('./render.ts')).rendering,
  reload: reloadUdev,
};
