/**
 * Comments that take findings back, each on a line of its own and with a reason:
 *
 *   # failoverctl: ignore FO101 the lab's DHCP server hands out test leases here
 *
 * One holds for the lines below it, up to the next blank line; in the comment that a file begins with, for the whole file.
 */
import type { Place, Source } from '../text/source.ts';
import type { Finding } from './finding.ts';

export interface Suppression {
  readonly place: Place;
  /** FO101, or dhcp-on-slave. */
  readonly rules: readonly string[];
  readonly reason: string;
  /** Where it holds. */
  readonly from: number;
  readonly to: number;
}

const marker = /^[ \t]*(?:#|;|\/\/)[ \t]*failoverctl:[ \t]*ignore\b[ \t]*(.*)$/gm;

export function findSuppressions({ source }: { readonly source: Source }): readonly Suppression[] {
  const { text } = source;
  if (!text.includes('failoverctl:')) return [];
  const head = /^(?:[ \t]*(?:[#;].*|\/\/.*)?(?:\n|$))*/.exec(text)?.[0].length ?? 0;
  return [...text.matchAll(marker)].map((match) => {
    const start = match.index + match[0].search(/\S/);
    const end = match.index + match[0].length;
    const { rules, reason } = readIgnored(match[1] ?? '');
    const blank = /\n[ \t]*\n/.exec(text.slice(end));
    const inHead = end <= head && !startsInLastComment(text, head, start);
    return {
      place: { source, span: { start, end } },
      rules,
      reason,
      from: inHead ? 0 : end,
      to: inHead || blank === null ? text.length : end + blank.index,
    };
  });
}

/**
 * What follows `ignore`: one or more rules, then the reason. Rules are separated by commas or blanks; the first word is one
 * whatever it looks like, so that a mistyped one is told.
 */
export function readIgnored(text: string): { readonly rules: readonly string[]; readonly reason: string } {
  const words = text.trim().split(/\s+/);
  let count = 1;
  while (
    count < words.length &&
    (words[count - 1]?.endsWith(',') === true || /^FO\d+,*(?:FO\d+,*)*$/.test(words[count] ?? ''))
  )
    count += 1;
  const rules = words.slice(0, count).flatMap((word) => word.split(','));
  return { rules: rules.filter((rule) => rule !== ''), reason: words.slice(count).join(' ') };
}

/** A comment right above the first line is that line's, unless the file begins with it. */
function startsInLastComment(text: string, head: number, start: number): boolean {
  const above = text.slice(0, head);
  const blank = above.search(/\n[ \t]*\n(?![^]*\n[ \t]*\n)/);
  return blank >= 0 && start > blank;
}

export interface Suppressed {
  readonly findings: readonly Finding[];
  /** Those that took nothing back. */
  readonly unused: readonly Suppression[];
}

export function suppress(findings: readonly Finding[], suppressions: readonly Suppression[]): Suppressed {
  const used = new Set<Suppression>();
  const kept = findings.filter(({ rule, name, place }) => {
    const by = suppressions.filter(
      (one) =>
        one.reason !== '' &&
        (one.rules.includes(rule) || one.rules.includes(name)) &&
        one.place.source.path === place.source.path &&
        place.span.start >= one.from &&
        place.span.start <= one.to,
    );
    for (const one of by) used.add(one);
    return by.length === 0;
  });
  return { findings: kept, unused: suppressions.filter((one) => one.reason !== '' && !used.has(one)) };
}
