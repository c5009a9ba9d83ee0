/** Where people put files that ifupdown does not read: interfaces(5). */
import type { MisfiledPlace } from '../claim.ts';

export const misfiled: readonly MisfiledPlace[] = [
  ...['/etc/network/interface', '/etc/interfaces', '/etc/interfaces.d/*', '/etc/network/interface.d/*'].map(
    (found) => ({
      found,
      expected: '/etc/network/interfaces, or a file that it sources',
    }),
  ),
  {
    found: '/etc/network/interfaces.d/*/*',
    expected: "a file in '/etc/network/interfaces.d' itself, or a source line for this one",
  },
];
