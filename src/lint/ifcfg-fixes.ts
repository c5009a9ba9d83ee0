/** Fixes in ifcfg files: a whole assignment is replaced or taken out. */
import { parseAssignmentLines } from '../text/shell-assignments.ts';
import type { Edit, Fix } from '../findings/finding.ts';
import type { Place } from '../text/source.ts';
import type { LintView } from './rule.ts';
import { isEditable } from './fixes.ts';

export interface Assigned {
  /** In the file. */
  readonly place: Place;
  readonly key: string;
  /** What takes its place; null: nothing. */
  readonly by: string | null;
}

/** Null where the place is in no ifcfg file. Safe in a guest that is there: its links and their MAC are known. */
export function fixIfcfg(view: LintView, description: string, changes: readonly Assigned[]): Fix | null {
  const edits = changes.flatMap(({ place, key, by }): readonly Edit[] => {
    const { source } = place;
    if (!isIfcfgPlace(place) || !isEditable(place)) return [];
    const { text } = source;
    return parseAssignmentLines(source)
      .assignments.filter((one) => one.key === key)
      .map(({ place: { span } }, index) => {
        const start = text.lastIndexOf('\n', span.start - 1) + 1;
        const end = text.indexOf('\n', span.end);
        const line = { start, end: end < 0 ? text.length : end + 1 };
        return by === null || index > 0
          ? { place: { source, span: line }, text: '' }
          : { place: { source, span }, text: by };
      });
  });
  return edits.length === 0 ? null : { description, safe: !view.assumed, edits };
}

export function isIfcfgPlace({ source }: Place): boolean {
  return /(?:^|\/)ifcfg-[^/]+$/.test(source.path);
}
