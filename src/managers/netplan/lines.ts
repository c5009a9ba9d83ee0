/** Files that netplan writes, line by line, each with the place in the YAML that it comes from. */
import { entryOf, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { composeFile, type Piece } from '../composed-text.ts';
import { isTrue } from './take.ts';
import { scalarsOf, type Definition, type Said } from './definition.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';
import type { ConfigFile } from '../claim.ts';

/** A line of a lowered file, or nothing. */
export type Line = readonly [text: string, place: Place] | null;

export function compose(path: string, sections: readonly (readonly Line[])[]): ConfigFile {
  const pieces: Piece[] = [];
  for (const all of sections) {
    const lines = all.filter((line) => line !== null);
    if (pieces.length > 0 && lines[0] !== undefined) pieces.push({ text: '\n', place: lines[0][1] });
    for (const [text, place] of lines) pieces.push({ text: `${text}\n`, place });
  }
  return composeFile('netplan', path, 0o644, pieces);
}

/** A section with its header, or nothing if it has no line. */
export function section(name: string, lines: readonly Line[]): readonly Line[] {
  const first = lines.find((line) => line !== null);
  return first === undefined || first === null ? [] : [[`[${name}]`, first[1]], ...lines];
}

/** The scalar at `path`, as in "dhcp4-overrides use-mtu". */
export function said({ settings }: Pick<Definition, 'settings'>, ...path: readonly string[]): Said | null {
  let node: YamlNode | undefined = settings;
  for (const key of path) node = valueOf(node, key);
  return node?.kind === 'scalar' ? { text: node.text, place: node.place } : null;
}

/** A number that counts: netplan takes 0 for "not said". */
export function saidNumber(definition: Pick<Definition, 'settings'>, ...path: readonly string[]): Said | null {
  const found = said(definition, ...path);
  return found === null || Number(found.text) === 0 ? null : { ...found, text: String(Number(found.text)) };
}

export function optionLine(option: string, value: Said | null): Line {
  return value === null ? null : [`${option}=${value.text}`, value.place];
}

/** `option=yes` or the like, if the key is there. */
export function switchLine(
  definition: Definition,
  key: string,
  option: string,
  [on, off]: readonly [string, string],
): Line {
  const found = said(definition, key);
  return found === null ? null : [`${option}=${isYes(found) ? on : off}`, found.place];
}

export function boolLine({ settings }: Definition, key: string, line: string): Line {
  const entry = entryOf(settings, key);
  return entry !== undefined && isTrue(entry.value) ? [line, entry.value.place] : null;
}

export function isYes(value: Said | null): boolean {
  return value !== null && /^(?:true|on|yes|y)$/i.test(value.text);
}

export function items(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}

/** The drivers of a match, a scalar or a list. */
export function driversOf({ settings }: Pick<Definition, 'settings'>): readonly Said[] {
  const driver = valueOf(valueOf(settings, 'match'), 'driver');
  const single = driver?.kind === 'scalar' ? [{ text: driver.text, place: driver.place }] : [];
  return [...single, ...scalarsOf(driver)];
}

/** g_uri_escape_string(): what is not unreserved in RFC 3986. 0.106 writes the ID as it is. */
export function escapeId(id: string, version: string | undefined): string {
  if (!isAtLeast(version, '0.107')) return id;
  return id.replaceAll(/[^A-Za-z0-9._~-]/g, (character) =>
    character > '~' ? character : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

export function networkdPath(id: string, suffix: string, version: string | undefined): string {
  return `/run/systemd/network/10-netplan-${escapeId(id, version)}${suffix}`;
}
