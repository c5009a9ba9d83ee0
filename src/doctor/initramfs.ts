/** Does the initramfs configure links, before any guard is in place? */
import { findInitramfsMaker, findInitramfsNetwork } from '../inventory/initramfs.ts';
import { isFailure, type System } from '../system/system.ts';
import { check, type Check } from './check.ts';
import type { Topology } from '../topology/failover-group.ts';

export function checkInitramfs(system: System, topology: Topology | null): Check {
  const maker = findInitramfsMaker(system);
  const hooked = maker?.hooks.some((path) => !isFailure(system.stat(path))) === true;
  const slaves = findConfigured(system).filter((name) =>
    topology?.links.some((link) => link.name === name && ['standby', 'primary', 'pending'].includes(link.role)),
  );
  if (slaves.length > 0) {
    const first =
      maker !== null && hooked ? `'${maker.rebuild}' puts our hooks in` : 'have it configure the master alone';
    const advice = `${first}; 'failoverctl install --now' takes the addresses off again`;
    return check('initramfs', 'todo', `it has configured ${slaves.join(', ')} at this boot`, advice);
  }
  const asked = findInitramfsNetwork(system);
  if (asked !== null && maker !== null && hooked) {
    const found = `${asked} has it configure links; ${maker.name} has our hooks for that`;
    return check('initramfs', 'note', found, `'${maker.rebuild}' if it has not been run since they were installed`);
  }
  if (asked !== null) {
    const hooks =
      maker === null
        ? ''
        : `'failoverctl install' has hooks for ${maker.name}, and then '${maker.rebuild}' puts them in; or `;
    const advice = `${hooks}name the master's device there, as in ip=:::::enp1s0:dhcp, or leave the network to the system`;
    return check('initramfs', 'todo', `${asked} has it configure whatever link it finds, slaves too`, advice);
  }
  if (maker !== null) return check('initramfs', 'ok', `${maker.name}; nothing asks it to configure links`);
  const other = isFailure(system.stat('/usr/bin/mkinitcpio')) ? null : 'mkinitcpio';
  const found = `${other ?? 'nothing that is known makes one here'}; nothing asks it to configure links`;
  return check('initramfs', 'ok', found);
}

/** initramfs-tools leaves what it configured in /run/net-LINK.conf (configure_networking in its functions file). */
function findConfigured(system: System): readonly string[] {
  const run = system.list('/run');
  return isFailure(run) ? [] : run.flatMap((name) => /^net6?-(.+)\.conf$/.exec(name)?.[1] ?? []);
}
