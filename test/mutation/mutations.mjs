/** Small changes of a source, each of which some test should notice: found in its text, comments, imports and types left out. */

/** A pattern, and what each match may become. */
const changes = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ <= /g, ' < '],
  [/ >= /g, ' > '],
  [/ < (?=[\w(])/g, ' <= '],
  [/ > (?=[\w(-])/g, ' >= '],
  [/ \+ 1\b/g, ' - 1'],
  [/ - 1\b/g, ' + 1'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/(?<=[(\s])!(?=[\w(])/g, ''],
  [/\.some\(/g, '.every('],
  [/\.every\(/g, '.some('],
  [/\.find\(/g, '.findLast('],
  [/\.startsWith\(/g, '.endsWith('],
  [/\bcontinue;/g, 'break;'],
  [/(?<=^ +)(?:if \(.*\) )?(?:return|continue)\b[^;{]*;$/gm, ';'],
  [/(?<=[ ([])[1-9]\d*(?=[,;)\] ])/g, (found) => String(Number(found) + 1)],
  [/'(?:[^'\\\n]|\\.)+'/g, "''"],
  [/ \?\? /g, ' && '],
];

/** What is no code that runs is replaced by blanks, so that offsets stay. */
function maskOther(text) {
  return text.replace(
    /\/\*[^]*?\*\/|(?<!:)\/\/.*|^(?:import|export) (?:type )?\{[^]*? from '.*';|^import .*;|^(?:export )?interface [^]*?^\}|^(?:export )?type [^]*?;$/gm,
    (found) => found.replace(/[^\n]/g, ' '),
  );
}

/** `{ start, end, replacement }` of each, in the order of the text. */
export function findMutations(text) {
  const masked = maskOther(text);
  return changes
    .flatMap(([pattern, to]) =>
      [...masked.matchAll(pattern)].map(({ 0: found, index }) => ({
        start: index,
        end: index + found.length,
        replacement: typeof to === 'string' ? to : to(found),
      })),
    )
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Numbers of 0 to less than 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
