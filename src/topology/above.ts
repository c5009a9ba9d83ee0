/** What stands on a link: VLANs, bridges, bonds, and what stands on those. */
import { isFailure, type System } from '../system/system.ts';
import { netDirectory, readAttribute, readLinkName } from './link.ts';

/**
 * Every link above one, nearest first: `upper_*` and `master` of sysfs, from link to link. Each is looked at once, also where they
 * lead back.
 */
export function readAbove(system: System, name: string): readonly string[] {
  const found = new Set<string>();
  const queue = [name];
  for (let link = queue.shift(); link !== undefined; link = queue.shift()) {
    const entries = system.list(`${netDirectory}/${link}`);
    const uppers = (isFailure(entries) ? [] : entries).flatMap((entry) => /^upper_([^]+)$/.exec(entry)?.[1] ?? []);
    const master = readLinkName(system, link, 'master');
    for (const upper of isFailure(master) ? uppers : [...uppers, master]) {
      if (upper === name || found.has(upper)) continue;
      found.add(upper);
      queue.push(upper);
    }
  }
  return [...found];
}

export interface BridgeAbove {
  readonly name: string;
  /** Lower case; null: sysfs does not say. */
  readonly mac: string | null;
  /** Its ports that do not stand on the link. */
  readonly otherPorts: readonly string[];
}

/** The bridges among the links above one. The port may be a VLAN of it. A bridge lists its ports in `brif`. */
export function readBridgesAbove(system: System, name: string, above: readonly string[]): readonly BridgeAbove[] {
  const own = new Set([name, ...above]);
  return above.flatMap((bridge) => {
    const ports = system.list(`${netDirectory}/${bridge}/brif`);
    if (isFailure(ports)) return [];
    const mac = readAttribute(system, bridge, 'address');
    return [
      {
        name: bridge,
        mac: isFailure(mac) ? null : mac.toLowerCase(),
        otherPorts: ports.filter((port) => !own.has(port)).sort(),
      },
    ];
  });
}
