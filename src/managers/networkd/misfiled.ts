/** Where people put files that networkd does not read: systemd.network(5). */
import type { MisfiledPlace } from '../claim.ts';

const network = '/etc/systemd/network/NAME.network';

export const misfiled: readonly MisfiledPlace[] = [
  { found: '/etc/systemd/network/*', reads: /\.(?:network|netdev|link)$/, expected: network },
  {
    found: '/etc/systemd/network/*.d/*',
    reads: /\.(?:network|netdev|link)\.d\/[^/]*\.conf$/,
    expected: `${network}.d/NAME.conf`,
  },
  ...['network', 'netdev'].flatMap((suffix) =>
    [
      '/etc/systemd',
      '/etc/systemd/system',
      '/etc/systemd/networkd',
      '/etc/systemd/network.d',
      '/etc/network',
      '/etc/networkd',
      '/etc/udev/rules.d',
    ].map((folder) => ({ found: `${folder}/*.${suffix}`, expected: `/etc/systemd/network/NAME.${suffix}` })),
  ),
];
