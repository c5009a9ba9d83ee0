/**
 * Which links connman leaves alone (__connman_device_isfiltered() in src/device.c): -i and -I of its command line hold patterns,
 * NetworkInterfaceBlacklist of main.conf holds beginnings of names. 1.41 was run.
 */
import { fnmatch } from '../../text/fnmatch.ts';
import { keyFileEntry, parseKeyFile, type KeyFile } from '../../text/key-file.ts';
import type { ConfigFile, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export interface Filter {
  readonly kind: 'only' | 'not' | 'blacklist';
  readonly words: readonly string[];
  readonly place: Place;
}

export interface Exclusion {
  readonly place: Place;
  readonly reason: string;
  readonly word: string;
}

export const mainPath = '/etc/connman/main.conf';

/** connman.conf(5). */
const builtInBlacklist = ['vmnet', 'vboxnet', 'virbr', 'ifb'];

export function readMain(file: ConfigFile | undefined): {
  readonly filters: readonly Filter[];
  readonly problems: readonly Problem[];
} {
  if (file === undefined) return { filters: [], problems: [] };
  const main = parseKeyFile(file.source);
  const list = keyFileEntry(main, 'General', 'NetworkInterfaceBlacklist');
  const words = list === undefined ? builtInBlacklist : splitList(list.value);
  const place = list?.valuePlace ?? { source: file.source, span: { start: 0, end: 0 } };
  return { filters: [{ kind: 'blacklist', words, place }], problems: checkMain(main) };
}

function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function checkMain(main: KeyFile): readonly Problem[] {
  const faults = main.faults.map(({ place, message }): Problem => {
    return { kind: 'syntax', place, message, consequence: 'connman goes on without the file', fatal: true };
  });
  const groups = main.groups
    .filter(({ name }) => name !== 'General')
    .map(({ name, place }): Problem => {
      const message = `unknown group '${name}', expected General`;
      return { kind: 'wrong-section', place, message, consequence: 'ignores what is in it' };
    });
  return [...faults, ...groups];
}

/** Options of the last ExecStart= of the unit and its drop-ins. */
export function readUnit(files: readonly ConfigFile[]): readonly Filter[] {
  let filters: readonly Filter[] = [];
  const units = files.filter(({ path }) => path.includes('/connman.service'));
  const ordered = [...units].sort(
    (a, b) => Number(a.path.includes('.service.d/')) - Number(b.path.includes('.service.d/')),
  );
  for (const { source } of ordered)
    for (const match of source.text.matchAll(/^ExecStart=[ \t]*(.*)$/gm)) {
      const words = match[1] ?? '';
      const start = match.index + match[0].length - words.length;
      filters = readWords(words).map(({ kind, value, from, to }) => ({
        kind,
        words: splitList(value),
        place: { source, span: { start: start + from, end: start + to } },
      }));
    }
  return filters;
}

interface Option {
  readonly kind: 'only' | 'not';
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

function readWords(text: string): readonly Option[] {
  const words = text.matchAll(/(?<=\s)(?:-(i|I)[ \t]*|--(device|nodevice)(?:=|[ \t]+))("[^"]*"|'[^']*'|[^\s"']+)/g);
  return [...words].map(({ 0: whole, 1: letter, 2: name, 3: value = '', index }) => ({
    kind: letter === 'i' || name === 'device' ? 'only' : 'not',
    value: value.replace(/^(["'])(.*)\1$/, '$2'),
    from: index,
    to: index + whole.length,
  }));
}

/** What keeps it off the link; null: nothing. In connman's order. */
export function findExclusion(all: readonly Filter[], link: string): Exclusion | null {
  // of an option that is given twice the last counts
  const filters = all.filter(({ kind }, index) => all.findLastIndex((other) => other.kind === kind) === index);
  const only = filters.find(({ kind }) => kind === 'only');
  if (only !== undefined && !only.words.some((word) => fnmatch(word, link)))
    return { place: only.place, reason: `-i ${only.words.join(',')} does not match ${link}`, word: '' };
  for (const { kind, words, place } of filters) {
    if (kind === 'only') continue;
    const word = words.find((one) => (kind === 'not' ? fnmatch(one, link) : link.startsWith(one)));
    if (word === undefined) continue;
    const what = kind === 'not' ? `-I ${word} matches` : `NetworkInterfaceBlacklist has '${word}', the beginning of`;
    return { place, reason: `${what} ${link}`, word };
  }
  return null;
}
