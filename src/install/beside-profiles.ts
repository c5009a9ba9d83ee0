/** What NetworkManager's configuration here means for our own files for it: what its list is made of, and which NICs ours may bring up. */
import type { ConfigurationFiles } from '../judgement/judge.ts';
import { isListOfExceptions, listGuardPath } from '../managers/networkmanager/list-guard.ts';
import { anyGuestPath } from '../managers/networkmanager/render.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import type { HostFacts } from '../topology/guest.ts';

/** `beside`: the files of NetworkManager, and of whoever writes for it, without ours; null: it does not act here. */
export function dropListGuard(
  wanted: readonly GeneratedFile[],
  beside: ConfigurationFiles | null,
  { networkManagerVersion: version }: HostFacts,
): readonly GeneratedFile[] {
  if (beside === null || wanted.every(({ path }) => path !== listGuardPath)) return wanted;
  const isTurned = isListOfExceptions(beside.files.get('networkmanager') ?? [], version);
  return wanted.filter(({ path }) => path !== listGuardPath || !isTurned);
}

/** Why our profile of any guest's master may bring up what it should not. `untold`: places of profiles whose NIC is not told. */
export function tellOrdinaryNics(wanted: readonly GeneratedFile[], untold: readonly string[]): readonly string[] {
  if (wanted.every(({ path }) => path !== anyGuestPath)) return [];
  const also = untold.length === 0 ? '' : `, ${untold.join(' and ')} or not`;
  return [
    'NetworkManager cannot tell a master from an ordinary virtio-net NIC before it has a name: ' +
      `${anyGuestPath} brings up an ordinary one too that no profile is for${also}; ` +
      '[keyfile] unmanaged-devices=interface-name:NAME keeps it down',
  ];
}
