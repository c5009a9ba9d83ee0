/** FO402 cloud-helper-unpatched: Debian's cloud-ifupdown-helper, which runs DHCP on every link. */
import { patchHelper } from '../fixes.ts';
import type { Rule } from '../rule.ts';

export const cloudHelperUnpatched: Rule = {
  id: 'FO402',
  name: 'cloud-helper-unpatched',
  severity: 'error',
  what: 'The cloud-ifupdown-helper of Debian cloud images, without a check for a master.',
  why: 'A udev rule runs it for each new link, and it starts DHCP there: on all three links of a group, and on the VF again at each hot-plug.',
  source: 'measured on a re-created Debian 12 cloud image; Documentation/networking/net_failover.rst',
  bad: [
    {
      files: {
        '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
        '/etc/network/cloud-ifupdown-helper': { text: '#!/bin/sh\nifup "$INTERFACE"\n', mode: 0o755 },
        '/etc/network/cloud-interfaces-template':
          'auto $INTERFACE\nallow-hotplug $INTERFACE\niface $INTERFACE inet dhcp\n',
        '/etc/udev/rules.d/75-cloud-ifupdown.rules':
          'SUBSYSTEM=="net", ACTION=="add", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
        '/etc/network/cloud-ifupdown-helper': {
          text: '#!/bin/sh\n[ -d "/sys/class/net/$INTERFACE/master" ] && exit 0\nifup "$INTERFACE"\n',
          mode: 0o755,
        },
        '/etc/network/cloud-interfaces-template':
          'auto $INTERFACE\nallow-hotplug $INTERFACE\niface $INTERFACE inet dhcp\n',
        '/etc/udev/rules.d/75-cloud-ifupdown.rules':
          'SUBSYSTEM=="net", ACTION=="add", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n',
      },
    },
  ],
  check: (view) => {
    if (view.facts.get('ifupdown')?.['cloud-helper'] !== 'unpatched') return [];
    const helper = view.files.get('ifupdown')?.find(({ path }) => path === '/etc/network/cloud-ifupdown-helper');
    if (helper === undefined) return [];
    const edit = patchHelper(view);
    const end = helper.source.text.search(/\n|$/);
    return [
      {
        message: "'cloud-ifupdown-helper': starts DHCP on slaves, expected a check for a failover master",
        place: { source: helper.source, span: { start: 0, end } },
        help: 'insert the check before its first command',
        fix: edit === null ? null : { description: 'check for a failover master first', safe: true, edits: [edit] },
      },
    ];
  },
};
