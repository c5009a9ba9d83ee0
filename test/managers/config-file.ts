/** Configuration files for tests of managers. */
import type { ConfigFile } from '../../src/managers/claim.ts';

export function configFile(path: string, text: string, linkTarget?: string): ConfigFile {
  return { source: { path, text }, path, mode: 0o644, uid: 0, linkTarget };
}
