/**
 * What becomes of a configuration with a fault, by version. `netplan apply` and `netplan generate` reject it whole. What
 * runs at boot does so until 1.0; since 1.1 it passes over faults of the parser's, and since 1.2 (netplan-configure.service)
 * over those of the renderers too. Seen with 0.106, 1.1.2 and 1.2.2.
 */
import { isAtLeast } from './version.ts';
import type { Fault, Reach } from './reading.ts';

export interface Writing {
  /** Nothing is written at all. */
  readonly isNothing: boolean;
  /** What comes after a definition that a renderer refuses is written. */
  readonly goesOn: boolean;
}

/** What is written at boot, with these faults of the parser's. An unknown version counts as the newest. */
export function writingOf(version: string | undefined, faults: readonly Fault[]): Writing {
  const isLax = isAtLeast(version, '1.1');
  return {
    isNothing: faults.some(({ reach }) => reach === 'all' || (!isLax && reach !== 'written')),
    goesOn: isAtLeast(version, '1.2'),
  };
}

const written = 'netplan fails, but only when it has written everything';
const rejected = 'netplan rejects the whole configuration, and writes nothing for any link';

const skipped: Readonly<Record<Exclude<Reach, 'all' | 'written'>, string>> = {
  file: 'skips this file',
  'rest of file': 'skips the rest of this file',
  'rest of definition': 'skips the rest of this definition, but keeps what stands before it',
  definition: 'writes no more for this definition',
  none: 'writes the definition all the same',
};

export function consequenceOf(reach: Reach, version: string | undefined): string {
  if (reach === 'all') return rejected;
  if (reach === 'written') return written;
  if (!isAtLeast(version, '1.1'))
    return reach === 'definition'
      ? 'netplan rejects the configuration, and writes nothing more for this definition and those after it'
      : rejected;
  const others =
    reach === 'definition' && !isAtLeast(version, '1.2')
      ? 'writes nothing more for this definition and those after it'
      : skipped[reach];
  const before = version === undefined ? '; before 1.1 it rejects the whole configuration at boot too' : '';
  return `netplan apply rejects the whole configuration; at boot netplan ${others}${before}`;
}
