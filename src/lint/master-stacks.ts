/** Bridges and bonds that a configuration makes masters of failover groups ports of. */
import type { JudgedNetdev } from '../judgement/judge.ts';
import type { Effect } from '../managers/claim.ts';
import { configuresLinks } from '../managers/all.ts';
import { followRulesPath } from '../managers/udev/render.ts';
import { groupClaims, type ClaimHits } from './slave-claims.ts';
import type { LintView } from './rule.ts';

export interface StackedMaster {
  readonly netdev: JudgedNetdev;
  /** The claim that makes the master its port, with the masters that it takes. */
  readonly port: ClaimHits;
  readonly effect: Effect;
}

/** Each netdev with each claim once. One that no file makes is not known, and not here. */
export function findStackedMasters(view: LintView, kind: JudgedNetdev['kind']): readonly StackedMaster[] {
  if (view.netdevs.length === 0) return [];
  const claims = groupClaims(
    view.decisions.filter(
      ({ manager, link }) =>
        configuresLinks(manager) &&
        link.role === 'master' &&
        view.guest.groups[link.group ?? 0]?.kind === 'net_failover',
    ),
  );
  return claims.flatMap((port) =>
    port.claim.effects.flatMap((effect) => {
      const netdev =
        effect.kind === 'enslave'
          ? view.netdevs.find(
              ({ manager, names, kind: its }) =>
                its === kind && manager === port.claim.manager && names.includes(effect.detail ?? ''),
            )
          : undefined;
      return netdev === undefined ? [] : [{ netdev, port, effect }];
    }),
  );
}

/** Our hook sets the slaves promiscuous as long as the master is: they take frames for any MAC. */
export function followsBridges({ files }: LintView): boolean {
  const name = followRulesPath.slice(followRulesPath.lastIndexOf('/'));
  return (files.get('udev') ?? []).some(({ path }) => path.endsWith(name));
}
