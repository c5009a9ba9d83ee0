/** Fixes of udev rules. Files of the distribution are overridden by one of the same name in /etc, as udev(7) has it. */
import { baseName } from '../text/base-name.ts';
import type { Fix } from '../findings/finding.ts';
import type { RuleTrap } from '../managers/udev/traps.ts';
import { isEditable } from './fixes.ts';
import type { LintView } from './rule.ts';

/** Null: the line itself does not say at which events it holds, or its file cannot be overridden from here. */
export function fixLostProperty(view: LintView, { place, action, runs }: RuleTrap): Fix | null {
  if (action === undefined) return null;
  const { source } = place;
  const expected = 'ACTION!="remove"';
  const description = 'set the property at every event but "remove"';
  const safe = runs !== true;
  if (isEditable(place))
    return { description, safe, edits: [{ place: { source, span: action.span }, text: expected }] };
  const path = `/etc/udev/rules.d/${baseName(source.path)}`;
  if (!view.complete || view.fileAt(path) !== null) return null;
  const text = source.text.slice(0, action.span.start) + expected + source.text.slice(action.span.end);
  const edit = { place: { source: { path, text: '' }, span: { start: 0, end: 0 } }, text, mode: 0o644 };
  return { description: `${description}, in ${path}, which overrides ${source.path}`, safe, edits: [edit] };
}
