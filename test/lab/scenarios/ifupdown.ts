import { defaultMac, type GuestFiles } from '../guest.ts';
import type { Scenario } from '../scenario.ts';
import { hostAddress, staticAddress } from '../segment.ts';
import { ifupdownEnabled } from './units.ts';

const loopback = 'auto lo\niface lo inet loopback\n';

/**
 * The helper of Debian's cloud images, re-created from what it does: a udev rule starts it for every link that is added; for
 * one that ifup knows nothing of it writes a stanza with DHCP and starts ifup@.
 */
export const cloudHelper: GuestFiles = {
  '/etc/udev/rules.d/75-cloud-ifupdown.rules':
    'SUBSYSTEM=="net", ACTION=="add", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n',
  '/etc/network/cloud-interfaces-template': 'auto $INTERFACE\nallow-hotplug $INTERFACE\n\niface $INTERFACE inet dhcp\n',
  '/etc/network/cloud-ifupdown-helper': {
    mode: 0o755,
    text: `#!/bin/sh
# Brings up a link that nobody configured, with DHCP.

set -eu

if ifup --no-act "$INTERFACE" >/dev/null 2>&1; then
    exit 0
fi

directory=/run/network/interfaces.d
mkdir -p "$directory"
sed "s/\\$INTERFACE/$INTERFACE/g" /etc/network/cloud-interfaces-template >"$directory/$INTERFACE"
systemctl --no-block start "ifup@$INTERFACE.service"
`,
  },
  '/etc/network/interfaces': `${loopback}\nsource-directory /run/network/interfaces.d\n`,
};

export const ifupdownScenarios: readonly Scenario[] = [
  {
    name: 'ifupdown-hotplug',
    stack: 'ifupdown',
    title: 'ifupdown, allow-hotplug /en*, iface … inet dhcp for each',
    manager: 'ifupdown',
    files: {
      ...ifupdownEnabled,
      '/etc/network/interfaces': [
        `${loopback}\nallow-hotplug /en*\n`,
        ...['enp1s0', 'enp1s0nsby', 'enp2s0'].map((name) => `iface ${name} inet dhcp\n`),
      ].join(''),
    },
    untouched: { addressed: ['master', 'standby', 'primary'], addresses: 'any', loss: 'any' },
  },
  {
    name: 'cloud-ifupdown-helper',
    replugs: 5,
    title: "the cloud-ifupdown-helper of Debian's cloud images, as shipped",
    manager: 'ifupdown',
    files: { ...ifupdownEnabled, ...cloudHelper },
    untouched: { addressed: ['master', 'standby', 'primary'], addresses: 'any', loss: 'all' },
  },
  {
    name: 'ifupdown-static-mac',
    longOnly: true,
    replugs: 5,
    title: 'ifupdown, auto mac/M=wan, iface wan inet static',
    manager: 'ifupdown',
    files: {
      ...ifupdownEnabled,
      '/etc/network/interfaces': `${loopback}\nauto mac/${defaultMac}=wan\niface wan inet static\n  address ${staticAddress}/24\n  gateway ${hostAddress}\n`,
    },
    untouched: 'race',
    masterAddress: staticAddress,
  },
];
