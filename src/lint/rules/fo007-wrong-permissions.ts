/** FO007 wrong-permissions: A file whose mode or owner its daemon does not accept. */
import { findProblems } from '../problems.ts';
import type { Rule } from '../rule.ts';

export const wrongPermissions: Rule = {
  id: 'FO007',
  name: 'wrong-permissions',
  severity: 'warning',
  what: 'A file whose mode or owner its daemon does not accept.',
  why: 'NetworkManager ignores keyfiles that others can read, run-parts skips scripts that are not executable, netplan warns.',
  source: 'nm-settings-keyfile(5), run-parts(8), netplan since 0.106',
  bad: [
    {
      files: {
        '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
        '/etc/network/if-pre-up.d/guard': {
          text: '#!/bin/sh\n[ -e /sys/class/net/$IFACE/master ] && exit 1\nexit 0\n',
          mode: 0o644,
        },
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
        '/etc/network/if-pre-up.d/guard': {
          text: '#!/bin/sh\n[ -e /sys/class/net/$IFACE/master ] && exit 1\nexit 0\n',
          mode: 0o755,
        },
      },
    },
  ],
  check: (view) => findProblems(view, ['permissions']),
};
