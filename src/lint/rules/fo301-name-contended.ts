/** FO301 name-contended: one name for all links of a group. */
import type { Claim, Effect } from '../../managers/claim.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import { parseFormat } from '../../managers/udev/format.ts';
import { driverOf, fixContendedName } from '../fixes.ts';
import type { RuleFinding } from '../../findings/rule.ts';
import type { LintView, Rule } from '../rule.ts';
import { describeKey, tellingKeys } from '../slave-claims.ts';

export const nameContended: Rule = {
  id: 'FO301',
  name: 'name-contended',
  severity: 'error',
  what: "One name for several links of a group: netplan's set-name, Name= in a .link file or NAME= in a udev rule, matched by MAC.",
  why: 'Whichever link udev handles first gets the name, and the standby did in two of three boots. The others get EEXIST, udev drops their event, and the master stays eth0, down or pending.',
  source: 'measured on Debian 12 and 13; rename_netif() and process_event() of systemd-udevd',
  bad: [
    {
      files: {
        '/etc/systemd/network/10-wan.link': '[Match]\nMACAddress=52:54:00:00:12:53\n\n[Link]\nName=wan0\n',
      },
    },
    {
      files: {
        '/etc/udev/rules.d/70-persistent-net.rules':
          'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="52:54:00:00:12:53", NAME="wan0"\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/10-wan.link': '[Match]\nDriver=net_failover hv_netvsc\n\n[Link]\nName=wan0\n',
      },
    },
  ],
  check: (view) => {
    const found = new Map<string, RuleFinding>();
    for (const phase of view.guest.phases) {
      for (const contenders of contendersIn(view, phase.name)) {
        const [first] = contenders;
        if (first === undefined) continue;
        const { claim, effect } = first;
        const key = `${effect.place.source.path}\0${effect.place.span.start}`;
        if (found.has(key)) continue;
        const names = contenders.map(({ link }) => `${link.name} (${link.role})`).join(', ');
        const blamed = tellingKeys(claim)[0];
        found.set(key, {
          message: `'${effect.detail ?? ''}': given as a name to ${contenders.length} links (${names}), expected one`,
          place: effect.place,
          related:
            blamed === undefined ? [] : [{ place: blamed.place, label: `'${describeKey(blamed)}' matches them all` }],
          link: first.link.name,
          phase: phase.name,
          severity: contenders.every((one) => one.claim.verdict === 'yes') ? 'error' : 'warning',
          help: describeRemedy(driverOf(view, first.link)),
          fix: fixContendedName(view, claim, first.link),
        });
      }
    }
    return [...found.values()];
  },
};

function describeRemedy(driver: string): string {
  return `match the master's driver ${driver} too (in a udev rule ENV{ID_NET_DRIVER}=="${driver}"), or give no name`;
}

interface Contender {
  readonly link: LinkFacts;
  readonly claim: Claim;
  readonly effect: Effect;
}

/** Links of one group that are to have one name by one line. */
function contendersIn({ decisions }: LintView, phase: string): readonly (readonly Contender[])[] {
  const byLine = new Map<string, Contender[]>();
  for (const { phase: at, link, winners } of decisions) {
    if (at.name !== phase || link.group === null) continue;
    for (const claim of winners)
      for (const effect of claim.effects) {
        if (effect.kind !== 'rename' || effect.detail === undefined || isOwnName(effect.detail)) continue;
        const { source, span } = effect.place;
        const key = `${claim.manager}\0${source.path}\0${span.start}\0${effect.detail}\0${link.group}`;
        byLine.set(key, [...(byLine.get(key) ?? []), { link, claim, effect }]);
      }
  }
  return [...byLine.values()].filter((contenders) => contenders.length > 1);
}

/**
 * Is it a name of each link's own, where its text is the same for all? What `$…` stands for differs from link to link, as the
 * kernel's name and a program's result do (RHEL's 60-net.rules asks rename_device); the group's MAC alone does not.
 */
function isOwnName(name: string): boolean {
  const parts = parseFormat(name)?.parts ?? [];
  return parts.some((part) => part.kind === 'value' && !(part.letter === 's' && part.argument === 'address'));
}
