/**
 * Defaults for all profiles: `[connection*]` sections of NetworkManager.conf with keys as ethernet.cloned-mac-address. The first
 * section that tells the device and has the key counts, unless one before it ends the search (stop-match);
 * nm_config_data_get_connection_default() of src/core/nm-config-data.c.
 */
import { keyFileEntry } from '../../text/key-file.ts';
import { ethernetGroup, readClonedMac, readInteger } from './profile-values.ts';
import { matchDevices } from './device-spec.ts';
import type { Config, Section } from './config.ts';
import type { Claim, Effect, EffectKind } from '../claim.ts';
import type { KeyFileEntry } from '../../text/key-file.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import type { Profile } from './profile.ts';

interface Default {
  readonly key: string;
  readonly kind: EffectKind;
  /** The profile's own keys: where one of them stands, the default is not asked. */
  readonly instead: readonly string[];
  /** What it does; null: nothing that is told. */
  readonly read: (raw: string) => string | null;
}

const defaults: readonly Default[] = [
  {
    key: 'ethernet.cloned-mac-address',
    kind: 'mac',
    instead: ['cloned-mac-address', 'assigned-mac-address'],
    read: (raw) => {
      const address = readClonedMac(raw);
      return address === null || /^(?:preserve|permanent)$/.test(address) ? null : address;
    },
  },
  {
    key: 'ethernet.mtu',
    kind: 'mtu',
    instead: [], // 0 in a profile leaves it to the default
    read: (raw) => readInteger(raw, 1, 2 ** 32 - 1)?.toString() ?? null,
  },
];

/** The claim of a profile, with what that leaves to the defaults. Null: of a connection that NetworkManager makes by itself. */
export function withDefaults(claim: Claim, profile: Profile | null, config: Config, link: LinkFacts): Claim {
  const added = defaults.flatMap(({ key, kind, instead, read }): readonly Effect[] => {
    if (claim.effects.some((effect) => effect.kind === kind)) return [];
    const file = profile?.file;
    if (file !== undefined && instead.some((one) => keyFileEntry(file, ethernetGroup(file), one) !== undefined))
      return [];
    const entry = findDefault(config.connections, key, link);
    const detail = entry === undefined ? null : read(entry.raw);
    return entry === undefined || detail === null ? [] : [{ kind, detail, place: entry.valuePlace }];
  });
  return added.length === 0 ? claim : { ...claim, effects: [...claim.effects, ...added] };
}

function findDefault(sections: readonly Section[], key: string, link: LinkFacts): KeyFileEntry | undefined {
  for (const { entries, matchDevice, stopMatch } of sections) {
    const list = matchDevice === undefined ? null : { list: matchDevice.value, place: matchDevice.valuePlace };
    if (list !== null && matchDevices([list], link).verdict === 'no') continue;
    const entry = entries.findLast((one) => one.key === key);
    if (entry !== undefined) return entry;
    if (stopMatch) return undefined;
  }
  return undefined;
}
