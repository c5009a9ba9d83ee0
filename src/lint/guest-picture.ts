/**
 * A guest as a grid: a row for each link of a failover group and for what stands on its master, a column for each phase. Who
 * claims a link is what `explain` answers, and what is wrong is what `lint` found: nothing is judged here.
 */
import { answersOf, slotOf, type Answer } from './answers.ts';
import type { Decision } from '../managers/claim.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import type { LintView } from './rule.ts';

export interface PictureColumn {
  /** "away". */
  readonly head: string;
  /** "while the VF is unplugged". */
  readonly title: string;
}

export interface PictureCell {
  /** Places in the picture's answers. Empty: nobody configures the link. */
  readonly answers: readonly number[];
  /** The worst of what was found there. */
  readonly wrong: Severity | null;
  /** Places in the picture's findings. */
  readonly findings: readonly number[];
}

export interface PictureRow {
  /** In the first phase that has it, and its other names, in which phases. */
  readonly names: readonly string[];
  /** master, standby, primary; "bridge" for what stands on a master. */
  readonly role: string;
  /** 0 for what stands on the master, 1 for the master, 2 for its slaves. */
  readonly depth: number;
  /** One a column; null: the link is not there in that phase. */
  readonly cells: readonly (PictureCell | null)[];
}

export interface GuestPicture {
  readonly columns: readonly PictureColumn[];
  readonly groups: readonly { readonly title: string; readonly rows: readonly PictureRow[] }[];
  /** Each once, whatever links and phases it is in. */
  readonly answers: readonly Answer[];
  readonly findings: readonly Finding[];
  /** Links of no group, which are not drawn. */
  readonly others: number;
}

const heads: Readonly<Record<string, string>> = {
  boot: 'boot',
  'vf-absent': 'away',
  'vf-back': 'back',
  'vf-unenslaved': 'early',
  'vf-first': 'first',
};

const order: readonly Severity[] = ['info', 'warning', 'error'];

export function drawGuest(view: LintView, findings: readonly Finding[]): GuestPicture {
  const { guest, decisions } = view;
  const answers: Answer[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (answer: Answer): number => {
    const { manager, does, place, reason } = answer;
    const key = [manager, does, place?.source.path, place?.span.start, place === null ? reason : ''].join('\0');
    const known = numbers.get(key) ?? answers.push(answer) - 1;
    numbers.set(key, known);
    return known;
  };
  const byCell = new Map<string, Decision[]>();
  for (const decision of decisions) {
    const key = `${decision.phase.name}\0${slotOf(decision.link)}`;
    byCell.set(key, [...(byCell.get(key) ?? []), decision]);
  }
  const concerned = findConcerned(view, findings);
  const rowOf = (slot: string, role: string, depth: number): PictureRow => {
    const names: string[] = [];
    const cells = guest.phases.map(({ name, links }): PictureCell | null => {
      const link = links.find((one) => slotOf(one) === slot);
      if (link === undefined) return null;
      if (!names.includes(link.name)) names.push(link.name);
      const found = (byCell.get(`${name}\0${slot}`) ?? []).flatMap(answersOf);
      const about = [...new Set(concerned.get(`${name}\0${link.name}`) ?? [])];
      return { answers: [...new Set(found.map(numberOf))], findings: about, wrong: worstOf(about, findings) };
    });
    return { names, role, depth, cells: spread(cells, findings) };
  };
  const groups = guest.groups.map(({ kind, mac }, index) => {
    const slot = (role: string) => `${role} of group ${index + 1}`;
    const rows = [
      ...standingOn(view, index),
      rowOf(slot('master'), 'master', 1),
      rowOf(slot('standby'), 'standby', 2),
      rowOf(slot('primary'), 'primary', 2),
    ].filter(({ names }) => names.length > 0);
    const [master = ''] = rows.find(({ role }) => role === 'master')?.names ?? [];
    return { title: [kind, master, mac ?? ''].filter((word) => word !== '').join(' '), rows };
  });
  const columns = guest.phases.map(({ name, title }) => ({ head: heads[name] ?? name, title }));
  const others = (guest.phases[0]?.links ?? []).filter(({ group, name }) => group === null && name !== 'lo').length;
  return { columns, groups, answers, findings, others };
}

/** Findings by phase and link; without a phase, in all. */
function findConcerned({ guest }: LintView, findings: readonly Finding[]): ReadonlyMap<string, readonly number[]> {
  const concerned = new Map<string, number[]>();
  for (const [at, { link, phase, concerns }] of findings.entries()) {
    const given = link === undefined ? [] : [{ link, phase }];
    for (const one of concerns ?? given)
      for (const { name } of guest.phases) {
        if (one.phase !== undefined && one.phase !== name) continue;
        const key = `${name}\0${one.link}`;
        concerned.set(key, [...(concerned.get(key) ?? []), at]);
      }
  }
  return concerned;
}

/** A finding that names one phase holds in those, too, in which the same happens to the link. */
function spread(cells: readonly (PictureCell | null)[], findings: readonly Finding[]): readonly (PictureCell | null)[] {
  return cells.map((cell) => {
    if (cell === null) return null;
    const same = cells.filter((other) => other !== null && other.answers.join() === cell.answers.join());
    const about = [...new Set(same.flatMap((other) => other?.findings ?? []))].filter(
      (at) => cell.findings.includes(at) || findings[at]?.concerns === undefined,
    );
    return { ...cell, findings: about, wrong: worstOf(about, findings) };
  });
}

function worstOf(about: readonly number[], findings: readonly Finding[]): Severity | null {
  const worst = Math.max(-1, ...about.map((at) => order.indexOf(findings[at]?.severity ?? 'info')));
  return order[worst] ?? null;
}

/** Bridges and bonds that the master is a port of, VLANs and the like that are made on it. */
function standingOn({ decisions, netdevs, guest }: LintView, group: number): readonly PictureRow[] {
  const kinds = new Map<string, string>();
  for (const { link, winners } of decisions)
    if (link.role === 'master' && link.group === group)
      for (const { effects } of winners)
        for (const { kind, detail } of effects) {
          if (detail === undefined || (kind !== 'enslave' && kind !== 'stack')) continue;
          const netdev = netdevs.find(({ names }) => names.includes(detail));
          kinds.set(netdev?.names[0] ?? detail, netdev?.kind ?? (kind === 'stack' ? 'on it' : 'upper'));
        }
  return [...kinds].map(([name, role]) => ({ names: [name], role, depth: 0, cells: guest.phases.map(() => null) }));
}
