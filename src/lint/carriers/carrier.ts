/** Files that carry others: what they hold, and what of it cannot be read. */
import type { ConfigFile } from '../../managers/claim.ts';
import type { CarriedText, Place, Source } from '../../text/source.ts';
import type { YamlNode } from '../../text/yaml-tree.ts';
import type { Contents, Unpacked } from './contents.ts';

/** A file that is carried. */
export interface Load {
  /** Where it is to be written. */
  readonly path: string;
  /** What names it, for a text that is encoded. */
  readonly place: Place;
  readonly contents: Unpacked;
  /** Null: it is not said. */
  readonly mode: number | null;
  readonly uid: number | null;
  /** A symbolic link's. */
  readonly target?: string;
}

/** Something else that it brings, and that is not read. */
export interface Closed {
  readonly place: Place;
  readonly why: string;
  /** It need not bring any configuration: it is told, and what else there is counts as judged. */
  readonly minor?: true;
}

export interface Cargo {
  readonly loads: readonly Load[];
  readonly closed: readonly Closed[];
}

export interface CarrierFormat {
  /** What people call it. */
  readonly title: string;
  readonly isCarrier: (path: string, text: string) => boolean;
  /** It is configuration of a manager itself. */
  readonly isConfiguration?: true;
  /** Null: it cannot be parsed. */
  readonly read: (source: Source) => Cargo | null;
}

export function textOf(node: YamlNode | undefined): string | null {
  return node?.kind === 'scalar' && node.value !== null ? node.text : null;
}

export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}

/** The file as its daemon would find it, with places in the one that carries it. `carries` is added to. */
export function makeFile(
  format: string,
  outer: Source,
  load: Load,
  contents: Contents,
  carries: CarriedText[],
): ConfigFile {
  const { text, offsets } = contents;
  carries.push({ path: load.path, text, offsets });
  const placeOf = ({ start, end }: { readonly start: number; readonly end: number }): Place => {
    const from = offsets?.[Math.min(start, text.length)];
    if (offsets === null || from === undefined) return load.place;
    return { source: outer, span: { start: from, end: Math.max(from, offsets[Math.min(end, text.length)] ?? from) } };
  };
  return {
    source: { path: load.path, text, origin: { manager: format, placeOf, carried: true } },
    path: load.path,
    mode: load.mode ?? undefined,
    uid: load.uid ?? undefined,
    linkTarget: load.target,
  };
}
