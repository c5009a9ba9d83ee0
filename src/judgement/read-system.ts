/** Everything that the managers of a system read. */
import { askedManagers, loadManagers, loadRenderings, type LoadedManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { FileReader } from './file-reader.ts';
import type { ConfigurationFiles } from './judge.ts';

/** `acting`: those that act on links there. */
export async function readSystemFiles(
  reader: FileReader,
  acting: ReadonlySet<ManagerName>,
): Promise<ConfigurationFiles> {
  const there = askedManagers.filter(({ name }) => acting.has(name));
  const renderings = await loadRenderings(there);
  return { ...readFilesOf(reader, await loadManagers(there)), acting, renderings };
}

/** What these managers would find. */
export function readFilesOf(
  reader: FileReader,
  managers: LoadedManagers,
): Pick<ConfigurationFiles, 'managers' | 'files' | 'context'> {
  const files = [...managers].map(([name, manager]) => [name, reader.readLocations(manager)] as const);
  return { managers, files: new Map(files), context: { include: reader.include } };
}
