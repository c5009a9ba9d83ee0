/** Unified diffs, as `diff -u` prints them and `patch -p1` reads them. */

/** A side of a diff; null where there is no file. */
export interface DiffSide {
  readonly text: string;
  /** Octal in the header: git's extension, which patch(1) skips. */
  readonly mode: number;
}

/** The diff of one file, empty if nothing differs. `path` is absolute; it is printed below `a` and `b`. */
export function unifiedDiff(path: string, before: DiffSide | null, after: DiffSide | null): string {
  const hunks = hunksBetween(before?.text ?? '', after?.text ?? '');
  const modes = modeLines(before, after);
  if (hunks === '' && modes === '') return '';
  const header = `diff --git a${path} b${path}\n${modes}`;
  if (hunks === '') return header;
  return `${header}--- ${before === null ? '/dev/null' : `a${path}`}\n+++ ${after === null ? '/dev/null' : `b${path}`}\n${hunks}`;
}

function modeLines(before: DiffSide | null, after: DiffSide | null): string {
  const octal = ({ mode }: DiffSide) => `100${mode.toString(8).padStart(3, '0')}`;
  if (before === null) return after === null ? '' : `new file mode ${octal(after)}\n`;
  if (after === null) return `deleted file mode ${octal(before)}\n`;
  return before.mode === after.mode ? '' : `old mode ${octal(before)}\nnew mode ${octal(after)}\n`;
}

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

const context = 3;

function hunksBetween(before: string, after: string): string {
  if (before === after) return '';
  const edits = editsBetween(splitLines(before), splitLines(after));
  let printed = '';
  let from = 0;
  while (from < edits.length) {
    const first = edits.findIndex(({ kind }, index) => index >= from && kind !== ' ');
    if (first < 0) break;
    let last = first;
    for (let index = first; index < edits.length && index <= last + 1 + 2 * context; index += 1) {
      if (edits[index]?.kind !== ' ') last = index;
    }
    const start = Math.max(from, first - context);
    const end = Math.min(edits.length, last + 1 + context);
    printed += printHunk(edits, start, end);
    from = end;
  }
  return printed;
}

function printHunk(edits: readonly Edit[], start: number, end: number): string {
  const count = (slice: readonly Edit[], without: Edit['kind']) => slice.filter(({ kind }) => kind !== without).length;
  const earlier = edits.slice(0, start);
  const hunk = edits.slice(start, end);
  const range = (without: Edit['kind']) => {
    const length = count(hunk, without);
    const line = count(earlier, without) + (length === 0 ? 0 : 1); // an empty range is named by the line before it
    return length === 1 ? `${line}` : `${line},${length}`;
  };
  const body = hunk.map(
    ({ kind, line }) => `${kind}${line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`}`,
  );
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`;
}

/** Lines with their newlines; the last may have none. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The shortest edit script: E. Myers, "An O(ND) Difference Algorithm and Its Variations", greedy with a trace. */
function editsBetween(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const trace: (readonly number[])[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  const at = (diagonal: number) => reach.get(diagonal) ?? -1;
  for (let depth = 0; ; depth += 1) {
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      const down = diagonal === -depth || (diagonal !== depth && at(diagonal - 1) < at(diagonal + 1));
      let x = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      reach.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return walkBack(before, after, trace, depth);
    }
    trace.push(Array.from({ length: 2 * depth + 1 }, (_, index) => at(index - depth)));
  }
}

/** `trace[d]` holds how far each diagonal -d … d came in d edits. */
function walkBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly (readonly number[])[],
  depth: number,
): readonly Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let left = depth; left > 0; left -= 1) {
    const reached = trace[left - 1] ?? [];
    const at = (diagonal: number) => (Math.abs(diagonal) >= left ? -1 : (reached[diagonal + left - 1] ?? -1));
    const diagonal = x - y;
    const down = diagonal === -left || (diagonal !== left && at(diagonal - 1) < at(diagonal + 1));
    const fromX = down ? at(diagonal + 1) : at(diagonal - 1);
    const fromY = fromX - (down ? diagonal + 1 : diagonal - 1);
    while (x > fromX && y > fromY && !(down ? x === fromX : y === fromY)) {
      x -= 1;
      y -= 1;
      edits.push({ kind: ' ', line: before[x] ?? '' });
    }
    if (down) edits.push({ kind: '+', line: after[(y -= 1)] ?? '' });
    else edits.push({ kind: '-', line: before[(x -= 1)] ?? '' });
  }
  while (x > 0) edits.push({ kind: ' ', line: before[(x -= 1)] ?? '' });
  return edits.reverse();
}
