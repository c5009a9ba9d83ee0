/**
 * Network configuration version 1 and 2 as one list of devices (network_state.py), for the renderers that do not take
 * version 2 as it is. Only what decides about links is kept.
 */
import { entryOf, valueOf, type YamlMap } from '../../text/yaml-tree.ts';
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
        ? { version: 2 as const, ...readVersion2(config, links, isPassed) }
        : null;
  if (read !== null) {
    const problems = [...read.problems, ...checkConfig(config, read.version, renderer)];
    const devices = isAtLeast26(cloudInitVersion) ? read.devices.map(lowerMac) : read.devices;
    return withMembers({ ...read, devices, problems }, renderer !== null && keepsIds(renderer, cloudInitVersion));
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
function withMembers(read: ReadDevices, byId: boolean): ReadDevices {
  const devices: Device[] = [];
  const keyOf = (device: Device) => (byId ? device.id : device.name);
  for (const device of read.devices) {
    // Two definitions of one name (a set-name twice) are one interface: the last one counts, but for the driver.
    const earlier = devices.findIndex((other) => keyOf(other) === keyOf(device));
    const known = devices[earlier];
    if (known === undefined) devices.push(device);
    else devices[earlier] = { ...device, driver: device.driver ?? known.driver };
  }
  for (const { kind, members } of read.devices) {
    for (const { value: name, place } of kind === 'bond' || kind === 'bridge' ? members : []) {
      if (devices.some((device) => keyOf(device) === name)) continue;
      devices.push({ ...bare, kind: kind === 'bond' ? 'bond' : 'untyped', id: name, name, place });
    }
  }
  return { ...read, devices, problems: byId ? [...read.problems, ...findLostPorts(devices)] : read.problems };
}

/** 26.2 writes MACs in small letters, 25.1 as they are given. */
function isAtLeast26(version: string | undefined): boolean {
  return Number.parseFloat(version ?? '0') >= 26;
}

function lowerMac(device: Device): Device {
  const { mac } = device;
  return mac === null ? device : { ...device, mac: { value: mac.value.toLowerCase(), place: mac.place } };
}

/** From 24.4 on the sysconfig renderer knows definitions by their ids, so that set-name does not hide a port. */
export function keepsIds(renderer: RendererName, cloudInitVersion: string | undefined): boolean {
  return renderer.startsWith('sysconfig') && Number.parseFloat(cloudInitVersion ?? '99') >= 24.4;
}

/** A bond's ports are looked up by their names all the same. */
function findLostPorts(devices: readonly Device[]): readonly Problem[] {
  const ports = new Map(
    devices.flatMap(({ kind, members }) => (kind === 'bond' ? members.map((port) => [port.value, port] as const) : [])),
  );
  return devices.flatMap(({ id, name }): readonly Problem[] => {
    const port = ports.get(id);
    if (port === undefined || name === id || devices.some((other) => other.id === name)) return [];
    const message = `"${id}" as a port of a bond is called ${name}; expected an id that is its name`;
    const consequence = 'cloud-init ends in an error and renders no configuration at all';
    return [{ kind: 'bad-value', place: port.place, message, consequence, fatal: true }];
  });
}
