/** What keeps dhcpcd off the slaves: a drop-in by which it reads a configuration that has a block for each. */
import { isUncertainProperty, type LinkFacts, type Phase } from '../../topology/guest.ts';
import type { ConfigFile, Verdict } from '../claim.ts';
import type { Place } from '../../text/source.ts';

/** What our udev rules tell the roles by. */
export const guardedProperty = 'ID_NET_FAILOVER';

/** The masters' own options, which are added to /etc/dhcpcd.conf. */
export const mastersPath = '/etc/dhcpcd-failover.conf';

/** What hooks/dhcpcd/dhcpcd-slaves writes. */
export const composedPath = '/run/net-failover/dhcpcd.conf';

/** The line that has dhcpcd read it in place of /etc/dhcpcd.conf. */
export function findGuard(files: readonly ConfigFile[]): Place | null {
  for (const { path, source } of files) {
    const match = path.includes('/dhcpcd') ? /^Bind(?:ReadOnly)?Paths=.*$/m.exec(source.text) : null;
    if (match?.[0].includes(`${composedPath}:/etc/dhcpcd.conf`) === true)
      return { source, span: { start: match.index, end: match.index + match[0].length } };
  }
  return null;
}

/**
 * Do the rules call it a slave? Which of them will match a VF that is not enslaved yet turns on what is in /run by then; its
 * master makes that when it comes (hooks/udev), so beside its master it does.
 */
export function isToldByUdev(link: LinkFacts, phase: Phase): Verdict {
  const role = link.properties?.get(guardedProperty);
  if (role !== undefined && /^[sp]/.test(role)) return 'yes';
  if (!isUncertainProperty(link, guardedProperty)) return 'no';
  const isSlave = link.role === 'standby' || link.role === 'primary' || link.role === 'pending';
  const hasMaster = phase.links.some((other) => other.role === 'master' && other.group === link.group);
  return link.properties !== undefined && isSlave && hasMaster ? 'yes' : 'maybe';
}
