/** A system that is only looked at: each operation that would change it fails as on a file system that is mounted so. */
import type { Failure, System } from './system.ts';

const refuse = (path: string): Failure => ({ errno: 'EROFS', path });

/** To be spread over a system. */
export const readOnly = {
  create: refuse,
  append: refuse,
  rename: (_, to) => refuse(to),
  link: (_, to) => refuse(to),
  remove: refuse,
  makeDirectory: refuse,
  removeDirectory: refuse,
  symlink: (_, path) => refuse(path),
  chmod: refuse,
  chown: refuse,
} satisfies Partial<System>;
