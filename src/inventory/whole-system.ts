/**
 * Is a tree a whole system, or a part of one: a configuration repository, an overlay for an image, an unpacked /etc? Only in
 * a whole system is a missing program a manager that is not there.
 */
import type { Probe } from '../managers/probe.ts';

/** Programs that start others, and those of network managers: one of them makes a system. */
const programs = [
  '/sbin/init',
  '/usr/sbin/init',
  '/usr/lib/systemd/systemd',
  '/lib/systemd/systemd',
  '/usr/lib/systemd/systemd-networkd',
  '/lib/systemd/systemd-networkd',
  '/bin/busybox',
  '/usr/bin/busybox',
  ...['netplan', 'NetworkManager', 'ifup', 'wicked', 'dhcpcd', 'connmand'].flatMap((name) =>
    ['/usr/sbin', '/sbin', '/usr/bin', '/bin'].map((directory) => `${directory}/${name}`),
  ),
];

export function isWholeSystem(probe: Probe): boolean {
  return probe.first([...programs, '/usr/lib/systemd/system', '/lib/systemd/system']) !== null;
}
