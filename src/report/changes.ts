/** What changes about who claims what, for people and for programs. */
import { positionAt, type Place } from '../text/source.ts';
import type { Finding } from '../findings/finding.ts';
import type { Paint } from './frame.ts';
import { printable } from './table.ts';

/** As src/lint/answers.ts has it. */
interface PrintedAnswer {
  readonly manager: string;
  readonly does: string;
  readonly place: Place | null;
  readonly reason: string;
}

/** As src/lint/changed-claims.ts has it. */
export interface PrintedChanges {
  readonly against: string;
  readonly claims: readonly {
    readonly guest: string | null;
    readonly link: string;
    readonly role: string;
    readonly phases: readonly string[];
    readonly titles: readonly string[];
    readonly before: readonly PrintedAnswer[];
    readonly after: readonly PrintedAnswer[];
  }[];
  readonly gone: readonly Finding[];
}

/** `isWhole`: all was judged, so that what has not changed may be called the same. */
export function renderChanges({ against, claims, gone }: PrintedChanges, paint: Paint, isWhole: boolean): string {
  const lines: string[] = [];
  let heading = '';
  for (const { guest, link, role, titles, before, after } of claims) {
    const title = `${guest === null || guest === '' ? '' : `${printable(guest)}: `}${printable(link)} (${role})`;
    if (title !== heading) lines.push(`${heading === '' ? '' : '\n'}${paint.strong(title)}\n`);
    heading = title;
    lines.push(`  ${titles.join('; ')}:\n`);
    for (const line of printAnswers(before)) lines.push(`    ${paint.bySeverity('error', `- ${line}`)}\n`);
    for (const line of printAnswers(after)) lines.push(`    ${paint.bySeverity('info', `+ ${line}`)}\n`);
  }
  if (claims.length === 0 && isWhole) lines.push(`who claims what is the same as in ${printable(against)}\n`);
  if (lines.length > 0) lines.push('\n');
  for (const { rule, severity, place, message } of gone)
    lines.push(`gone: ${severity}[${rule}] ${printable(where(place))}: ${printable(message)}\n`);
  if (gone.length > 0) lines.push('\n');
  return lines.join('');
}

function printAnswers(answers: readonly PrintedAnswer[]): readonly string[] {
  if (answers.length === 0) return ['nobody configures it'];
  return answers.map(({ manager, does, place, reason }) =>
    printable(`${manager} ${does}: ${place === null ? '' : `${where(place)}, `}${reason}`),
  );
}

function where({ source, span }: Place): string {
  return source.builtIn ?? `${source.path}:${positionAt(source, span.start).line}`;
}

/** For `lint --format json`. */
export function describeChanges({ against, claims, gone }: PrintedChanges) {
  const answer = ({ manager, does, place, reason }: PrintedAnswer) => ({
    manager,
    does,
    file: place?.source.path ?? null,
    line: place === null ? null : positionAt(place.source, place.span.start).line,
    reason,
  });
  return {
    against,
    claims: claims.map(({ guest, link, role, phases, before, after }) => ({
      ...(guest === null ? {} : { guest }),
      link,
      role,
      phases,
      before: before.map(answer),
      after: after.map(answer),
    })),
    gone: gone.map(({ rule, severity, message, place }) => ({
      rule,
      severity,
      message,
      file: place.source.path,
      line: positionAt(place.source, place.span.start).line,
    })),
  };
}
