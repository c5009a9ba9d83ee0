/** One ID of netplan's, with what all files together say of it. */
import { scalarText, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import { physicalKinds, type DefinitionKind } from './keys.ts';
import type { Place } from '../../text/source.ts';

export type Renderer = 'networkd' | 'NetworkManager' | 'openvswitch';

/** A text, and where it stands. */
export interface Said {
  readonly text: string;
  readonly place: Place;
}

/**
 * As netplan's parser holds it while it reads file after file (struct netplan_net_definition): everything after the place
 * changes.
 */
export interface Entry {
  readonly id: string;
  /** `ports`: a patch port of Open vSwitch, which `openvswitch: {ports: …}` makes; `missing`: NetworkManager may have it. */
  readonly kind: DefinitionKind | 'ports' | 'missing';
  /** The ID in the file that says it first. */
  readonly place: Place;
  settings: YamlMap;
  /** Null: as `network:` says in the end. */
  renderer: Renderer | null;
  /** A file said it without a match: then the ID is the name to match, whatever a later file says beside. */
  isNamedById: boolean;
  /** A VLAN with `renderer: sriov` is a filter in the PF, and no link. */
  isHardwareFilter: boolean;
  /** Those that take it as a port: their IDs, where they say so. */
  bridge: Said | null;
  bond: Said | null;
  vrf: Said | null;
  /** Where a bond names it as its primary. */
  primaryOf: Said | null;
  /** Of a bond. */
  primary: string | null;
  /** As a port of a bridge; numbers that are not 0. */
  pathCost: Said | null;
  portPriority: Said | null;
  /** The other end of a virtual-ethernet or a patch port. */
  peer: string | null;
  /** How many ARP targets, or WireGuard peers, have been read. */
  targets: number;
  /** `external-ids:` and `other-config:`, as KEY and VALUE. */
  readonly pairs: Map<string, string>;
  /** By which file it was last said something of. */
  file: number;
}

export type Definition = Readonly<Omit<Entry, 'renderer'>> & { readonly renderer: Renderer };

export function newEntry(id: string, kind: Entry['kind'], place: Place, renderer: Renderer | null): Entry {
  return {
    id,
    kind,
    place,
    renderer,
    settings: { kind: 'map', entries: [], place },
    isNamedById: false,
    isHardwareFilter: false,
    bridge: null,
    bond: null,
    vrf: null,
    primaryOf: null,
    primary: null,
    pathCost: null,
    portPriority: null,
    peer: null,
    targets: 0,
    pairs: new Map(),
    file: 0,
  };
}

/** One that exists, and is matched. */
export function isPhysical({ kind }: Pick<Entry, 'kind'>): boolean {
  return physicalKinds.has(kind);
}

/** The scalars of a list. */
export function scalarsOf(node: YamlNode | undefined): readonly Said[] {
  return (node?.kind === 'sequence' ? node.items : []).flatMap((item) => {
    const text = scalarText(item);
    return text === null ? [] : [{ text, place: item.place }];
  });
}
