/** Versions as NetworkManager has them: 1.42.4, of which the minor number alone decides what is known. */
import type { Verdict } from '../claim.ts';

/** Is it 1.MINOR or later? `maybe`: the version is not known. */
export function isAtLeast(version: string | undefined, minor: number): Verdict {
  const [, major, own] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (major === undefined || own === undefined) return 'maybe';
  return Number(major) > 1 || Number(own) >= minor ? 'yes' : 'no';
}
