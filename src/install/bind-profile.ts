/**
 * A NetworkManager profile that a slave has, bound to the master by its name: what it matched by is taken out, and all else stays,
 * byte for byte (nm-settings-keyfile(5)).
 */
import { keyFileEntry, parseKeyFile, type KeyFileEntry } from '../text/key-file.ts';
import type { Span } from '../text/source.ts';

/** Keys that say which link a profile is for, by their groups. A condition on the machine, kernel-command-line, stays. */
const matching: Readonly<Record<string, readonly string[]>> = {
  connection: ['interface-name'],
  ethernet: ['mac-address', 'mac-address-blacklist', 'mac-address-denylist'],
  '802-3-ethernet': ['mac-address', 'mac-address-blacklist', 'mac-address-denylist'],
  match: ['interface-name', 'driver', 'path'],
};

/** The text with `interface-name=MASTER` and no other match. Text without a [connection] group is returned as it is. */
export function bindProfile(text: string, master: string): string {
  const file = parseKeyFile({ path: '', text });
  const connection = file.groups.find(({ name }) => name === 'connection');
  if (connection === undefined) return text;
  const matches = file.groups.flatMap(({ entries }) => entries.filter(isMatch));
  const [only, ...others] = matches;
  if (only?.group === 'connection' && only.value === master && others.length === 0) return text;
  const name = keyFileEntry(file, 'connection', 'interface-name');
  const anchor = keyFileEntry(file, 'connection', 'type')?.keyPlace ?? connection.place;
  const edits = matches
    .filter((entry) => entry !== name)
    .map((entry) => ({ span: lineAt(text, entry.keyPlace.span.start), by: '' }));
  const line = `interface-name=${master}\n`;
  if (name !== undefined) edits.push({ span: lineAt(text, name.keyPlace.span.start), by: line });
  else {
    const { end } = lineAt(text, anchor.span.start);
    edits.push({ span: { start: end, end }, by: text.charAt(end - 1) === '\n' ? line : `\n${line}` });
  }
  return edits
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((before, { span, by }) => before.slice(0, span.start) + by + before.slice(span.end), text);
}

/** The link that a profile names; null: none. */
export function boundTo(text: string): string | null {
  return keyFileEntry(parseKeyFile({ path: '', text }), 'connection', 'interface-name')?.value ?? null;
}

function isMatch({ group, key }: KeyFileEntry): boolean {
  return matching[group]?.includes(key) === true;
}

/** With its end of line. */
function lineAt(text: string, offset: number): Span {
  const end = text.indexOf('\n', offset);
  return { start: text.lastIndexOf('\n', offset - 1) + 1, end: end < 0 ? text.length : end + 1 };
}
