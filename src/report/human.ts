/** Findings for people: a frame for each, labelled related places, and a line that says what to do. */
import type { Finding } from '../findings/finding.ts';
import { describePlace, positionAt } from '../text/source.ts';
import { createPaint, renderFrame, type Paint } from './frame.ts';
import { printable } from './table.ts';

export function renderHuman(findings: readonly Finding[], colour: boolean): string {
  const paint = createPaint(colour);
  const frames = findings.map((finding) => `${renderFinding(finding, paint)}\n`).join('');
  return frames + (findings.length === 0 ? '' : `${summarise(findings)}\n`);
}

export function renderFinding(finding: Finding, paint: Paint): string {
  const { severity, rule, name, message, place, related, help, fix } = finding;
  const mark = (text: string) => paint.bySeverity(severity, text);
  const lines = [
    `${mark(`${severity}[${rule}]`)} ${paint.strong(printable(message).replaceAll('\\\\', '\\'))} ${paint.faint(`(${name})`)}\n`,
    `${paint.faint('  -->')} ${printable(describePlace(place))}\n`,
    renderFrame(place, '', paint, mark),
  ];
  let path = place.source.path;
  let line = positionAt(place.source, place.span.start).line;
  for (const { place: other, label } of related) {
    const position = positionAt(other.source, other.span.start);
    if (other.source.path === path && position.line === line) continue;
    if (other.source.path !== path) lines.push(`${paint.faint('  ::>')} ${printable(describePlace(other))}\n`);
    path = other.source.path;
    line = position.line;
    lines.push(renderFrame(other, printable(label), paint, paint.faint));
  }
  if (help !== undefined) lines.push(`  ${paint.strong('help:')} ${printable(help).replaceAll('\\\\', '\\')}\n`);
  if (fix !== null) {
    const how = fix.safe ? '--fix' : '--unsafe-fixes';
    lines.push(`  ${paint.strong('fix:')} ${printable(fix.description)} (${how})\n`);
  }
  return lines.join('');
}

/** "2 errors, 1 warning". */
export function summarise(findings: readonly Finding[]): string {
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const plural = count === 1 || severity === 'info' ? '' : 's';
    return count === 0 ? [] : [`${count} ${severity}${plural}`];
  });
  return counts.join(', ');
}
