/** What ends a rendering, for the files that look for it. */
import type { Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';

/** sysconfig writes RHEL's files or, on SUSE, wicked's. */
export type RendererName = 'netplan' | 'eni' | 'networkd' | 'network-manager' | 'sysconfig' | 'sysconfig-suse';

const ends = 'cloud-init ends in an error and renders no configuration at all';

export function fatal(place: Place, message: string): Problem {
  return { kind: 'bad-value', place, message, consequence: ends, fatal: true };
}
