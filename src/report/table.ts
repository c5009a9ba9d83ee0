/** Plain tables for people. */

/** Left-aligned columns, two spaces apart, no trailing blanks. Each row ends in a newline. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all
    .map((row) => {
      const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length));
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/**
 * Text from outside made safe for a terminal: control characters, and bytes that are no UTF-8, as \xNN, so that a netdev's
 * name cannot move the cursor or hide.
 */
export function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\\]/g, (character) =>
      character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replace(
      /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      (surrogate) => `\\x${(surrogate.charCodeAt(0) & 0xff).toString(16)}`,
    )
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
}

/**
 * The same for text of several lines that is ours but for what it quotes: line ends and tabs stay, and so do backslashes, so
 * that what was made printable before stays as it is. No escape sequence is left, colours included.
 */
export function visibleControls(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
}
