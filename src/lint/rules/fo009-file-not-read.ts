/** FO009 file-not-read: a file in or beside a daemon's directory that the daemon never reads. */
import { toOrigin } from '../../judgement/origin.ts';
import type { Rule } from '../rule.ts';

export const fileNotRead: Rule = {
  id: 'FO009',
  name: 'file-not-read',
  severity: 'warning',
  what: 'A file in /etc that its daemon does not read: wrong folder, wrong suffix, hidden by another file, or a drop-in without its main file.',
  why: 'It has no effect. A guard that is not read guards nothing.',
  source: "interfaces(5), source-directory; systemd.network(5), drop-ins; systemd's conf-files.c",
  bad: [
    {
      files: {
        '/etc/network/interfaces': 'source-directory /etc/network/interfaces.d\nauto lo\niface lo inet loopback\n',
        '/etc/network/interfaces.d/wan.cfg': 'auto enp1s0\niface enp1s0 inet dhcp\n',
      },
    },
    {
      complete: true,
      files: {
        '/etc/systemd/05-guard.network': '[Match]\nName=veth*\n\n[Link]\nUnmanaged=yes\n',
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
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
  check: ({ unread, problems, whole }) => {
    // a file that is dropped for a fault has its finding already
    const reported = new Set(problems.map(({ place }) => place.source.path));
    // beside a part of a system there may be what a file adds to
    const lost = unread.filter(({ ifAlone }) => whole || ifAlone !== true);
    return (
      lost
        // elsewhere a file is often hidden by another on purpose; a wrong name is a fault anywhere
        .filter(({ file: { path }, why }) => path.startsWith('/etc/') || why.includes('does not end in'))
        .filter(({ file: { source } }) => source.text !== '' && !reported.has(source.path))
        .map(({ manager, file, why }) => ({
          message: `'${file.path}': not read by ${manager}${why.startsWith('expected ') ? `, ${why}` : `: ${why}`}`,
          place: toOrigin({ source: file.source, span: { start: 0, end: 0 } }),
        }))
    );
  },
};
