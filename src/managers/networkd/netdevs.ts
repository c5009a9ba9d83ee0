/** Bridges and bonds that .netdev files make, with what .network files say of them and of their ports. */
import type { Netdev, PlacedValue } from '../claim.ts';
import { placeOfMatch, type NetworkUnit } from '../systemd/files.ts';
import type { KeyTable } from '../systemd/keys.ts';
import { matchLink } from '../systemd/match.ts';
import { subjectOfNetdev } from '../systemd/match-subject.ts';
import type { MatchSection } from '../systemd/match-section.ts';
import {
  readHardwareAddress,
  readInterfaceName,
  readScalar,
  readSettings,
  type Scalar,
  type Setting,
} from '../systemd/settings.ts';
import type { HostFacts } from '../../topology/guest.ts';

/** A .network file, as the daemon asks them in turn. */
export interface NetworkFile {
  readonly unit: NetworkUnit;
  readonly match: MatchSection;
  readonly settings: readonly Setting[];
}

export function findNetdevs(
  units: readonly NetworkUnit[],
  networks: readonly NetworkFile[],
  table: KeyTable,
  host: HostFacts,
): readonly Netdev[] {
  return units.flatMap((unit): Netdev[] => {
    if (unit.rejected) return [];
    const settings = readSettings(unit.documents, table, host.systemdVersion);
    const name = readScalar(settings, ['NetDev'], 'Name', readInterfaceName)?.value;
    const kind = readScalar(settings, ['NetDev'], 'Kind', asIs)?.value;
    if (name === undefined || (kind !== 'bridge' && kind !== 'bond')) return [];
    const own = networks.find(({ match }) => matchLink(match, subjectOfNetdev(name, kind), host).verdict === 'yes');
    const given = readScalar(settings, ['NetDev'], 'MACAddress', asIs);
    const later = readScalar(own?.settings ?? [], ['Link'], 'MACAddress', readHardwareAddress);
    const key = kind === 'bridge' ? 'Bridge' : 'Bond';
    return [
      {
        names: [name],
        kind,
        place: settings[0]?.place ?? placeOfMatch(unit),
        mac: placed(later ?? (given?.value === 'none' ? null : given)),
        // netdev_get_mac() makes one of the machine id and the name; `none` (251) leaves it to udev
        macBy: given?.value === 'none' ? 'udev' : 'manager',
        mode: placed(readScalar(settings, ['Bond'], 'Mode', asIs)),
        failOverMac: placed(readScalar(settings, ['Bond'], 'FailOverMACPolicy', asIs)),
        ports: networks.flatMap((network) => {
          const port = readScalar(network.settings, ['Network'], key, readInterfaceName);
          return port?.value === name ? [{ value: network.unit.name, place: port.setting.place }] : [];
        }),
      },
    ];
  });
}

const asIs = (value: string): string | null => (value === '' ? null : value);

function placed(scalar: Scalar<string> | null): PlacedValue | null {
  return scalar && { value: scalar.value, place: scalar.setting.place };
}
