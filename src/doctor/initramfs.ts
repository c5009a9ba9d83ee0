/** Does the initramfs configure links, before any guard is in place? */
import { findInitramfsNetwork } from '../install/initramfs.ts';
import { isFailure, type System } from '../system/system.ts';
import { check, type Check } from './check.ts';
import type { Topology } from '../topology/failover-group.ts';

const makers: readonly (readonly [path: string, name: string])[] = [
  ['/usr/sbin/update-initramfs', 'initramfs-tools'],
  ['/usr/bin/dracut', 'dracut'],
  ['/usr/bin/mkinitcpio', 'mkinitcpio'],
];

export function checkInitramfs(system: System, topology: Topology | null): Check {
  const maker = makers.find(([path]) => !isFailure(system.stat(path)))?.[1];
  const asked = findInitramfsNetwork(system);
  if (asked !== null) {
    const advice = "name the master's device there, as in ip=:::::enp1s0:dhcp, or leave the network to the system";
    return check('initramfs', 'todo', `${asked} has it configure whatever link it finds, slaves too`, advice);
  }
  // initramfs-tools leaves what it configured in /run/net-LINK.conf (configure_networking in its functions file)
  const run = system.list('/run');
  const links = isFailure(run) ? [] : run.flatMap((name) => /^net6?-(.+)\.conf$/.exec(name)?.[1] ?? []);
  const slaves = links.filter((name) =>
    topology?.links.some((link) => link.name === name && ['standby', 'primary', 'pending'].includes(link.role)),
  );
  if (slaves.length > 0) {
    const advice = "have it configure the master alone; 'failoverctl install --now' takes the addresses off again";
    return check('initramfs', 'todo', `it has configured ${slaves.join(', ')} at this boot`, advice);
  }
  if (maker === undefined) return check('initramfs', 'unknown', 'no program that makes one is known here');
  return check('initramfs', 'ok', `${maker}; it configures no link by itself`);
}
