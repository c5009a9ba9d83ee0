/** Findings of one configuration judged more than once, as for two releases: what differs, or all of them. */
import { compareFindings } from '../findings/settle.ts';
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

/** The findings of all, each once: what not all of them have says first who has it. */
export function joinFindings(
  parts: readonly { readonly name: string; readonly findings: readonly Finding[] }[],
): readonly Finding[] {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first?.findings ?? [];
  const joined = new Map<string, { readonly finding: Finding; readonly names: Set<string> }>();
  for (const { name, findings } of parts)
    for (const finding of findings) {
      const known = joined.get(identityOf(finding)) ?? { finding, names: new Set<string>() };
      joined.set(identityOf(finding), known);
      known.names.add(name);
    }
  return [...joined.values()]
    .map(({ finding, names }) =>
      names.size === parts.length
        ? finding
        : Object.assign({}, finding, { message: `on ${[...names].join(' and ')}: ${finding.message}` }),
    )
    .sort(compareFindings);
}

/** The same rule at the same place about the same link: its words may name a version. */
function identityOf({ rule, place, link = '', phase = '' }: Finding): string {
  return [rule, place.source.path, place.span.start, place.span.end, link, phase].join('\0');
}
