/** systemd's version from the name of its library, which every program of it is linked with: for networkd and udev. */
import { madeOnce } from '../../text/kept-with.ts';
import type { Answer, Probe } from '../probe.ts';

/** Directories of one architecture. */
export const findTriplets = madeOnce((names: readonly string[]) => names.filter((name) => /-linux-/.test(name)));

const places = ['/usr/lib', '/lib', '/usr/lib64', '/lib64'];

/**
 * libsystemd-shared-252.so, libsystemd-shared-256.7-1.fc41.so: the major version alone. Of two, as after half an update, none
 * is known. Debian has it below /lib/systemd (247) and /usr/lib/TRIPLET/systemd (252 and later).
 */
export function readSystemdVersion(probe: Probe): Answer<string> {
  const directories = places.flatMap((place) => {
    return ['']
      .concat(findTriplets(probe.list(place)))
      .map((triplet) => `${place}/${triplet}/systemd`.replace('//', '/'));
  });
  const found = new Map<string, string>();
  for (const directory of directories)
    for (const name of probe.list(directory)) {
      const version = /^libsystemd-shared-(\d+).*\.so$/.exec(name)?.[1];
      if (version !== undefined && !found.has(version)) found.set(version, `${directory}/${name}`);
    }
  const [only, ...others] = [...found];
  if (only === undefined) return { value: undefined, evidence: 'no libsystemd-shared' };
  if (others.length > 0) return { value: undefined, evidence: [...found.values()].join(' and ') };
  return { value: only[0], evidence: only[1] };
}
