/** Versions as netplan writes them: 0.106, 0.107.1, 1.1.2. */

/** Undefined: unknown. */
export type Version = string | undefined;

/** An unknown version counts as the newest. */
export function isAtLeast(version: Version, wanted: string): boolean {
  if (version === undefined) return true;
  const [have, want] = [version, wanted].map((text) => text.split(/[^0-9]/).map(Number));
  for (let at = 0; at < Math.max(have?.length ?? 0, want?.length ?? 0); at += 1) {
    const difference = (have?.[at] ?? 0) - (want?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
