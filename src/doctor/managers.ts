/** Which network managers will act here, and are they new enough for what we write? */
import { check, type Check } from './check.ts';
import type { ManagerUses } from '../inventory/managers-in-use.ts';
import { versionOf } from '../inventory/versions.ts';
import { findManager } from '../managers/all.ts';
import type { Probe } from '../managers/probe.ts';

export function checkManagers({ uses, strangers, failures }: ManagerUses, probe: Probe): readonly Check[] {
  const present = uses.filter(({ present: there }) => there);
  const lines = present.map(({ manager, inUse, evidence, unguarded }) => {
    const description = findManager(manager);
    const version = description === undefined ? undefined : versionOf(description, probe).value;
    const found = `${version ?? 'version not known'}, ${inUse ? 'in use' : 'not in use'} (${evidence})`;
    if (inUse && unguarded !== undefined) return check(manager, 'todo', `${found}: not guarded`, unguarded);
    const oldest = description?.oldest;
    if (!inUse || oldest === undefined) return check(manager, 'ok', found);
    const { version: first, lacks } = oldest;
    if (version === undefined) return check(manager, 'unknown', found, `${first} or later is needed`);
    return compareVersions(version, first) < 0
      ? check(manager, 'todo', `${found}: ${lacks}`, `use ${first} or later`)
      : check(manager, 'ok', found);
  });
  const generic = probe.files(['/etc/NetworkManager/system-connections'], /^failover-master\.nmconnection$/);
  const others = [
    ...generic.map((path) => {
      const found = `'${path}' brings up every virtio-net NIC without a profile of its own, also one that is no master`;
      return check('networkmanager', 'note', found, 'name a NIC that shall stay down in [keyfile] unmanaged-devices');
    }),
    ...strangers.map(({ manager, title, version, inUse, evidence }) => {
      const found = `${version ?? 'version not known'}, ${inUse ? 'in use' : 'not in use'} (${evidence}): its configuration is not judged`;
      const advice = `tell ${title} to configure the master alone, or let a manager do it that failoverctl guards`;
      return check(manager, inUse ? 'todo' : 'note', found, inUse ? advice : null);
    }),
    ...failures.map(({ path, errno }) => check('managers', 'unknown', `'${path}' cannot be read: ${errno}`)),
  ];
  if ([...present, ...strangers].some(({ inUse }) => inUse)) return [...lines, ...others];
  const advice = "install or enable one, or say by 'failoverctl install --manager' who shall configure the master";
  return [...lines, ...others, check('managers', 'todo', 'no network manager is in use', advice)];
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
