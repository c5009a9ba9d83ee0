/** What tests of an installation share: a tree as text, so that "byte for byte as before" is one comparison. */
import type { MemorySystem } from '../../src/system/memory.ts';

/** Every file, link and directory with all that install may touch, by path. */
export function treeOf(system: MemorySystem): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...system.files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
