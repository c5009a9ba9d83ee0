/** YAML as a plain tree with places: see yaml-tree.ts, which makes it. */
import type { Place } from './source.ts';

export type YamlNode = YamlMap | YamlSequence | YamlScalar;

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly place: Place;
}

export interface YamlEntry {
  /** As it is written, where it is no single value. */
  readonly key: string;
  /** The key is no single value, as a template's `{{ name }}`: a mapping. */
  readonly keyKind?: 'map' | 'sequence';
  readonly keyPlace: Place;
  readonly value: YamlNode;
}

export interface YamlSequence {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
  readonly place: Place;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes: `0x10`, `yes`. */
  readonly text: string;
  readonly place: Place;
}
