/** Where people put files that NetworkManager does not read: NetworkManager.conf(5), nm-settings-keyfile(5). */
import type { MisfiledPlace } from '../claim.ts';

const keyfile = '/etc/NetworkManager/system-connections/NAME.nmconnection';
const settings = '/etc/NetworkManager/conf.d/NAME.conf';

export const misfiled: readonly MisfiledPlace[] = [
  { found: '/etc/NetworkManager/conf.d/*', reads: /\.conf$/, expected: settings },
  { found: '/etc/NetworkManager/*.conf', reads: /\/NetworkManager\.conf$/, expected: settings },
  { found: '/etc/NetworkManager/*.conf.d/*.conf', expected: settings },
  { found: '/etc/NetworkManager/*.nmconnection', expected: keyfile },
  { found: '/etc/network/*.nmconnection', expected: keyfile },
  { found: '/etc/NetworkManager/connections/*', expected: keyfile },
  { found: '/etc/NetworkManager/system-connections.d/*', expected: keyfile },
  { found: '/etc/NetworkManager/system-connections/*/*', expected: keyfile },
];
