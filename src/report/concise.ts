/** A line a finding, as compilers write: for editors and grep. */
import type { Finding } from '../findings/finding.ts';
import { describePlace } from '../text/source.ts';
import { printable } from './table.ts';

export function renderConcise(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, severity, message, place }) => {
      const text = printable(message).replaceAll('\\\\', '\\');
      return `${printable(describePlace(place))}: ${rule} ${severity} ${text}\n`;
    })
    .join('');
}
