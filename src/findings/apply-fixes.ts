/** Fixes turned into new texts of files. Each is made whole or not at all; what others have changed already waits. */
import type { Edit, Finding } from './finding.ts';

export interface FixedFile {
  readonly path: string;
  /** Null: it did not exist. */
  readonly before: string | null;
  readonly after: string;
  readonly mode: number | undefined;
}

export interface FixOutcome {
  readonly files: readonly FixedFile[];
  readonly fixed: readonly Finding[];
}

export function applyFixes(findings: readonly Finding[], allowUnsafe: boolean): FixOutcome {
  const accepted: Edit[] = [];
  const fixed: Finding[] = [];
  for (const finding of findings) {
    const { fix } = finding;
    if (fix === null || !(fix.safe || allowUnsafe)) continue;
    const fresh = fix.edits.filter((edit) => !accepted.some((other) => isSame(edit, other)));
    if (fresh.some((edit) => accepted.some((other) => overlaps(edit, other)))) continue;
    accepted.push(...fresh);
    fixed.push(finding);
  }
  const byPath = new Map<string, Edit[]>();
  for (const edit of accepted) {
    const { path } = edit.place.source;
    byPath.set(path, [...(byPath.get(path) ?? []), edit]);
  }
  const files = [...byPath].map(([path, edits]): FixedFile => {
    const [first] = edits;
    const text = first?.place.source.text ?? '';
    const isNew = text === '' && first?.mode !== undefined;
    return { path, before: isNew ? null : text, after: editText(text, edits), mode: first?.mode };
  });
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), fixed };
}

function isSame(a: Edit, b: Edit): boolean {
  const { span: one } = a.place;
  const { span: other } = b.place;
  return (
    a.place.source.path === b.place.source.path &&
    a.text === b.text &&
    one.start === other.start &&
    one.end === other.end
  );
}

function overlaps(a: Edit, b: Edit): boolean {
  if (a.place.source.path !== b.place.source.path) return false;
  return a.place.span.start <= b.place.span.end && b.place.span.start <= a.place.span.end;
}

export function editText(text: string, edits: readonly Edit[]): string {
  let after = text;
  for (const { place, text: inserted } of [...edits].sort((a, b) => b.place.span.start - a.place.span.start))
    after = after.slice(0, place.span.start) + inserted + after.slice(place.span.end);
  return after;
}
