/** Answers what managers ask of a machine to find themselves there: from files alone, of a guest, an image or a snapshot. */
import type { Probe } from '../managers/probe.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { watchingSystem } from '../system/watching.ts';
import { madeOnce } from '../text/kept-with.ts';
import { sharedSource } from '../text/shared-source.ts';
import { parseYamlTree, plainValue } from '../text/yaml-tree.ts';
import { readPackageVersion } from './packages.ts';
import { readUnitState } from './unit.ts';

export interface MachineProbe extends Probe {
  /** What is there and could not be read, each once: nothing can be said of what it would have told. */
  readonly failures: () => readonly Failure[];
}

/** Guests of one image have the same lists. */
const inOrder = madeOnce((names: readonly string[]): readonly string[] => [...names].sort());

export function probeMachine(machine: System): MachineProbe {
  const watched = watchingSystem(machine);
  const { system } = watched;
  const texts = new Map<string, string | null>();
  const read = (path: string): string | null => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = system.read(path);
    texts.set(path, isFailure(text) ? null : text);
    return isFailure(text) ? null : text;
  };
  const list = (directory: string): readonly string[] => {
    const names = system.list(directory);
    return isFailure(names) ? [] : inOrder(names);
  };
  return {
    failures: () => watched.failures,
    read,
    list,
    first: (paths) => paths.find((path) => !isFailure(system.stat(path))) ?? null,
    readlink: (path) => {
      const target = system.readlink(path);
      return isFailure(target) ? null : target;
    },
    files: (directories, wanted) => {
      const byName = new Map<string, string>();
      for (const directory of directories) {
        for (const name of list(directory))
          if (wanted.test(name) && !byName.has(name)) byName.set(name, `${directory}/${name}`);
      }
      return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
    },
    yaml: (path) => {
      const text = read(path);
      return text === null ? null : plainValue(parseYamlTree(sharedSource(path, text)).root);
    },
    unit: (name) => readUnitState(system, name),
    packageVersion: (names) => readPackageVersion({ read, list }, names),
  };
}
