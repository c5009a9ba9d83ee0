/**
 * Is a profile that of a port, and of what (_nm_connection_detect_port_type_full() of nm-connection.c)? `controller` and
 * `port-type` came with 1.46 beside `master` and `slave-type`, and each old word goes with each new one. Where both are
 * given, the old one counts. Before 1.46 the new ones are read over.
 */
import { keyFileEntry, type KeyFile, type KeyFileEntry } from '../../text/key-file.ts';
import { isAtLeast } from './compare-version.ts';
import type { ProfileFault } from './profile-fault.ts';

export interface PortWords {
  readonly controller: KeyFileEntry | undefined;
  readonly type: KeyFileEntry | undefined;
}

/** What counts, in a NetworkManager of that version (unknown: the newest). */
export function readPortWords(file: KeyFile, version: string | undefined): PortWords {
  const of = (key: string) => keyFileEntry(file, 'connection', key);
  const isNew = isAtLeast(version, 46) !== 'no';
  return {
    controller: of('master') ?? (isNew ? of('controller') : undefined),
    type: of('slave-type') ?? (isNew ? of('port-type') : undefined),
  };
}

/** A group of a port's own says by itself of what it is one. */
const groups: Readonly<Record<string, string>> = {
  'bond-port': 'bond',
  'bridge-port': 'bridge',
  'team-port': 'team',
  'ovs-interface': 'ovs-port',
};
const types: ReadonlySet<string> = new Set(['bond', 'bridge', 'team', 'vrf', 'ovs-port']);

export interface Port {
  /** The key with the controller's name or UUID. */
  readonly controller: KeyFileEntry;
  /** The port of a VRF and an OVS interface have addresses of their own, all others leave them to the controller. */
  readonly hasAddresses: boolean;
}

/** Null: the profile is no port's. */
export function readPort(file: KeyFile, version: string | undefined): Port | null {
  const { controller, type } = readPortWords(file, version);
  const own = portGroups(file);
  if (controller === undefined || (type === undefined && own.length === 0)) return null;
  const isOvsInterface = keyFileEntry(file, 'connection', 'type')?.raw === 'ovs-interface';
  const kind = type?.raw ?? groups[own[0] ?? ''] ?? '';
  return { controller, hasAddresses: kind === 'vrf' || isOvsInterface };
}

/** A controller, and no type but what a group of its own says, in a version that settles that first? */
export function isPortByGroup(file: KeyFile, version: string | undefined): boolean {
  if (isAtLeast(version, 46) === 'no') return false;
  return readPort(file, version)?.hasAddresses === false && readPortWords(file, version).type === undefined;
}

function portGroups(file: KeyFile): readonly string[] {
  return file.groups.map(({ name }) => name).filter((name) => name in groups);
}

export function* checkPort(file: KeyFile, version: string | undefined): Generator<ProfileFault> {
  const { controller, type } = readPortWords(file, version);
  const own = portGroups(file);
  if (type !== undefined && !types.has(type.raw))
    yield { place: type.valuePlace, message: `${type.key}=${type.raw}; expected ${[...types].join(', ')}` };
  else if (type !== undefined && own.some((group) => groups[group] !== type.raw))
    yield {
      place: type.valuePlace,
      message: `${type.key}=${type.raw} beside [${own.join('], [')}]; expected one kind of port`,
    };
  if (controller !== undefined && type === undefined && own.length !== 1)
    yield { place: controller.valuePlace, message: `${controller.key} without ${typeWord(controller)}` };
  const place = file.groups.find(({ name }) => name === 'ovs-interface')?.place;
  if (controller === undefined && type === undefined && place !== undefined)
    yield { place, message: '[ovs-interface] without controller; expected one in [connection]' };
  if (controller === undefined && type !== undefined)
    yield { place: type.valuePlace, message: `${type.key} without ${controllerWord(type)}` };
}

function typeWord({ key }: KeyFileEntry): string {
  return key === 'master' ? 'slave-type' : 'port-type';
}

function controllerWord({ key }: KeyFileEntry): string {
  return key === 'slave-type' ? 'master' : 'controller';
}
