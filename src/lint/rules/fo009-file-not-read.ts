/** FO009 file-not-read: a file in a daemon's directory that the daemon never reads. */
import type { Rule } from '../rule.ts';

export const fileNotRead: Rule = {
  id: 'FO009',
  name: 'file-not-read',
  severity: 'warning',
  what: 'A file in a directory of /etc that its daemon does not read, or whose drop-ins have nothing to add to.',
  why: 'Whoever wrote it thinks that it counts. A guard that is not read guards nothing.',
  source: "interfaces(5), source-directory; systemd.network(5), drop-ins; systemd's conf-files.c",
  bad: [
    {
      files: {
        '/etc/network/interfaces': 'source-directory /etc/network/interfaces.d\nauto lo\niface lo inet loopback\n',
        '/etc/network/interfaces.d/wan.cfg': 'auto enp1s0\niface enp1s0 inet dhcp\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/network/interfaces': 'source-directory /etc/network/interfaces.d\nauto lo\niface lo inet loopback\n',
        '/etc/network/interfaces.d/wan': 'auto enp1s0\niface enp1s0 inet dhcp\n',
      },
    },
  ],
  check: ({ unread, problems }) => {
    // a file that is dropped for a fault has its finding already
    const told = new Set(problems.map(({ place }) => place.source.path));
    return unread
      .filter(({ file: { path, source } }) => path.startsWith('/etc/') && source.text !== '' && !told.has(source.path))
      .map(({ manager, file, why }) => ({
        message: `${manager} does not read '${file.path}': ${why}`,
        place: { source: file.source, span: { start: 0, end: 0 } },
      }));
  },
};
