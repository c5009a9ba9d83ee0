/** What is found in one release and not in another. */
import type { Finding } from '../findings/finding.ts';

/** The findings that only one of both has, each with the name of its release before the message. */
export function changedFindings(
  before: { readonly name: string; readonly findings: readonly Finding[] },
  after: { readonly name: string; readonly findings: readonly Finding[] },
): readonly Finding[] {
  const only = (these: readonly Finding[], other: readonly Finding[], name: string) => {
    const others = new Set(other.map(identityOf));
    return these
      .filter((finding) => !others.has(identityOf(finding)))
      .map((finding): Finding =>
        Object.assign({}, finding, { message: `only on ${name}: ${finding.message}`, fix: null }),
      );
  };
  return [...only(before.findings, after.findings, before.name), ...only(after.findings, before.findings, after.name)];
}

/** The same rule at the same place about the same link: its words may name a version. */
function identityOf({ rule, place, link = '', phase = '' }: Finding): string {
  return [rule, place.source.path, place.span.start, place.span.end, link, phase].join('\0');
}
