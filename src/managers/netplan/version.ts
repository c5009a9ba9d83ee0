/** Versions as netplan writes them: 0.106, 0.107.1, 1.1.2; and `1`, where only the library's name tells. */
import { madeOnce } from '../../text/kept-with.ts';
import { findTriplets } from '../systemd/version.ts';
import type { Answer, Probe } from '../probe.ts';

/** Undefined: unknown. */
export type Version = string | undefined;

/** An unknown version counts as the newest, and a major version alone as the newest of its own. */
export function isAtLeast(version: Version, wanted: string): boolean {
  if (version === undefined) return true;
  const [have, want] = [version, wanted].map((text) => text.split(/[^0-9]/).map(Number));
  if (have?.length === 1) return (have[0] ?? 0) >= (want?.[0] ?? 0);
  for (let at = 0; at < Math.max(have?.length ?? 0, want?.length ?? 0); at += 1) {
    const difference = (have?.[at] ?? 0) - (want?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Of names in a directory, which guests of one image share. */
const findLibraries = madeOnce((names: readonly string[]) =>
  names.flatMap((name) => {
    const major = /^libnetplan\.so\.(\d+)(?:\.\d+)*$/.exec(name)?.[1];
    return major === undefined ? [] : [{ major, name }];
  }),
);

/**
 * By the name of its library, which tells no more than the major version: libnetplan.so.1 since 1.0 (seen in Debian's 1.1.2 and
 * 1.2.2), libnetplan.so.0.0 before (0.106). That of 0.x is left to the package database, since its releases differ too much.
 */
export function readNetplanVersion(probe: Probe): Answer<string> {
  const places = ['/usr/lib', '/lib', '/usr/lib64', '/lib64'].flatMap((place) => {
    const triplets = findTriplets(probe.list(place));
    return [place].concat(triplets.map((triplet) => `${place}/${triplet}`));
  });
  const found = places.flatMap((place) =>
    findLibraries(probe.list(place)).map(({ major, name }) => ({ major, path: `${place}/${name}` })),
  );
  const majors = new Set(found.map(({ major }) => major));
  const [only] = majors;
  if (only === undefined) return { value: undefined, evidence: 'no libnetplan' };
  const evidence = found.map(({ path }) => path).join(' and ');
  return { value: majors.size === 1 && only !== '0' ? only : undefined, evidence };
}
