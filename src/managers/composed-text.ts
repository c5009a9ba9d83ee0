/** A file that is put together from pieces, each with the place that it came from, so that faults in it point there. */
import type { Place } from '../text/source.ts';
import type { ConfigFile, ManagerName } from './claim.ts';

export interface Piece {
  readonly text: string;
  readonly place: Place;
}

export function composeFile(manager: ManagerName, path: string, mode: number, pieces: readonly Piece[]): ConfigFile {
  const ends: number[] = [];
  let text = '';
  for (const piece of pieces) {
    text += piece.text;
    ends.push(text.length);
  }
  const placeOf = ({ start }: { readonly start: number }): Place => {
    const piece = pieces[Math.min(countUpTo(ends, start), pieces.length - 1)];
    if (piece === undefined) throw new Error('a composed file without a piece');
    return piece.place;
  };
  return {
    source: { path, text, origin: { manager, placeOf } },
    path,
    mode,
    uid: 0,
    linkTarget: undefined,
  };
}

/** How many of the ascending numbers are not over `limit`, by halving: rules and explain ask for the place of every claim. */
function countUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
