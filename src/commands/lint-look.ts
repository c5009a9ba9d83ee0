/** One guest, or files, looked at by the linter: for each variant that is asked for, as failoverctl.yaml wants it. */
import { countFiles, joinCoverage, nameUnknownVersions, type Coverage } from '../lint/coverage.ts';
import { changedFindings, joinFindings } from '../lint/changed-findings.ts';
import { configureFindings, joinLeftOut, type LeftOut } from '../lint/configured-findings.ts';
import type { RuleChoice } from '../findings/settle.ts';
import type { Finding } from '../findings/finding.ts';
import type { TargetFacts } from '../inventory/releases.ts';
import type { LinterConfig } from '../lint/linter-config.ts';
import type { Assumption } from '../topology/guest-assumed.ts';
import { lintAnyVersion } from './lint-any-version.ts';
import type { Target, TargetOptions } from './lint-target.ts';
import type { Linted } from './report-findings.ts';

/** A release to judge for, or a guest to assume. */
export interface Variant {
  /** "debian13". */
  readonly name: string;
  readonly target?: TargetFacts;
  readonly fallback?: Assumption;
}

export interface Looking {
  readonly choice: RuleChoice;
  readonly config: LinterConfig | null;
  /** At least one. */
  readonly variants: readonly Variant[];
  /** Only what differs between the two variants. */
  readonly differences: boolean;
}

export interface Looked extends Linted {
  /** Of the last variant. */
  readonly targets: readonly Target[];
}

/** `read`: the targets, judged for a variant. */
export async function lookAt(
  { choice, config, variants, differences }: Looking,
  how: Pick<TargetOptions, 'exclusionOf'>,
  read: (variant: Pick<TargetOptions, 'target' | 'fallback'>) => Promise<readonly Target[]>,
): Promise<Looked> {
  const seen: { readonly name: string; readonly findings: readonly Finding[]; readonly targets: readonly Target[] }[] =
    [];
  for (const { name, target, fallback } of variants) {
    const readFor = (facts: TargetFacts) => read({ target: facts, ...(fallback === undefined ? {} : { fallback }) });
    seen.push({ name, ...(await lintAnyVersion(readFor, choice, target)) });
  }
  const [before, after] = seen;
  const found =
    differences && before !== undefined && after !== undefined ? changedFindings(before, after) : joinFindings(seen);
  const { exclusionOf = () => null } = how;
  const kept = found.filter(({ place }) => exclusionOf(place.source.path) === null);
  const configured = config === null ? { findings: kept, leftOut: [] } : configureFindings(kept, config);
  const targets = seen.at(-1)?.targets ?? [];
  const coverage = describeVariants(seen, variants);
  const leftOut = [...joinLeftOut(targets.flatMap((one) => one.leftOut)), ...configured.leftOut];
  return {
    targets,
    findings: configured.findings,
    fileCount: countFiles(coverage),
    troubles: [...new Set(seen.flatMap((one) => one.targets.flatMap(({ troubles }) => troubles)))],
    coverage,
    ...(config === null ? {} : { configuration: { file: config.path, leftOut } }),
  };
}

/** The same files, judged more than once, count once. */
function describeVariants(
  seen: readonly { readonly targets: readonly Target[] }[],
  variants: readonly Variant[],
): Coverage {
  const parts = seen.map(({ targets }) => joinCoverage(targets.map(({ coverage }) => coverage)));
  const last = parts.at(-1) ?? joinCoverage([]);
  const assumed = [...new Set(parts.flatMap((part) => part.assumed))];
  const releases = variants.flatMap(({ name, target }) => (target === undefined ? [] : [{ name, facts: target }]));
  return nameUnknownVersions({ ...last, assumed }, releases);
}

/** Several guests as one. */
export function joinLinted(parts: readonly Linted[]): Linted {
  const coverage = joinCoverage(parts.flatMap((part) => part.coverage ?? []));
  const configurations = parts.flatMap(({ configuration }) => configuration ?? []);
  const [first] = configurations;
  const leftOut: readonly LeftOut[] = joinLeftOut(configurations.flatMap((one) => one.leftOut));
  return {
    findings: parts.flatMap(({ findings }) => findings),
    fileCount: parts.reduce((sum, { fileCount }) => sum + fileCount, 0),
    troubles: parts.flatMap(({ troubles }) => troubles),
    coverage,
    ...(first === undefined ? {} : { configuration: { file: first.file, leftOut } }),
  };
}
