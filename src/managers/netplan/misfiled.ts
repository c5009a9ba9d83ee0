/** Where people put files that netplan does not read: netplan(5). */
import type { MisfiledPlace } from '../claim.ts';

const expected = '/etc/netplan/NAME.yaml';

export const misfiled: readonly MisfiledPlace[] = [
  { found: '/etc/netplan/*', reads: /\.yaml$/, expected },
  { found: '/etc/netplan/*/*', expected },
  { found: '/etc/netplan.d/*', expected },
];
