/** The assignments of a unit as the daemon merges them: the main file's, then each drop-in's. */
import type { IniAssignment, IniDocument } from '../../text/ini.ts';
import type { Place } from '../../text/source.ts';
import { parseBoolean } from './boolean.ts';
import { expectedInstead, findKey, isDead, type KeyTable } from './keys.ts';
import { isInterfaceName, parseHardwareAddress } from './link-words.ts';

export interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** The whole `KEY=VALUE`. */
  readonly place: Place;
  readonly assignment: IniAssignment;
  /** The version that first knows the key, where the guest's is not known and may be older. */
  readonly uncertainSince: number | null;
  /** The daemon ignores the line for its value. */
  readonly refused: boolean;
}

export function readSettings(
  documents: readonly IniDocument[],
  table: KeyTable,
  version: number | undefined,
): readonly Setting[] {
  const settings: Setting[] = [];
  for (const { source, pieces } of documents)
    for (const piece of pieces) {
      if (piece.kind !== 'assignment' || piece.section === null) continue;
      const facts = findKey(table, piece.section.name, piece.key, version);
      if (facts === null || isDead(facts, version)) continue;
      settings.push({
        section: piece.section.name,
        key: piece.key,
        value: piece.value,
        place: { source, span: { start: piece.keySpan.start, end: Math.max(piece.keySpan.end, piece.valueSpan.end) } },
        assignment: piece,
        uncertainSince: version === undefined && facts.since > 247 ? facts.since : null,
        refused: expectedInstead(facts, piece.value, version) !== null,
      });
    }
  return settings;
}

/** How a value is read: its meaning, or null for what the daemon refuses. */
export type ValueReader<Value> = (value: string) => Value | null;

/** A scalar: the last valid assignment wins, an empty one goes back to the default unless it has a meaning of its own. */
export interface Scalar<Value> {
  readonly value: Value;
  readonly setting: Setting;
}

/** Reads a scalar key of one or more sections (systemd's old and new names of a section mean the same). */
export function readScalar<Value>(
  settings: readonly Setting[],
  sections: readonly string[],
  key: string,
  read: ValueReader<Value>,
): Scalar<Value> | null {
  let found: Scalar<Value> | null = null;
  for (const setting of settings) {
    if (setting.key !== key || !sections.includes(setting.section)) continue;
    const value = read(setting.value);
    if (value !== null) found = { value, setting };
    else if (setting.value === '') found = null;
  }
  return found;
}

export const readBoolean: ValueReader<boolean> = parseBoolean;

/** A reader of one of several words. */
export function readWord<Value>(words: Readonly<Record<string, Value>>): ValueReader<Value> {
  return (value) => words[value] ?? null;
}

export const readInterfaceName: ValueReader<string> = (value) => (isInterfaceName(value, 15) ? value : null);

export const readHardwareAddress: ValueReader<string> = parseHardwareAddress;

/** Bytes; K, M, G are powers of 1024. */
export const readMtu: ValueReader<string> = (value) => {
  const [, digits = '', unit = ''] = /^(\d+)\s*([KMG]?)B?$/.exec(value) ?? [];
  if (digits === '') return null;
  const bytes = Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit);
  return bytes < 2 ** 32 ? String(bytes) : null;
};
