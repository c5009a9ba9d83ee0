/**
 * Is a tree a whole system, or a part of one: a configuration repository, an overlay for an image, an unpacked /etc? Only in
 * a whole system is a missing program a manager that is not there.
 */
import { isFailure, type System } from '../system/system.ts';
import { readUnitState } from './unit.ts';

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

export function isWholeSystem(system: System): boolean {
  return [...programs, '/usr/lib/systemd/system', '/lib/systemd/system'].some((path) => !isFailure(system.stat(path)));
}

const units = {
  netplan: null,
  ifupdown: null,
  networkd: 'systemd-networkd.service',
  networkmanager: 'NetworkManager.service',
} as const;

/** A tree without programs says of a manager only that it shall not run. */
export function isMaskedIn(system: System, manager: keyof typeof units): boolean {
  const unit = units[manager];
  return unit !== null && readUnitState(system, unit).masked;
}
