/** Which version of each manager is here: from the program's own files, else by the package database. */
import { managers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { ManagerDescription } from '../managers/description.ts';
import type { Answer, Probe } from '../managers/probe.ts';

type Versioned = Pick<ManagerDescription, 'packages' | 'readVersion'>;

export function versionOf({ packages, readVersion }: Versioned, probe: Probe): Answer<string> {
  const byFiles = readVersion?.(probe);
  return byFiles?.value === undefined ? probe.packageVersion(packages) : byFiles;
}

/** A manager whose version is not known is not in it. */
export function readVersions(probe: Probe): ReadonlyMap<ManagerName, string> {
  const known = managers.map((one) => [one.name, versionOf(one, probe).value] as const);
  return new Map(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
