/** What of a configuration was judged, counted for the last line of a report; files that failoverctl.yaml leaves out apart. */
import { configuresLinks } from '../managers/all.ts';
import { joinLeftOut, type LeftOut } from './configured-findings.ts';
import { versionOf, type Coverage } from './coverage.ts';
import type { ConfigurationFiles } from '../judgement/judge.ts';
import type { LintView } from './rule.ts';

interface Covering {
  /** The guest's. */
  readonly name: string;
  readonly exclusionOf?: (path: string) => string | null;
}

export function coverView(
  { files: all, guest: { host }, bootFiles }: LintView,
  { acting, managers: loaded }: ConfigurationFiles,
  { name, exclusionOf }: Covering,
  { assumed, skipped, passedOver }: { assumed: string | null } & Pick<Coverage, 'skipped' | 'passedOver'>,
): { readonly coverage: Coverage; readonly leftOut: readonly LeftOut[] } {
  const isLeftOut = (path: string) => exclusionOf !== undefined && exclusionOf(path) !== null;
  const seen = new Set<string>();
  const judged = [...loaded.keys()].flatMap((manager) => {
    const found = all.get(manager) ?? [];
    const written = found.filter(({ source: { origin } }) => origin === undefined || origin.carried === true);
    for (const { source } of written) seen.add(source.path);
    const files = written.filter(({ source }) => !isLeftOut(source.path)).length;
    const generated = found.length - written.length;
    const counts = files > 0 || (configuresLinks(manager) && acting?.has(manager) === true);
    return counts ? [{ manager, version: versionOf(manager, host), files, generated }] : [];
  });
  for (const { source } of bootFiles) seen.add(source.path);
  const bootCount = bootFiles.filter(({ source }) => !isLeftOut(source.path)).length;
  const nothing = judged.every(({ manager, files }) => files === 0 && !configuresLinks(manager));
  const leftOut = countLeftOut([...seen], exclusionOf);
  // where all that there is was left out, nothing is called clean
  const isEmptied = leftOut.length > 0 && bootCount === 0 && judged.every(({ files }) => files === 0);
  const isJudged = (!nothing || bootCount > 0) && !isEmptied;
  const coverage: Coverage = {
    judged: isJudged ? [{ name, managers: judged, bootFiles: bootCount }] : [],
    assumed: assumed === null || !isJudged ? [] : [assumed],
    skipped: skipped.filter(({ path }) => !isLeftOut(path)),
    passedOver,
  };
  return { coverage, leftOut };
}

/** How many of the files each line of failoverctl.yaml leaves out. */
export function countLeftOut(paths: readonly string[], exclusionOf: Covering['exclusionOf']): readonly LeftOut[] {
  if (exclusionOf === undefined) return [];
  return joinLeftOut(
    paths.flatMap((path) => {
      const by = exclusionOf(path);
      return by === null ? [] : [{ by, files: 1 }];
    }),
  );
}
