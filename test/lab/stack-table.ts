/** The table of stacks: a row for what configures the network in a guest, a column for each way in which it was set up. */
import { stacks } from './cloud-init/stacks.ts';
import { releases } from './releases.ts';
import type { StepResult } from './steps.ts';

export interface StackRow {
  readonly release: string;
  readonly stack?: string;
  readonly way: string;
  readonly result: { readonly ok: boolean; readonly steps: readonly StepResult[] };
}

const columns = ['untouched', 'install --root', 'cloud-config', 'install --now'];

/** Lines of Markdown; none if no row belongs to a stack. What was not run says so. A later row goes before an earlier one. */
export function stackTable(rows: readonly StackRow[]): readonly string[] {
  const placed = rows.filter((row) => row.stack !== undefined).toReversed();
  const places = Object.entries(stacks)
    .flatMap(([stack, { title }]) => releases.map(({ codename }) => ({ stack, title, release: codename })))
    .map(({ stack, title, release }) => ({
      head: `${title} | ${release}`,
      own: placed.filter((row) => row.stack === stack && row.release === release),
    }))
    .filter(({ own }) => own.length > 0);
  if (places.length === 0) return [];
  const lines = places.map(
    ({ head, own }) => `| ${head} | ${columns.map((column) => cellOf(own, column)).join(' | ')} |`,
  );
  return [
    '',
    `| stack | release | ${columns.join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...lines,
  ];
}

function cellOf(rows: readonly StackRow[], column: string): string {
  if (column === 'untouched') {
    const steps = rows.flatMap(({ result }) => result.steps.filter(({ step }) => step === 'untouched'));
    return steps[0] === undefined ? 'not measured' : inFewWords(steps[0].seen);
  }
  const row = rows.find(({ way }) => way === column);
  if (row === undefined) return 'not measured';
  return row.result.ok ? 'right' : `**wrong**: ${row.result.steps.find(({ ok }) => !ok)?.step ?? '?'}`;
}

/** "right", or how it is broken: addresses, default routes, the worst loss of what was pinged, the master's IPv6. */
export function inFewWords(seen: string): string {
  if (/^right: (?!.*broken: )|\bone lease\b/.test(seen)) return 'right';
  const routes = /(\d+) default routes/.exec(seen)?.[1];
  const losses = [...seen.matchAll(/(\d+) % loss/g)].map(([, percent]) => Number(percent));
  const [holders = ''] = seen.split(';');
  const addressed = [...holders.matchAll(/\b(master|standby|primary) \S+ (\d+(?:\.\d+){3})/g)];
  const leases = new Set(addressed.map(([, , address]) => address)).size;
  const [only] = addressed.length === 1 ? addressed : [];
  return [
    `${count(leases, 'lease')} on ${only === undefined ? count(addressed.length, 'link') : `the ${only[1]}`}`,
    ...(routes === undefined ? [] : [count(Number(routes), 'default route')]),
    ...(losses.length === 0 ? [] : [`${Math.max(...losses)} % lost`]),
    ...(/fe80 dadfailed/.test(seen) ? ["the master's fe80 fails DAD"] : []),
  ].join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
