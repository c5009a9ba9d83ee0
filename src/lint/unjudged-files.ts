/** Files that no manager reads, and files that carry others: what is judged of them, and what has to be told. */
import { unpackCarrier, type Unpacked } from './carriers/unpack.ts';
import { describeForeign, foreignGlobs, recogniseForeign } from './foreign-formats.ts';
import { ownersAt, type NamedFile } from './read-configuration.ts';
import type { FileReader } from '../judgement/file-reader.ts';
import type { ConfigurationFiles } from '../judgement/judge.ts';
import type { ConfigFile } from '../managers/claim.ts';
import type { Coverage } from './coverage.ts';
import type { Skipped } from './walk.ts';

export interface UnpackedFiles {
  readonly files: readonly NamedFile[];
  readonly skipped: readonly Skipped[];
  readonly troubles: readonly string[];
}

/** Files that no manager reads: those that were named are trouble, and of those that were found the ones that configure links are told. */
export function sortStrangers(
  unknown: readonly ConfigFile[],
  own: readonly NamedFile[],
): Pick<Coverage, 'skipped' | 'passedOver'> & { readonly troubles: readonly string[] } {
  const troubles: string[] = [];
  const skipped: Skipped[] = [];
  let passedOver = 0;
  const excluded = new Set(own.filter(({ leftOut }) => leftOut === true).map(({ file }) => file));
  for (const file of unknown.filter((one) => !excluded.has(one))) {
    const { path, text } = file.source;
    const foreign = recogniseForeign(path, text, true);
    const isNamed = own.some((one) => one.file === file && one.found !== true);
    if (isNamed)
      troubles.push(
        `'${path}': ${foreign === null ? "not known as a file of any manager; 'failoverctl lint --as' says whose" : describeForeign(foreign)}`,
      );
    else if (foreign === null) passedOver += 1;
    else skipped.push({ path, why: `${foreign.title}, which is not read` });
  }
  return { troubles, skipped, passedOver };
}

/** What carries other files gives them up; what it does not give up is trouble if it was named. */
export function unpackNamed(named: readonly NamedFile[]): UnpackedFiles {
  const files: NamedFile[] = [];
  const skipped: Skipped[] = [];
  const troubles: string[] = [];
  for (const one of named) {
    const unpacked = one.manager === undefined || one.manager === 'cloud-init' ? unpackCarrier(one.file) : null;
    if (unpacked === null || unpacked.isConfiguration) files.push(one);
    if (unpacked === null) continue;
    const carrier = { named: one, isGuest: !unpacked.isConfiguration };
    files.push(...unpacked.files.map((file): NamedFile => ({ file, carrier })));
    for (const { path, why, isMinor } of one.leftOut === true ? [] : unpacked.unread) {
      if (isMinor || one.found === true) skipped.push({ path, why });
      else troubles.push(`${path}: ${why}`);
    }
  }
  return { files, skipped, troubles };
}

/** What user and vendor data of a seed write is there from the first boot on, beside what the tree has. */
export function unpackUserData(read: ConfigurationFiles): {
  readonly files: ConfigurationFiles;
  readonly unread: Unpacked['unread'];
} {
  const unpacked = (read.files.get('cloud-init') ?? []).flatMap((file) => unpackCarrier(file) ?? []);
  if (unpacked.length === 0) return { files: read, unread: [] };
  const files = new Map(read.files);
  for (const file of unpacked.flatMap((one) => one.files))
    for (const owner of ownersAt(read.managers, file.path))
      files.set(owner, [...(files.get(owner) ?? []).filter(({ path }) => path !== file.path), file]);
  return { files: { ...read, files }, unread: unpacked.flatMap(({ unread }) => unread) };
}

export function findForeign({ include }: FileReader): readonly Skipped[] {
  return foreignGlobs.flatMap((glob) =>
    include(glob).flatMap(({ source: { path, text } }) => {
      const foreign = recogniseForeign(path, text);
      return foreign === null ? [] : [{ path, why: `${foreign.title}, which is not read` }];
    }),
  );
}
