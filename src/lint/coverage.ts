/** What a run judged, what it took for granted, and what it did not look at: for the last line of a report. */
import { findManager } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { HostFacts } from '../topology/guest.ts';
import type { LeftOut } from './configured-findings.ts';
import { nameSome } from '../text/name-some.ts';
import type { Skipped } from './walk.ts';

export interface JudgedManager {
  readonly manager: ManagerName;
  /** Null: not known. */
  readonly version: string | null;
  readonly files: number;
  /** Files that another manager writes for it: netplan's for networkd. */
  readonly generated: number;
}

export interface JudgedGuest {
  /** A root, a folder, a file; "this system". */
  readonly name: string;
  readonly managers: readonly JudgedManager[];
  /** Files that say what the kernel and the initramfs are told. */
  readonly bootFiles: number;
}

export interface Coverage {
  readonly judged: readonly JudgedGuest[];
  /** "one net_failover triple". */
  readonly assumed: readonly string[];
  readonly skipped: readonly Skipped[];
  /** Files of a folder that are no manager's. */
  readonly passedOver: number;
  /** What to run instead, where nothing was judged. */
  readonly hint?: string;
}

export function versionOf(manager: ManagerName, host: HostFacts): string | null {
  const fact = findManager(manager)?.versionFact;
  const version = fact === undefined ? undefined : host[fact];
  return version === undefined ? null : String(version);
}

/** Names the managers whose version the table of releases does not have: of what versions differ in, a finding says so. */
export function nameUnknownVersions(
  coverage: Coverage,
  targets: readonly { readonly name: string; readonly facts: Partial<HostFacts> }[],
): Coverage {
  const judged = [...new Set(coverage.judged.flatMap(({ managers }) => managers.map(({ manager }) => manager)))];
  const unknown = targets.flatMap(({ name, facts }) => {
    const those = judged.filter((manager) => {
      const fact = findManager(manager)?.versionFact;
      return fact !== undefined && Object.hasOwn(facts, fact) && facts[fact] === undefined;
    });
    return those.length === 0 ? [] : [`any version of ${those.join(', ')}, since that of ${name} is not known`];
  });
  return { ...coverage, assumed: [...coverage.assumed, ...unknown] };
}

export function joinCoverage(parts: readonly Coverage[]): Coverage {
  return {
    judged: parts.flatMap(({ judged }) => judged),
    assumed: [...new Set(parts.flatMap(({ assumed }) => assumed))],
    skipped: parts.flatMap(({ skipped }) => skipped),
    passedOver: parts.reduce((sum, part) => sum + part.passedOver, 0),
    ...parts.reduce((found, { hint }) => (hint === undefined ? found : { hint }), {}),
  };
}

export function countFiles({ judged }: Coverage): number {
  return judged.flatMap(({ managers }) => managers).reduce((sum, { files }) => sum + files, 0);
}

/** Without a newline. */
export function describeCoverage(coverage: Coverage): string {
  const { judged, assumed, passedOver, hint } = coverage;
  const words = [
    judged.length === 0 ? 'nothing was judged: no configuration of a network manager here' : describeJudged(judged),
    ...(assumed.length === 0 || judged.length === 0 ? [] : [`assumed: ${assumed.join(', ')}`]),
    ...describeSkipped(coverage),
    ...(passedOver === 0 ? [] : [`passed over: ${plural(passedOver, 'other file')}`]),
    ...(judged.length > 0 || hint === undefined ? [] : [hint]),
  ];
  return words.join('; ');
}

/** What failoverctl.yaml kept out is told with its line, so that a clean run does not hide it. */
export function describeConfiguration({
  file,
  leftOut,
}: {
  readonly file: string;
  readonly leftOut: readonly LeftOut[];
}): readonly string[] {
  return [
    `configured by ${file}`,
    ...leftOut.map((one) =>
      'rule' in one
        ? `left out by ${one.by}: ${plural(one.findings, 'finding')} of ${one.rule}`
        : `left out by ${one.by}: ${plural(one.files, 'file')}`,
    ),
  ];
}

/** Of a tree that holds the roots of guests and is none itself. */
export function describeNested(name: string, roots: readonly string[]): string {
  const guests = roots.length === 1 ? 'the guest' : `the ${roots.length} guests`;
  return `run 'failoverctl lint ${name}' to judge ${guests} in it (${nameSome(roots, maximalNames)})`;
}

function describeJudged(judged: readonly JudgedGuest[]): string {
  const counts = new Map<string, Pick<JudgedManager, 'files' | 'generated'>>();
  for (const { managers } of judged)
    for (const { manager, version, files, generated } of managers) {
      const name = version === null ? manager : `${manager} ${version}`;
      const before = counts.get(name) ?? { files: 0, generated: 0 };
      counts.set(name, { files: before.files + files, generated: before.generated + generated });
    }
  const boot = judged.reduce((sum, { bootFiles }) => sum + bootFiles, 0);
  const managers = [...counts].map(([name, count]) => `${name} (${describeCount(count)})`);
  if (boot > 0) managers.push(`boot options (${plural(boot, 'file')})`);
  const names = judged.map(({ name }) => name);
  const guests = names.length === 1 ? names.join('') : `${names.length} guests (${nameSome(names, maximalNames)})`;
  return `judged: ${managers.join(', ')} of ${guests}`;
}

/** "1 file", "1 generated file", "2 files, 1 generated file", "no files". */
function describeCount({ files, generated }: Pick<JudgedManager, 'files' | 'generated'>): string {
  const parts = [
    ...(files === 0 ? [] : [plural(files, 'file')]),
    ...(generated === 0 ? [] : [plural(generated, 'generated file')]),
  ];
  return parts.length === 0 ? 'no files' : parts.join(', ');
}

function describeSkipped({ skipped }: Coverage): readonly string[] {
  if (skipped.length === 0) return [];
  return [
    `not judged: ${nameSome(
      skipped.map(({ path, why }) => `${path} (${why})`),
      maximalNames,
    )}`,
  ];
}

const maximalNames = 4;

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
