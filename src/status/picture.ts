/** The failover groups as they are now, in the shape that `map` draws: one column, and what is wrong at its link. */
import type { Picture, PrintedAnswer, PrintedRow } from '../report/map-words.ts';
import type { GroupStatus, LinkStatus, Status } from './model.ts';
import { describeRoute } from './render-tree.ts';

export function pictureOf({ groups, orphans, problems }: Status): Picture {
  const answers: PrintedAnswer[] = [];
  const source = { path: '', text: '', builtIn: 'as the guest is now' };
  const findings = problems.map(({ id, link, message }) => ({
    rule: id,
    name: link ?? '',
    severity: 'error' as const,
    message,
    place: { source, span: { start: 0, end: 0 } },
    related: [],
    fix: null,
  }));
  const rowOf = (link: LinkStatus, depth: number): PrintedRow => {
    const first = answers.length;
    answers.push(...answersOf(link));
    const about = problems.flatMap((problem, at) => (problem.link === link.name ? at : []));
    const cell = {
      answers: answers.slice(first).map((_, at) => first + at),
      wrong: about.length === 0 ? null : ('error' as const),
      findings: about,
    };
    return { names: [link.name], role: `${link.role}, ${stateOf(link)}`, depth, cells: [cell] };
  };
  const rowsOf = ({ links: [master, ...slaves] }: GroupStatus): readonly PrintedRow[] => [
    ...(master?.uppers ?? []).map((name) => ({ names: [name], role: 'on it', depth: 0, cells: [null] })),
    ...(master === undefined ? [] : [rowOf(master, 1)]),
    ...slaves.map((link) => rowOf(link, 2)),
  ];
  return {
    columns: [{ head: 'now', title: 'as the guest is now' }],
    groups: [
      ...groups.map((group) => ({
        title: `${group.kind} ${group.master} ${group.mac}, datapath ${group.datapath}`,
        rows: rowsOf(group),
      })),
      ...orphans.map((link) => ({ title: 'a standby without its master', rows: [rowOf(link, 2)] })),
    ],
    answers,
    findings,
    others: 0,
  };
}

function stateOf({ up, carrier }: LinkStatus): string {
  return up ? `up${carrier === true ? '' : ', no carrier'}` : 'down';
}

function answersOf({ name, addresses, routes, managers }: LinkStatus): readonly PrintedAnswer[] {
  const fact = (manager: string, does: string, reason: string) => ({ manager, does, kind: '', place: null, reason });
  return [
    ...managers.map(({ manager, state, by }) => fact(manager, state, by ?? name)),
    ...addresses.map(({ address }) => fact('kernel', 'has an address', address)),
    ...routes
      .filter(({ protocol }) => protocol !== 'kernel')
      .map((route) => fact('kernel', 'has a route', describeRoute(route))),
  ];
}
