/**
 * netplan as the linter knows it: it configures no link itself, but writes files for networkd, udev and NetworkManager at
 * every boot. Judged is whether it takes its YAML; what it would write goes to those who act on it.
 */
import { lowerFiles } from './lower.ts';
import { readFiles } from './read.ts';
import type { Manager } from '../claim.ts';
import { misfiled } from './misfiled.ts';

export const netplan: Manager = {
  name: 'netplan',
  misfiled,
  locations: ['/run/netplan', '/etc/netplan', '/usr/lib/netplan', '/lib/netplan'].map((path) => ({
    path,
    pattern: /^[^.].*\.yaml$/,
  })),
  recognise: (path, text) =>
    /\.ya?ml$/.test(path) && /^network[ \t]*:/m.test(text) && !text.startsWith('#cloud-config'),
  // src/generate.c empties these places
  emptiesBefore: /^\/run\/(?:systemd\/network\/10-netplan-|udev\/rules\.d\/\d\d-netplan|NetworkManager\/.*netplan)/,
  lower: (files, { host }) => lowerFiles(files, host.netplanVersion, host.hasOpenVSwitch),
  judge: (files, { host }) => {
    const { problems, unread, definitions } = readFiles(files, host.netplanVersion, host.hasOpenVSwitch);
    const renderers = [...new Set(definitions.map(({ renderer }) => renderer))].sort();
    return { decisions: [], problems, unread, facts: { renderer: renderers.join(' ') } };
  },
};
