/** GitLab's Code Quality report, as its documentation describes it: findings beside the lines of a merge request. */
import { encodeText } from '../system/bytes.ts';
import { positionAt } from '../text/source.ts';
import { sha256 } from '../text/sha256.ts';
import type { Finding } from '../findings/finding.ts';

const severities = { error: 'critical', warning: 'minor', info: 'info' } as const;

/**
 * A JSON array. The fingerprint tells a finding from the others, and is the same while its line moves: it is made of
 * rule, path and message, and of how many like it came before.
 */
export function renderGitlab(findings: readonly Finding[]): string {
  const seen = new Map<string, number>();
  const entries = findings.map(({ rule, name, severity, message, place, help }) => {
    const identity = [rule, place.source.path, message].join('\0');
    const before = seen.get(identity) ?? 0;
    seen.set(identity, before + 1);
    return {
      description: `${rule} ${name}: ${message}${help === undefined ? '' : `\n${help}`}`,
      check_name: rule,
      fingerprint: sha256(encodeText(`${identity}\0${before}`)),
      severity: severities[severity],
      location: { path: place.source.path, lines: { begin: positionAt(place.source, place.span.start).line } },
    };
  });
  return `${JSON.stringify(entries, null, 2)}\n`;
}
