/** Links that enable a unit, as `systemctl enable` makes them: the image enables no manager. */
import type { GuestFiles } from '../guest.ts';

const system = '/etc/systemd/system';

export const networkdEnabled: GuestFiles = {
  [`${system}/multi-user.target.wants/systemd-networkd.service`]: {
    link: '/lib/systemd/system/systemd-networkd.service',
  },
  [`${system}/sockets.target.wants/systemd-networkd.socket`]: { link: '/lib/systemd/system/systemd-networkd.socket' },
};

export const ifupdownEnabled: GuestFiles = {
  [`${system}/multi-user.target.wants/networking.service`]: { link: '/lib/systemd/system/networking.service' },
  [`${system}/network-online.target.wants/networking.service`]: { link: '/lib/systemd/system/networking.service' },
};

export const networkManagerEnabled: GuestFiles = {
  [`${system}/multi-user.target.wants/NetworkManager.service`]: { link: '/lib/systemd/system/NetworkManager.service' },
  [`${system}/network-online.target.wants/NetworkManager-wait-online.service`]: {
    link: '/lib/systemd/system/NetworkManager-wait-online.service',
  },
  [`${system}/dbus-org.freedesktop.nm-dispatcher.service`]: {
    link: '/lib/systemd/system/NetworkManager-dispatcher.service',
  },
};

/** The package's scripts did not run: what they make is made here, but for its user, which the image has. */
export const dhcpcdEnabled: GuestFiles = {
  [`${system}/multi-user.target.wants/dhcpcd.service`]: { link: '/lib/systemd/system/dhcpcd.service' },
  '/usr/lib/tmpfiles.d/lab-dhcpcd.conf': 'd /var/lib/dhcpcd 0700 dhcpcd dhcpcd\nd /usr/lib/dhcpcd 0755 root root\n',
};
