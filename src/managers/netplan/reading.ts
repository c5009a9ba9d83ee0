/** Where netplan's parser is while it reads (struct netplan_parser), and what it reports. */
import type { Entry, Renderer } from './definition.ts';
import type { Place } from '../../text/source.ts';
import type { YamlEntry, YamlNode } from '../../text/yaml-tree.ts';
import type { Problem } from '../claim.ts';

/** How far the consequence of a fault goes. */
export type Reach =
  | 'file'
  | 'rest of file'
  | 'rest of definition'
  /** A renderer refuses a definition. */
  | 'definition'
  | 'all'
  | 'none'
  /** It fails when everything is written. */
  | 'written';

export interface Fault {
  readonly kind: Problem['kind'];
  readonly place: Place;
  readonly message: string;
  readonly reach: Reach;
}

export interface Reading {
  readonly version: string | undefined;
  /** Is there a /usr/bin/ovs-vsctl? Undefined: nobody knows. */
  readonly hasOpenVSwitch: boolean | undefined;
  /** In the order in which netplan met them. */
  readonly entries: Map<string, Entry>;
  /** By the ID that is missing, who asked for it last, and where. */
  readonly missing: Map<string, { readonly by: Entry; readonly node: YamlNode }>;
  /** How many of the missing have been found in this pass. */
  found: number;
  /** `network: {renderer: …}` as it was last said. */
  renderer: Renderer | null;
  /** What `ethernets: {renderer: …}` or the like says for definitions that follow. */
  kindRenderer: Renderer | null;
  /** The one that is being read. */
  current: Entry | null;
  /** netplan has met a fault, and takes nothing more of this definition, or of this file. */
  isStopped: boolean;
  /** Of this pass over the file. */
  faults: Fault[];
  /** `network: {openvswitch: …}`: KEY and VALUE. */
  readonly pairs: Map<string, string>;
  /** The rank of the file. */
  file: number;
}

export function newReading(version: string | undefined, hasOpenVSwitch: boolean | undefined): Reading {
  return {
    version,
    hasOpenVSwitch,
    entries: new Map(),
    missing: new Map(),
    found: 0,
    renderer: null,
    kindRenderer: null,
    current: null,
    isStopped: false,
    faults: [],
    pairs: new Map(),
    file: 0,
  };
}

/** A fault at which netplan stops reading. */
export function refuse(reading: Reading, place: Place, message: string, kind: Problem['kind'] = 'bad-value'): void {
  report(reading, place, message, reading.current === null ? 'rest of file' : 'rest of definition', kind);
  reading.isStopped = true;
}

export function report(
  reading: Reading,
  place: Place,
  message: string,
  reach: Reach,
  kind: Problem['kind'] = 'bad-value',
): void {
  reading.faults.push({ kind, place, message, reach });
}

export const names: Readonly<Record<YamlNode['kind'], string>> = {
  map: 'a mapping',
  sequence: 'a list',
  scalar: 'a single value',
};

/** A key that is no single value, as in a template that nobody has filled in: netplan stops at it. */
export function refuseOddKey({ key, keyKind, keyPlace }: YamlEntry, reading: Reading): boolean {
  if (keyKind === undefined) return false;
  refuse(reading, keyPlace, `'${key}', ${names[keyKind]}, as a key; expected a single value`);
  return true;
}

export function wrongForm(node: YamlNode, expected: string, reading: Reading): null {
  refuse(reading, node.place, `${names[node.kind]}; expected ${expected}`);
  return null;
}
