/** Where people put files that udev does not read: udev(7), systemd.link(5). */
import type { MisfiledPlace } from '../claim.ts';

const rules = '/etc/udev/rules.d/NAME.rules';

export const misfiled: readonly MisfiledPlace[] = [
  ...['/etc/systemd', '/etc/systemd/link', '/etc/systemd/links', '/etc/udev', '/etc/udev/rules.d'].map((folder) => ({
    found: `${folder}/*.link`,
    expected: '/etc/systemd/network/NAME.link',
  })),
  { found: '/etc/udev/rules.d/*', reads: /\.(?:rules|link|network|netdev)$/, expected: rules },
  ...['/etc/udev', '/etc/udev/rules', '/etc/udev.d', '/etc/systemd/network', '/etc/systemd'].map((folder) => ({
    found: `${folder}/*.rules`,
    expected: rules,
  })),
];
