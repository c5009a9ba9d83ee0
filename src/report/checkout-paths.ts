/** Findings of a tree at --root, with the paths that its files have for whoever ran the command. */
import type { Edit, Finding } from '../findings/finding.ts';
import type { Place, Source } from '../text/source.ts';

export function withRoot(findings: readonly Finding[], root: string): readonly Finding[] {
  const base = root.replace(/\/+$/, '');
  const sources = new Map<Source, Source>();
  const move = (place: Place): Place => {
    const { source } = place;
    const known = sources.get(source);
    // a default is in no file
    const isFile = source.path.startsWith('/') && source.builtIn === undefined;
    const moved = known ?? (isFile ? { ...source, path: base + source.path } : source);
    sources.set(source, moved);
    return { ...place, source: moved };
  };
  const moveEdit = (edit: Edit): Edit => ({ ...edit, place: move(edit.place) });
  return findings.map((finding) => ({
    ...finding,
    place: move(finding.place),
    related: finding.related.map((other) => ({ ...other, place: move(other.place) })),
    fix: finding.fix === null ? null : { ...finding.fix, edits: finding.fix.edits.map(moveEdit) },
  }));
}
