/** A line a finding, as compilers write: for editors and grep. */
import type { Finding } from '../findings/finding.ts';
import { positionAt } from '../text/source.ts';
import { printable } from './table.ts';

export function renderConcise(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, severity, message, place }) => {
      const { line, column } = positionAt(place.source, place.span.start);
      const text = printable(message).replaceAll('\\\\', '\\');
      return `${printable(place.source.path)}:${line}:${column}: ${rule} ${severity} ${text}\n`;
    })
    .join('');
}
