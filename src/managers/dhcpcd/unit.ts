/** How systemd starts dhcpcd: the command line of dhcpcd.service, and dhcpcd@LINK.service for single links. */
import { letters, options, valuedLetters } from './options.ts';
import type { Line } from './parse.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place } from '../../text/source.ts';

/** One dhcpcd that is started. */
export interface Instance {
  /** The links that it is started for, each with its place; empty: all there are ("manager mode"). */
  readonly links: readonly { readonly name: string; readonly place: Place }[];
  /** Options of its command line. */
  readonly options: readonly Line[];
  readonly place: Place;
}

const roots = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/systemd/system`);
const unitName = /^dhcpcd@?\.service$/;

export const unitLocations = [
  ...roots.map((path) => ({ path, pattern: unitName, dropIns: true })),
  ...roots.map((root) => ({ path: `${root}/multi-user.target.wants`, pattern: /^dhcpcd(?:@.+)?\.service$/ })),
];

/** What systemd starts, by these files; null: no unit is among them. */
export function findInstances(files: readonly ConfigFile[]): readonly Instance[] | null {
  const wanted = files.filter(({ path }) => path.includes('.target.wants/'));
  const single = wanted.flatMap(({ path, source }) => {
    const name = /\/dhcpcd@(.+)\.service$/.exec(path)?.[1];
    if (name === undefined) return [];
    const place = { source, span: { start: 0, end: 0 } };
    const { options: given, place: at } = readCommand(files, 'dhcpcd@.service') ?? { options: [], place };
    return [{ links: [{ name: unescape(name), place: at }], options: given, place: at }];
  });
  const isWanted = wanted.some(({ path }) => path.endsWith('/dhcpcd.service'));
  const all = single.length > 0 && !isWanted ? null : readCommand(files, 'dhcpcd.service');
  const found = [...single, ...(all === null ? [] : [all])];
  return found.length === 0 ? null : found;
}

/** systemd-escape(1): `\x2d` is a hyphen. */
function unescape(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The last ExecStart= of the unit and its drop-ins counts; an empty one takes away those before. */
function readCommand(files: readonly ConfigFile[], unit: string): Instance | null {
  const own = files.find(({ path }) => path.endsWith(`/system/${unit}`));
  if (own === undefined) return null;
  const dropIns = files.filter(({ path }) => path.includes(`/system/${unit}.d/`));
  let command: Instance | null = null;
  for (const { source } of [own, ...dropIns])
    for (const match of source.text.matchAll(/^ExecStart=[ \t]*(.*)$/gm)) {
      const words = match[1] ?? '';
      const start = match.index + match[0].length - words.length;
      command =
        words.trim() === ''
          ? null
          : readWords(words, (from, to) => ({ source, span: { start: start + from, end: start + to } }));
    }
  return command;
}

type PlaceOf = (from: number, to: number) => Place;

function readWords(text: string, placeOf: PlaceOf): Instance {
  const [program, ...words] = [...text.matchAll(/\S+/g)].map((match) => ({
    word: match[0].replace(/^(["'])(.*)\1$/, '$2'),
    place: placeOf(match.index, match.index + match[0].length),
  }));
  const links: { name: string; place: Place }[] = [];
  const given: Line[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const { word, place } = words[at] ?? { word: '', place: placeOf(0, 0) };
    const long = /^--([^=]+)(?:=(.*))?$/.exec(word);
    if (long !== null) {
      const [, option = '', glued] = long;
      const isApart = glued === undefined && options.get(option) === 'required';
      given.push({ option, value: isApart ? (words[at + 1]?.word ?? '') : (glued ?? ''), place });
      if (isApart) at += 1;
    } else if (/^-./.test(word)) {
      const { option, value, isApart } = readLetters(word);
      const next = isApart ? (words[at + 1]?.word ?? '') : value;
      given.push(...option.map((name) => ({ option: name, value: next, place })));
      if (isApart) at += 1;
    } else links.push({ name: word, place });
  }
  return { links, options: given, place: program?.place ?? placeOf(0, 0) };
}

/** `-qb`, `-Z eth*`, `-Zeth*`. */
function readLetters(word: string): {
  readonly option: readonly string[];
  readonly value: string;
  readonly isApart: boolean;
} {
  const option: string[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] ?? '';
    const name = letters[letter];
    if (name !== undefined) option.push(name);
    if (valuedLetters.includes(letter)) return { option, value: word.slice(at + 1), isApart: at + 1 === word.length };
  }
  return { option, value: '', isApart: false };
}
