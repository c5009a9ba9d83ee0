/** Bridges and bonds that profiles make, and the profiles that are their ports. */
import { keyFileEntry, type KeyFileEntry } from '../../text/key-file.ts';
import type { Netdev, PlacedValue } from '../claim.ts';
import { ethernetGroup } from './profile-values.ts';
import type { NetdevProfile, Profile } from './profile.ts';

export function findNetdevs(made: readonly NetdevProfile[], profiles: readonly Profile[]): readonly Netdev[] {
  return made.map(({ kind, id, file }): Netdev => {
    const of = (group: string, key: string) => keyFileEntry(file, group, key);
    const entry = of('connection', 'interface-name');
    const uuid = of('connection', 'uuid');
    const names = [entry?.value, uuid?.value, id].flatMap((name) => name ?? []);
    const ethernet = ethernetGroup(file);
    const cloned = of(ethernet, 'cloned-mac-address') ?? of('bridge', 'mac-address');
    const isNamed = (port: KeyFileEntry) => names.some((name) => name.toLowerCase() === port.value.toLowerCase());
    return {
      names,
      kind,
      place: (entry ?? uuid)?.valuePlace ?? { source: file.source, span: { start: 0, end: 0 } },
      mac: cloned === undefined || cloned.value === 'preserve' ? null : placed(cloned),
      macBy: 'udev', // the kernel makes it with a random one
      mode: placed(of('bond', 'mode')),
      failOverMac: placed(of('bond', 'fail_over_mac')),
      ports: profiles.flatMap((profile) =>
        profile.port !== null && isNamed(profile.port.controller)
          ? [{ value: profile.id, place: profile.port.controller.valuePlace }]
          : [],
      ),
    };
  });
}

function placed(entry: KeyFileEntry | undefined): PlacedValue | null {
  return entry === undefined ? null : { value: entry.value, place: entry.valuePlace };
}
