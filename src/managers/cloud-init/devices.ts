/**
 * Network configuration version 1 and 2 as one list of devices (network_state.py), for the renderers that do not take
 * version 2 as it is. Only what decides about links is kept.
 */
import { entryOf, valueOf, type YamlMap } from '../../text/yaml-tree.ts';
import { hasBehaviour } from './behaviours.ts';
import { boxesOf } from './boxes.ts';
import { checkConfig, type RendererName } from './check.ts';
import { textOf } from './sources.ts';
import type { Problem } from '../claim.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import { bare, type Device } from './device.ts';
import { readVersion1 } from './read-version1.ts';
import { readVersion2 } from './read-version2.ts';

export interface ReadDevices {
  readonly version: 1 | 2 | null;
  readonly devices: readonly Device[];
  readonly problems: readonly Problem[];
}

/** `links`: those that cloud-init sees at boot, without slaves of failover masters. */
export function readDevices(
  config: YamlMap,
  links: readonly LinkFacts[],
  renderer: RendererName | null,
  cloudInitVersion?: string,
): ReadDevices {
  const version = textOf(valueOf(config, 'version'));
  const isPassed = renderer === 'netplan' || renderer === null;
  const read =
    version === '1'
      ? { version: 1 as const, ...readVersion1(config) }
      : version === '2'
        ? { version: 2 as const, ...readVersion2(config, links, isPassed, cloudInitVersion) }
        : null;
  if (read !== null) {
    const problems = [...read.problems, ...checkConfig(config, read.version, renderer, cloudInitVersion, read.devices)];
    const devices = hasBehaviour(cloudInitVersion, 'lower-case MACs') ? read.devices.map(lowerMac) : read.devices;
    const isById = hasBehaviour(cloudInitVersion, 'known by ID');
    const joined = withMembers({ ...read, devices, problems }, isById);
    return { ...joined, problems: [...problems, ...(isById ? findLostPorts(joined.devices, renderer) : [])] };
  }
  const entry = entryOf(config, 'version');
  const message =
    entry === undefined ? 'no version; expected version: 1 or 2' : `version ${version ?? ''}; expected 1 or 2`;
  const consequence = 'cloud-init cannot read the configuration, and renders nothing';
  return {
    version: null,
    devices: [],
    problems: [{ kind: 'bad-value', place: entry?.value.place ?? config.place, message, consequence, fatal: true }],
  };
}

/**
 * Ports that nothing defines become devices of their own (handle_bond, handle_bridge); a bridge's have no type, which
 * the eni and network-manager renderers cannot take.
 */
function withMembers(read: ReadDevices, isById: boolean): ReadDevices {
  const boxes = boxesOf(read.devices, isById);
  for (const { kind, members } of read.devices) {
    for (const { value: name, place, isNameless } of kind === 'bond' || kind === 'bridge' ? members : []) {
      if (boxes.has(name)) continue;
      const upper = kind === 'bond' ? 'bond' : 'untyped';
      const unnamed = isNameless === true ? { isNameless } : {};
      const device = { ...bare, kind: upper, id: name, key: name, keys: [name], name, place, ...unnamed } as const;
      boxes.set(name, { device, last: device });
    }
  }
  const devices = [...boxes.values()].map((box) => {
    const keys = [...boxes].flatMap(([key, other]) => (other === box ? [key] : []));
    const key = isById ? box.device.id : box.device.name;
    return Object.assign({}, box.device, {
      key,
      keys,
      ...(isById ? { members: keptPorts(box.device, read.devices) } : {}),
    });
  });
  return { ...read, devices };
}

/**
 * A bond marks its ports. Where it stands before them it marks what stands in for them, and a definition that is called otherwise
 * than by its ID, by set-name or by its MAC, takes the place of that without the mark.
 */
function keptPorts(bond: Device, all: readonly Device[]): Device['members'] {
  if (bond.kind !== 'bond') return bond.members;
  const at = all.findLastIndex(({ kind, id }) => kind === 'bond' && id === bond.id);
  const later = all.slice(at + 1);
  return bond.members.filter(({ value }) => !later.some(({ id, name }) => id === value && name !== value));
}

function lowerMac(device: Device): Device {
  const { mac } = device;
  return mac === null ? device : { ...device, mac: { value: mac.value.toLowerCase(), place: mac.place } };
}

/** The sysconfig renderer looks a bond's ports up by their names all the same, NetworkManager's a bridge's by IDs alone. */
function findLostPorts(devices: readonly Device[], renderer: RendererName | null): readonly Problem[] {
  const upper = renderer?.startsWith('sysconfig') === true ? 'bond' : renderer === 'network-manager' ? 'bridge' : null;
  const ports = devices.flatMap(({ kind, members }) => (kind === upper ? members : []));
  return ports.flatMap(({ value, place }): readonly Problem[] => {
    const device = devices.find(({ keys }) => keys.includes(value));
    const isLost =
      upper === 'bond'
        ? device?.name !== value && devices.every(({ key }) => key !== device?.name)
        : device?.key !== value;
    if (device === undefined || !isLost) return [];
    const called = upper === 'bond' ? device.name : device.key;
    const message = `"${value}" as a port of a ${upper ?? ''} is called ${called}; expected an id that is its name`;
    const consequence = 'cloud-init ends in an error and renders no configuration at all';
    return [{ kind: 'bad-value', place, message, consequence, fatal: true }];
  });
}
