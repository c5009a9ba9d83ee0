/** Which files of /etc/sysconfig/network-scripts are read: utils_should_ignore_file() and utils_detect_ifcfg_path() of ifcfg-rh. */
import { baseName } from '../../text/base-name.ts';
import { parseAssignmentLines, unquoteAssignment, type AssignmentLines } from '../../text/shell-assignments.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export interface Value {
  readonly key: string;
  /** Empty where it is badly quoted. */
  readonly text: string;
  /** The assignment, and what is assigned. */
  readonly place: Place;
  readonly valuePlace: Place;
}

export interface IfcfgFile {
  readonly file: ConfigFile;
  /** What stands behind `ifcfg-`. */
  readonly name: string;
  readonly lines: AssignmentLines;
  /** Of equal keys the last. */
  readonly values: ReadonlyMap<string, Value>;
}

export interface IfcfgFiles {
  readonly configs: readonly IfcfgFile[];
  /** By the name of what they are an alias of: `eth0` of ifcfg-eth0:1. */
  readonly aliases: ReadonlyMap<string, readonly IfcfgFile[]>;
  /** /etc/sysconfig/network. */
  readonly global: IfcfgFile | null;
}

/** Endings of files that the plugin leaves alone, in any case of letters; `;5f3e1a2b` is rpm's while it unpacks. */
const ignored = /(?:~|\.(?:bak|orig|rej|rpmnew|augnew|augtmp))$|;[0-9a-f]{8}$/i;

/** Endings that packages, editors and people give to what they put aside, and that it reads. */
export const liveBackup = /\.(?:rpmsave|rpmorig|old|saved?|swp|disabled|off|backup|dpkg-\w+|\d{6,})$/i;

export function readIfcfgFiles(files: readonly ConfigFile[]): IfcfgFiles {
  const configs: IfcfgFile[] = [];
  const aliases = new Map<string, IfcfgFile[]>();
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const names = new Set(sorted.map(({ path }) => baseName(path)));
  for (const file of sorted) {
    const base = baseName(file.path);
    if (!base.startsWith('ifcfg-') || base === 'ifcfg-' || ignored.test(base) || file.linkTarget === '/dev/null')
      continue;
    const colon = base.lastIndexOf(':');
    const parent = colon > 0 && names.has(base.slice(0, colon)) ? base.slice('ifcfg-'.length, colon) : null;
    const read = readValues(file, base.slice('ifcfg-'.length));
    if (parent === null) configs.push(read);
    else aliases.set(parent, [...(aliases.get(parent) ?? []), read]);
  }
  const global = sorted.find(({ path }) => path === '/etc/sysconfig/network');
  return { configs, aliases, global: global === undefined ? null : readValues(global, '') };
}

function readValues(file: ConfigFile, name: string): IfcfgFile {
  const lines = parseAssignmentLines(file.source);
  const values = new Map<string, Value>();
  for (const { key, raw, place, valuePlace } of lines.assignments)
    values.set(key, { key, text: unquoteAssignment(raw) ?? '', place, valuePlace });
  return { file, name, lines, values };
}

type Values = Pick<IfcfgFile, 'values'>;

/** A value that is there and not empty (svGetValueStr()). */
export function valueOf({ values }: Values, key: string): Value | undefined {
  const value = values.get(key);
  return value === undefined || value.text === '' ? undefined : value;
}

/** svParseBoolean(): what is none of its words is the fallback. */
export function truthOf({ values }: Values, key: string, fallback: boolean): boolean {
  const text = values.get(key)?.text ?? '';
  if (/^(?:yes|true|t|y|1)$/i.test(text)) return true;
  return /^(?:no|false|f|n|0)$/i.test(text) ? false : fallback;
}

/** A decimal number between the bounds. */
export function numberOf({ values }: Values, key: string, least: number, most: number): number | null {
  const text = values.get(key)?.text.trim() ?? '';
  const value = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

export function startOf({ file }: IfcfgFile): Place {
  return { source: file.source, span: { start: 0, end: 0 } };
}

/** Where the profile is said: what it is matched by, else its first line. */
export function placeOf(config: IfcfgFile): Place {
  const [first] = config.lines.assignments;
  return (valueOf(config, 'DEVICE') ?? valueOf(config, 'HWADDR') ?? first)?.place ?? startOf(config);
}
