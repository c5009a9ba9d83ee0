/**
 * What NetworkManager made for slaves while it managed them. It takes the profiles back itself only when the link goes, or
 * at a reboot; until then they stand in `nmcli connection`, and one may be started by hand.
 *
 * Not by `nmcli connection delete`: that writes the link's MAC to no-auto-default.state, and it is the master's too, which
 * would have no "Wired connection" any more (default_wired_connection_removed_cb() in nm-settings.c).
 */
import { isFailure, type System } from '../system/system.ts';

const profiles = '/run/NetworkManager/system-connections';
const leases = '/var/lib/NetworkManager';

/** Paths of profiles that were made for one of these links alone, by NetworkManager and not by netplan. */
export function findMadeProfiles(system: System, links: readonly string[]): readonly string[] {
  return findFiles(system, profiles, /\.nmconnection$/).filter((path) => {
    const text = system.read(path);
    if (isFailure(text) || !/^nm-generated=true$/m.test(text)) return false;
    const link = /^interface-name=(.*)$/m.exec(text)?.[1];
    return link !== undefined && links.includes(link);
  });
}

/** "internal-UUID-LINK.lease", with any of its DHCP clients in front. */
export function findLeases(system: System, links: readonly string[]): readonly string[] {
  return findFiles(system, leases, /\.lease$/).filter((path) => links.some((link) => path.endsWith(`-${link}.lease`)));
}

/**
 * Links of which NetworkManager has noted that it is to manage them, whatever udev and its configuration say: 1.58 and later, by
 * `nmcli device set LINK managed --permanent yes`. None where it does not run: nobody could make it forget.
 */
export function findManagedForGood(system: System, links: readonly string[]): readonly string[] {
  const text = isFailure(system.stat('/run/NetworkManager')) ? '' : system.read(`${leases}/NetworkManager-intern.conf`);
  if (isFailure(text)) return [];
  const sections = text.split(/^\[/m).filter((section) => section.startsWith('.intern.device-manage-'));
  return links.filter((link) =>
    sections.some((section) => {
      const lines = section.split('\n');
      return lines.includes(`match-device=interface-name:=${link}`) && lines.includes('managed=1');
    }),
  );
}

function findFiles(system: System, directory: string, pattern: RegExp): readonly string[] {
  const names = system.list(directory);
  return isFailure(names) ? [] : names.filter((name) => pattern.test(name)).map((name) => `${directory}/${name}`);
}
