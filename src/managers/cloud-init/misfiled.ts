/** Where people put files that cloud-init does not read: cloud-init's documentation. */
import type { MisfiledPlace } from '../claim.ts';

const expected = '/etc/cloud/cloud.cfg.d/NAME.cfg';

export const misfiled: readonly MisfiledPlace[] = [
  { found: '/etc/cloud/*.cfg', reads: /\/cloud\.cfg$/, expected },
  { found: '/etc/cloud/cloud.cfg.d/*', reads: /\.cfg$/, expected },
];
