/** What lint has left to say once an image is installed, and how much of that the installation has said itself. */
import { main } from '../../src/main.ts';
import { memorySystem, type MemorySystem } from '../../src/system/memory.ts';
import { treeOf } from './tree.ts';
import type { Tree } from '../trials/machine.ts';

export interface InstalledImage {
  readonly status: number;
  /** All that install printed. */
  readonly told: string;
  /** Lines of lint's concise format: errors and warnings. */
  readonly left: readonly string[];
  readonly before: ReturnType<typeof treeOf>;
  readonly system: MemorySystem;
}

const root = '/mnt';

export async function installThenLint(tree: Tree): Promise<InstalledImage> {
  const system = memorySystem(Object.fromEntries(Object.entries(tree).map(([path, entry]) => [root + path, entry])));
  const image = treeOf(system);
  const status = await main(['install', '--root', root], system);
  const told = system.stdout + system.stderr;
  const before = system.stdout.length;
  await main(['lint', '--root', root, '--format', 'concise', '--quiet'], system);
  const left = system.stdout
    .slice(before)
    .split('\n')
    .filter((line) => / FO\d+ (?:error|warning) /.test(line));
  return { status, told, left, before: image, system };
}

/** Findings that install has not told by the same rule at the same place. */
export function untold({ told, left }: Pick<InstalledImage, 'told' | 'left'>): readonly string[] {
  return left.filter((line) => {
    const [place = '', rule = ''] = line.replace(/^\/mnt/, '').split(/: | /);
    return !told.split('\n').some((other) => other.includes(place) && other.includes(rule));
  });
}
