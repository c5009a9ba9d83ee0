/** Which network managers will act here, and are they new enough for what we write? */
import { check, type Check } from './check.ts';
import type { ManagerUses, InstallManager } from '../inventory/managers-in-use.ts';
import type { HostFacts } from '../topology/guest.ts';

/** The first version for which our files do what they say, and what an older one lacks. */
const oldest: Readonly<Record<InstallManager, readonly [version: string, lacks: string]>> = {
  networkd: ['247', 'networkd before 247 is not tested; before 245 it knows no PermanentMACAddress='],
  netplan: ['0.101', 'netplan before 0.101 is not tested'],
  networkmanager: ['1.30', 'NetworkManager before 1.30 is not tested'],
  ifupdown: ['0.8', 'ifupdown before 0.8 is not tested'],
};

export function checkManagers({ uses }: ManagerUses, host: HostFacts): readonly Check[] {
  const versions: Readonly<Record<InstallManager, string | undefined>> = {
    networkd: host.systemdVersion === undefined ? undefined : String(host.systemdVersion),
    netplan: host.netplanVersion,
    networkmanager: host.networkManagerVersion,
    ifupdown: host.ifupdownVersion,
  };
  const present = uses.filter(({ present: there }) => there);
  const lines = present.map(({ manager, inUse, evidence }) => {
    const version = versions[manager];
    const found = `${version ?? 'version not known'}, ${inUse ? 'in use' : 'not in use'} (${evidence})`;
    const [first, lacks] = oldest[manager];
    if (!inUse) return check(manager, 'ok', found);
    if (version === undefined) return check(manager, 'unknown', found, `${first} or later is needed`);
    return compareVersions(version, first) < 0
      ? check(manager, 'todo', `${found}: ${lacks}`, `use ${first} or later`)
      : check(manager, 'ok', found);
  });
  if (present.some(({ inUse }) => inUse)) return lines;
  const advice = "install or enable one, or say by 'failoverctl install --manager' who shall configure the master";
  return [...lines, check('managers', 'todo', 'no network manager is in use', advice)];
}

/** Numbers are compared as numbers; what is not a number is left out. */
export function compareVersions(a: string, b: string): number {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
