/** Which version of each manager is here: by the program's own files and by the package database, which must agree. */
import { managers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { ManagerDescription } from '../managers/description.ts';
import type { Answer, Probe } from '../managers/probe.ts';

type Versioned = Pick<ManagerDescription, 'packages' | 'readVersion'>;

/** Files may tell less than the database (252 of 252.39): then the longer counts. Where they contradict each other, neither. */
export function versionOf({ packages, readVersion }: Versioned, probe: Probe): Answer<string> {
  const byPackage = probe.packageVersion(packages);
  const byFiles = readVersion?.(probe);
  if (byFiles === undefined || byFiles.value === undefined) {
    if (byFiles === undefined || byPackage.value !== undefined) return byPackage;
    return { value: undefined, evidence: `${byFiles.evidence}; ${byPackage.evidence}` };
  }
  if (byPackage.value === undefined) return byFiles;
  const evidence = `${byFiles.evidence}; ${byPackage.evidence}`;
  if (agrees(byFiles.value, byPackage.value)) return { value: byPackage.value, evidence };
  return { value: undefined, evidence: `${evidence}: they contradict each other` };
}

/** 252 and 252.39 do, 24.4 and 24.4~rc1 too. */
function agrees(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.match(/\d+/g) ?? []);
  const count = Math.min(left?.length ?? 0, right?.length ?? 0);
  return count > 0 && Array.from({ length: count }, (_, at) => left?.[at] === right?.[at]).every(Boolean);
}

/** A manager whose version is not known is not in it. */
export function readVersions(probe: Probe): ReadonlyMap<ManagerName, string> {
  const known = managers.map((one) => [one.name, versionOf(one, probe).value] as const);
  return new Map(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
