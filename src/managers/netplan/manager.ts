/**
 * netplan as the linter knows it: it configures no link itself, but writes files for networkd, udev and NetworkManager at
 * every boot. Judged is whether it takes its YAML; what it would write goes to those who act on it.
 */
import { lowerToNetworkManager } from './lower-network-manager.ts';
import { lowerToNetworkd } from './lower-networkd.ts';
import { readFiles } from './read.ts';
import type { ConfigFile, Manager } from '../claim.ts';
import type { Guest } from '../../topology/guest.ts';

export const netplan: Manager = {
  name: 'netplan',
  locations: ['/run/netplan', '/etc/netplan', '/usr/lib/netplan', '/lib/netplan'].map((path) => ({
    path,
    pattern: /^[^.].*\.yaml$/,
  })),
  recognise: (path, text) =>
    /\.ya?ml$/.test(path) && /^network[ \t]*:/m.test(text) && !text.startsWith('#cloud-config'),
  // src/generate.c empties these places
  emptiesBefore: /^\/run\/(?:systemd\/network\/10-netplan-|udev\/rules\.d\/\d\d-netplan|NetworkManager\/.*netplan)/,
  lower: (files, guest) => lowerFiles(files, guest.host.netplanVersion),
  judge: (files, guest: Guest) => {
    const { problems, unread, definitions } = readFiles(files, guest.host.netplanVersion);
    const renderers = [...new Set(definitions.map(({ renderer }) => renderer))].sort();
    return { decisions: [], problems, unread, facts: { renderer: renderers.join(' ') } };
  },
};

/** The files that netplan would write: none if it rejects the configuration. */
export function lowerFiles(files: readonly ConfigFile[], version: string | undefined): readonly ConfigFile[] {
  const { definitions, rejected } = readFiles(files, version);
  return rejected ? [] : [...lowerToNetworkd(definitions, version), ...lowerToNetworkManager(definitions, version)];
}
