/**
 * What netplan tells NetworkManager of every definition: whether the link is its own, by rules of udev's or a section of its
 * configuration (netplan_state_finish_nm_write() in src/nm.c); and the profiles.
 */
import { valueOf } from '../../text/yaml-tree.ts';
import { composeFile, type Piece } from '../composed-text.ts';
import type { Definition } from './definition.ts';
import { driversOf, said } from './lines.ts';
import { escapeQuotes, matchedName } from './lower-link.ts';
import { profileTypes } from './lower-profile.ts';
import type { ConfigFile } from '../claim.ts';

/** What is written for all definitions together. */
export function lowerForNetworkManager(
  definitions: readonly Definition[],
  version: string | undefined,
): readonly ConfigFile[] {
  return [...lowerRules(definitions, version), ...lowerDeviceSections(definitions)];
}

/** `match: {}` is all links of the type, and no rule can say that. */
function isMatchAll(definition: Definition): boolean {
  const isMatched = valueOf(definition.settings, 'match')?.kind === 'map';
  const names = [said(definition, 'match', 'macaddress'), matchedName(definition)];
  return isMatched && driversOf(definition).length === 0 && names.every((name) => name === null);
}

const prefix = 'SUBSYSTEM=="net", ACTION=="add|change|move",';

/** NM_UNMANAGED for every definition, whoever renders it, so that NetworkManager leaves networkd's alone. */
function lowerRules(definitions: readonly Definition[], version: string | undefined): readonly ConfigFile[] {
  const pieces = definitions
    .filter((definition) => !isMatchAll(definition))
    .flatMap((definition) => ruleLines(definition, version));
  return pieces.length === 0 ? [] : [composeFile('netplan', '/run/udev/rules.d/90-netplan.rules', 0o644, pieces)];
}

function ruleLines(definition: Definition, version: string | undefined): readonly Piece[] {
  const { settings, id, place, renderer } = definition;
  const isMatched = valueOf(settings, 'match') !== undefined;
  const suffix = ` ENV{NM_UNMANAGED}="${renderer === 'NetworkManager' ? 0 : 1}"\n`;
  const condition = (key: string, text: string): string => ` ${key}=="${escapeQuotes(text, version)}",`;
  const pieces: Piece[] = [];
  const named = said(definition, 'set-name') ?? (isMatched ? null : { text: id, place });
  if (named !== null)
    pieces.push({ text: `${prefix}${condition('ENV{ID_NET_NAME}', named.text)}${suffix}`, place: named.place });
  const set = said(definition, 'macaddress');
  // NetworkManager's own policies ("random") are no MAC.
  if (set?.text.includes(':') === true)
    pieces.push({ text: `${prefix}${condition('ATTR{address}', set.text.toLowerCase())}${suffix}`, place: set.place });
  const name = isMatched ? matchedName(definition) : null;
  const mac = said(definition, 'match', 'macaddress');
  const drivers = driversOf(definition);
  const conditions: readonly Piece[] = [
    ...(name === null ? [] : [{ text: condition('ENV{ID_NET_NAME}', name.text), place: name.place }]),
    ...(mac === null ? [] : [{ text: condition('ATTR{address}', mac.text.toLowerCase()), place: mac.place }]),
    ...(drivers[0] === undefined
      ? []
      : [
          {
            text: condition('ENV{ID_NET_DRIVER}', drivers.map(({ text }) => text).join('|')),
            place: drivers[0].place,
          },
        ]),
  ];
  const [first] = conditions;
  if (first !== undefined)
    pieces.push({ text: prefix, place: first.place }, ...conditions, { text: suffix, place: first.place });
  return pieces;
}

const deviceTypes: Readonly<Partial<Record<Definition['kind'], string>>> = { wifis: 'wifi', modems: 'gsm' };

function lowerDeviceSections(definitions: readonly Definition[]): readonly ConfigFile[] {
  const pieces = definitions.filter(isMatchAll).map((definition): Piece => {
    const { kind, id, place, renderer } = definition;
    // An nm-device is of the type that is passed through.
    const passed = kind === 'nm-devices' ? said(definition, 'networkmanager', 'passthrough', 'connection.type') : null;
    const type = passed?.text ?? deviceTypes[kind] ?? profileTypes[kind] ?? 'ethernet';
    return {
      text: `[device-netplan.${kind}.${id}]\nmatch-device=type:${type}\nmanaged=${renderer === 'NetworkManager' ? 1 : 0}\n\n`,
      place,
    };
  });
  return pieces.length === 0 ? [] : [composeFile('netplan', '/run/NetworkManager/conf.d/netplan.conf', 0o644, pieces)];
}
