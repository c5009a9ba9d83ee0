/** netplan(5): the master's definition. The guard is the renderer's: networkd's or NetworkManager's. */
import { commentedFile, type GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';

/** netplan's `renderer:`, in its own spelling. */
export type NetplanRenderer = 'networkd' | 'NetworkManager';

export const netplanPath = '/etc/netplan/95-failover.yaml';

/** The definition, without the guard. */
export function renderNetplan(config: MasterConfig, renderer: NetplanRenderer): readonly GeneratedFile[] {
  return [
    commentedFile(
      netplanPath,
      0o600,
      config,
      'Configures the failover master, and it alone.',
      `network:\n  version: 2\n  renderer: ${renderer}\n`,
    ),
  ];
}
