/** One ID of netplan's, with what all files together say of it. */
import { scalarText, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { DefinitionKind } from './keys.ts';
import type { Place } from '../../text/source.ts';

export type Renderer = 'networkd' | 'NetworkManager';

export interface Definition {
  readonly kind: DefinitionKind;
  readonly id: string;
  /** The ID in the file that says it first. */
  readonly place: Place;
  readonly renderer: Renderer;
  /** What all files say of it. */
  readonly settings: YamlMap;
  /** A file said it without a match: then the ID is the name to match, whatever a later file says beside. */
  readonly isNamedById: boolean;
}

/** By `interfaces:`. */
export function takesPorts({ kind }: Pick<Definition, 'kind'>): boolean {
  return kind === 'bonds' || kind === 'bridges' || kind === 'vrfs';
}

/** IDs of other definitions that a definition names. */
export function references({ kind, settings }: Definition): readonly Extract<YamlNode, { kind: 'scalar' }>[] {
  const scalars = (node: YamlNode | undefined) =>
    (node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node]).filter(
      (item) => item.kind === 'scalar',
    );
  if (takesPorts({ kind })) return scalars(valueOf(settings, 'interfaces'));
  return kind === 'vlans' || kind === 'ethernets' ? scalars(valueOf(settings, 'link')) : [];
}

/** A VLAN with `renderer: sriov` is a filter in the PF, and no link. */
export function isHardwareFilter({ kind, settings }: Pick<Definition, 'kind' | 'settings'>): boolean {
  return kind === 'vlans' && scalarText(valueOf(settings, 'renderer')) === 'sriov';
}

/** The bond, bridge or VRF that takes this definition as a port, by `interfaces:` there: its ID, where it says so. */
export function findMaster(
  { id }: Definition,
  all: readonly Definition[],
  kind: 'bonds' | 'bridges' | 'vrfs',
): { readonly text: string; readonly place: Place } | null {
  for (const other of all) {
    if (other.kind !== kind) continue;
    const node = references(other).find(({ text }) => text === id);
    if (node !== undefined) return { text: other.id, place: node.place };
  }
  return null;
}
