/** Every manager that there is a folder of, by what it says of itself. */
import { descriptions } from 'managers:descriptions';
import type { Manager, ManagerName } from './claim.ts';
import type { ManagerDescription, Rendering } from './description.ts';

/** In the order in which they are judged. */
export const managers: readonly ManagerDescription[] = [...descriptions].sort(
  (a, b) => a.order.judging - b.order.judging || (a.name < b.name ? -1 : 1),
);

/** In the order in which they are asked whether a file is theirs. */
export const askedManagers: readonly ManagerDescription[] = managers.toSorted(
  (a, b) => a.order.asking - b.order.asking,
);

/** Those that are looked for in a tree, the one first that configures the master before others. */
export const detectedManagers: readonly DetectedManager[] = managers
  .filter((one): one is DetectedManager => one.detection !== undefined)
  .sort((a, b) => a.detection.order - b.detection.order);

type DetectedManager = ManagerDescription & Required<Pick<ManagerDescription, 'detection'>>;

/** What `--manager` can name: found in a tree, and there is something to write for it. */
export const installableManagers: readonly ManagerDescription[] = detectedManagers.filter(
  ({ loadRendering }) => loadRendering !== undefined,
);

/** What `generate` can write for. */
export const renderedManagers: readonly ManagerDescription[] = [
  ...installableManagers,
  ...managers.filter(({ detection, loadRendering }) => detection === undefined && loadRendering !== undefined),
];

/** Those of them that write a bridge or a VLAN on a master too. */
export const stackingManagers: readonly ManagerName[] = renderedManagers
  .filter(({ stacks }) => stacks === true)
  .map(({ name }) => name);

export function findManager(name: ManagerName): ManagerDescription | undefined {
  return managers.find((one) => one.name === name);
}

/** Does it configure links? The others name, mark and write for others. */
export function configuresLinks(name: ManagerName): boolean {
  return findManager(name)?.role === 'configures';
}

export type Renderings = ReadonlyMap<ManagerName, Rendering>;

export async function loadRenderings(wanted: readonly ManagerDescription[] = renderedManagers): Promise<Renderings> {
  const loaded = new Map<ManagerName, Rendering>();
  for (const { name, loadRendering } of wanted) {
    if (loadRendering !== undefined) loaded.set(name, await loadRendering());
  }
  return loaded;
}

export type LoadedManagers = ReadonlyMap<ManagerName, Manager>;

export async function loadManagers(wanted: readonly ManagerDescription[] = managers): Promise<LoadedManagers> {
  const loaded = new Map<ManagerName, Manager>();
  for (const { name, load } of wanted) loaded.set(name, await load());
  return loaded;
}
