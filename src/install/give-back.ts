/**
 * After an uninstallation, what a running manager still leaves alone for our sake. NetworkManager reads udev's NM_UNMANAGED and its
 * [device] sections when a link first comes, and not again: neither a udev event nor `nmcli general reload conf` moves it
 * (1.42.4, 1.52.1 and 1.58.1, asked). At its next start it would manage the slaves, as before the installation.
 */
import type { ManagerUses } from '../inventory/managers-in-use.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { isRunning } from '../inventory/unit.ts';
import { judgeConfiguration } from '../judgement/judge.ts';
import { managers as described, type LoadedManagers } from '../managers/all.ts';
import type { Decision } from '../managers/claim.ts';
import type { Step } from '../managers/step.ts';
import { isFailure, type System } from '../system/system.ts';
import type { Phase } from '../topology/guest.ts';
import { buildGuest, readGuestLinks, type GuestLinks } from '../topology/guest-live.ts';
import { readFilesWithout } from './existing-claim.ts';

/** `ours`: paths that are read as if they were not there, and with them what they have udev say of links. */
export function findGivenBack(
  system: System,
  { uses }: ManagerUses,
  loaded: LoadedManagers,
  ours: (path: string) => boolean,
): readonly Step[] {
  const seen = readGuestLinks(system);
  if (seen === null || isFailure(seen)) return [];
  return described.flatMap(({ name, title, detection, giveBack, askLinks }) => {
    const isActing = uses.some(({ manager, inUse }) => manager === name && inUse);
    if (giveBack === undefined || askLinks === undefined || !isActing) return [];
    if (detection?.unit !== undefined && !isRunning(system, detection.unit)) return [];
    const ask = askLinks({
      system,
      isRunning: (unit) => isRunning(system, unit),
      hasProcess: () => false,
    });
    const guest = buildGuest(withoutOurMarks(seen), readHostFacts(system, true));
    const { decisions } = judgeConfiguration(readFilesWithout(system, loaded, [name], ours), guest);
    const [now] = guest.phases;
    return decisions
      .filter(({ manager, phase, link }) => manager === name && phase.name === now?.name && isSlave(link.role))
      .filter(({ winners }) => winners.every(({ effects }) => effects.every(({ kind }) => kind !== 'unmanaged')))
      .flatMap((decision) => presentName(decision, now) ?? [])
      .filter((link) => ask(link)?.state === 'unmanaged')
      .map((link) => ({ why: `${title} leaves ${link} alone no more, as before`, run: giveBack(link), link }));
  });
}

/** A decision names the link as the next boot will, by .link files, udev and cloud-init. Links keep their order in a phase. */
function presentName({ phase, link }: Decision, now: Phase | undefined): string | undefined {
  return now?.links[phase.links.findIndex(({ name }) => name === link.name)]?.name;
}

function isSlave(role: GuestLinks['links'][number]['role']): boolean {
  return role === 'standby' || role === 'primary' || role === 'pending';
}

/** What our rules say of a slave, which udev says no more once they are gone. */
function withoutOurMarks({ groups, links }: GuestLinks): GuestLinks {
  const marks = new Set(['ID_NET_FAILOVER', 'NM_UNMANAGED', 'ID_NET_MANAGED_BY']);
  return {
    groups,
    links: links.map((link) => {
      if (link.properties?.has('ID_NET_FAILOVER') !== true) return link;
      const properties = new Map([...link.properties].filter(([key]) => !marks.has(key)));
      return Object.assign({}, link, { properties });
    }),
  };
}
