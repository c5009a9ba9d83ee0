/** What interfaces(5) is made of, once all its files are read. */
import type { ListName } from './parse.ts';
import type { Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import { commandOptions } from './method.ts';

export interface Configuration {
  /** The top file is faulty: ifup, ifdown and ifquery refuse to do anything. */
  readonly broken: boolean;
  /** auto is the class `auto`. */
  readonly classes: ReadonlyMap<string, readonly Entry[]>;
  readonly stanzas: readonly Stanza[];
  readonly mappings: readonly Mapping[];
  readonly lists: Readonly<Record<ListName, readonly Entry[]>>;
  readonly problems: readonly Problem[];
  /** Paths of the files that were read, in that order. */
  readonly read: readonly string[];
  /** What `source` and `source-directory` looked at: globs of files. */
  readonly sourced: readonly SourcedGlob[];
}

export interface Entry {
  readonly value: string;
  readonly place: Place;
}

export interface Stanza {
  readonly name: Entry;
  readonly place: Place;
  readonly family: string;
  readonly method: string;
  readonly options: readonly Option[];
}

export interface Option {
  readonly name: string;
  /** One part a line; ifupdown joins them with newlines, also with what was inherited. */
  readonly parts: readonly Entry[];
}

export interface Mapping {
  readonly place: Place;
  readonly patterns: readonly Entry[];
  readonly script: string | null;
  readonly maps: readonly string[];
}

export interface SourcedGlob {
  readonly glob: string;
  /** Only names of letters, digits, `_` and `-`: source-directory. */
  readonly plainNames: boolean;
}

/** As set_variable and its caller do: commands add up, other options grow by a line; `name?` sets only what is not set. */
export function addOption(options: Option[], name: string, entry: Entry): void {
  const weak = name.endsWith('?');
  const plain = weak ? name.slice(0, -1) : name;
  const at = commandOptions.has(plain) && !weak ? -1 : options.findIndex((option) => option.name === plain);
  const known = options[at];
  if (known === undefined) options.push({ name: plain, parts: [entry] });
  else if (!weak) options[at] = { name: plain, parts: [...known.parts, entry] };
}
