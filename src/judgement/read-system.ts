/** Everything that the managers of a system read. */
import {
  askedManagers,
  findManager,
  loadManagers,
  loadRenderings,
  managers as all,
  type LoadedManagers,
} from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { FileReader } from './file-reader.ts';
import type { ConfigurationFiles } from './judge.ts';

/**
 * `acting`: those that act on links there. `partial`: the tree is a part of a system, and what one manager writes for another is
 * read by whoever would.
 */
export async function readSystemFiles(
  reader: FileReader,
  acting: ReadonlySet<ManagerName>,
  partial = false,
): Promise<ConfigurationFiles> {
  const there = askedManagers.filter(({ name }) => acting.has(name));
  const read = readFilesOf(reader, await loadManagers(there));
  const renderings = await loadRenderings(there);
  if (!partial) return { ...read, acting, renderings };
  const writing = there.filter(({ name }) => (read.files.get(name)?.length ?? 0) > 0);
  const readers = new Set(writing.flatMap(({ name }) => findManager(name)?.lowersTo ?? []));
  const others = askedManagers.filter(({ name }) => readers.has(name) && !acting.has(name));
  const unasked = new Set(all.filter(({ actsUnasked }) => actsUnasked === true).map(({ name }) => name));
  return {
    files: read.files,
    managers: new Map([...read.managers, ...(await loadManagers(others))]),
    acting: new Set([...acting, ...others.map(({ name }) => name).filter((name) => !unasked.has(name))]),
    actingIfWrittenFor: unasked,
    renderings: new Map([...renderings, ...(await loadRenderings(others))]),
    context: { ...read.context, partial: true },
  };
}

/** What these managers would find. */
export function readFilesOf(
  reader: FileReader,
  managers: LoadedManagers,
): Pick<ConfigurationFiles, 'managers' | 'files' | 'context'> {
  const files = [...managers].map(([name, manager]) => [name, reader.readLocations(manager)] as const);
  return { managers, files: new Map(files), context: { include: reader.include } };
}
