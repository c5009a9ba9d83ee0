/** ifupdown: the master's stanza, and the hooks that keep ifup off the slaves. */
import type { GeneratedFile } from '../generated-file.ts';
import type { MasterConfig } from '../master-config.ts';

/** The hooks and the masters' stanzas. */
export function renderIfupdown(config: MasterConfig): readonly GeneratedFile[] {
  return renderIfupdownHooks(config);
}

/** What keeps ifup off the slaves: the if-pre-up.d hook, drop-ins of ifup@.service. */
export function renderIfupdownHooks(config: Pick<MasterConfig, 'masters' | 'command'>): readonly GeneratedFile[] {
  return config.masters === null ? [] : [];
}
