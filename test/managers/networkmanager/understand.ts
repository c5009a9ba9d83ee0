/** A profile in the form in which ours and what nmcli printed of it are compared. */
import { readEffects } from '../../../src/managers/networkmanager/profile-effects.ts';
import { matchProfile } from '../../../src/managers/networkmanager/profile-match.ts';
import { readProfiles } from '../../../src/managers/networkmanager/profile.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';
import { master, primary, standby } from '../guest.ts';

/** What the profile comes to, or null if it is left out. */
export function understand(text: string, version: string): unknown {
  const read = readProfiles([readable(text)], version);
  const [one] = read.profiles;
  if (one === undefined) return null;
  return {
    autoconnect: one.autoconnect,
    priority: one.priority,
    multiple: one.multiple,
    effects: readEffects(one)
      .map(({ kind, detail }) => `${kind} ${kind === 'address' ? addressOf(detail) : (detail ?? '')}`)
      .sort(),
    takes: [master, standby, primary].map((link) => matchProfile(one, link, undefined).verdict),
  };
}

function readable(text: string): ConfigFile {
  return { ...configFile('/etc/NetworkManager/system-connections/x.nmconnection', text), mode: 0o600, uid: 0 };
}

/** Without the length: nmcli prints the one that an address gets by itself. */
function addressOf(detail: string | undefined): string {
  return (detail ?? '').split('/')[0] ?? '';
}

/** Is it left out as a whole? */
export function isRefused(text: string, version: string): boolean {
  return readProfiles([readable(text)], version).problems.some(({ consequence }) =>
    consequence.includes('leaves the profile'),
  );
}
