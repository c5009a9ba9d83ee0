/** Which of the words that are known was meant? */

/** The known word with the fewest edits to `word`, if that is at most a third of its length; null: none is near. */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.floor(word.length / 3) + 1;
  for (const other of known) {
    const edits = countEdits(word.toLowerCase(), other.toLowerCase());
    if (edits >= least) continue;
    least = edits;
    best = other;
  }
  return best;
}

/** For the end of a message: what was meant, if a known word is near. */
export function guessWord(word: string, known: Iterable<string>): string {
  const meant = nearestWord(word, known);
  return meant === null ? '' : `; did you mean '${meant}'?`;
}

/** Insertions, deletions, changes and swaps of neighbours (optimal string alignment). */
function countEdits(a: string, b: string): number {
  let before: readonly number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = swapped ? (before[column - 2] ?? 0) + 1 : Infinity;
      line.push(Math.min(change, (line[column - 1] ?? 0) + 1, (above[column] ?? 0) + 1, swap));
    }
    before = above;
    above = line;
  }
  return above[b.length] ?? 0;
}
