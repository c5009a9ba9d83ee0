/**
 * Which of systemd's network files count: one file a basename, /etc before /run before /usr, masks, drop-ins, and the
 * order in which they are asked (src/basic/conf-files.c, config_parse_many()).
 */
import { baseName } from '../../text/base-name.ts';
import { parseIni, type IniDocument, type IniFault } from '../../text/ini.ts';
import type { Place } from '../../text/source.ts';
import type { ConfigFile, Judgement, UnreadFile } from '../claim.ts';

/** In order of precedence. Debian 12's systemd is built for split /usr and reads /lib too. */
export const networkDirectories: readonly string[] = [
  '/etc/systemd/network',
  '/run/systemd/network',
  '/usr/local/lib/systemd/network',
  '/usr/lib/systemd/network',
  '/lib/systemd/network',
];

/** A main file with its drop-ins, in the order in which the daemon reads them. */
export interface NetworkUnit {
  /** The basename: 10-lan.network. */
  readonly name: string;
  readonly main: ConfigFile;
  readonly documents: readonly IniDocument[];
  /** A fault for which the daemon gives up on all of it; what is wrong besides is still told. */
  readonly rejected: boolean;
}

export interface CollectedUnits {
  /** Sorted by name: the order in which a link is matched. */
  readonly units: readonly NetworkUnit[];
  readonly unread: Judgement['unread'];
  /** Every document that was parsed, also those of files that are rejected. */
  readonly documents: readonly IniDocument[];
}

/**
 * All units of one suffix (".network"). Files of other kinds are passed over. `findFault`: what in a document that can be parsed
 * makes the daemon give up on the file all the same.
 */
export function collectUnits(
  files: readonly ConfigFile[],
  suffix: string,
  findFault: (document: IniDocument) => IniFault | null = () => null,
): CollectedUnits {
  const unread: UnreadFile[] = [];
  const isMain = ({ path }: ConfigFile) => baseName(path).endsWith(suffix) && !baseName(path).startsWith('.');
  const isDropIn = ({ path }: ConfigFile) =>
    baseName(path).endsWith('.conf') && !baseName(path).startsWith('.') && directoryOf(path).endsWith(`${suffix}.d`);
  const mains = selectByName(files.filter(isMain), (path) => directoryOf(path), unread);
  const dropIns = files.filter(isDropIn);
  const documents: IniDocument[] = [];
  const parse = ({ source }: ConfigFile): IniDocument => {
    const document = parseIni(source);
    const whole = document.rejected === null ? { ...document, rejected: findFault(document) } : document;
    documents.push(whole);
    return whole;
  };

  const units: NetworkUnit[] = [];
  for (const main of mains) {
    const name = baseName(main.path);
    const own = dropIns.filter(({ path }) => baseName(directoryOf(path)) === `${name}.d`);
    const selected = selectByName(own, (path) => directoryOf(directoryOf(path)), unread);
    if (isMask(main)) {
      for (const file of selected) unread.push({ file, why: `${main.path} masks ${name}` });
      continue;
    }
    const parsed = [main, ...selected].map((file) => parse(file));
    const broken = parsed.find(({ rejected }) => rejected !== null);
    const denied = [main, ...selected].find((file) => file.denied !== undefined);
    units.push({ name, main, documents: parsed, rejected: broken !== undefined || denied !== undefined });
    if (denied !== undefined)
      for (const file of [main, ...selected])
        unread.push({ file, why: `${denied.path} cannot be opened: ${denied.denied ?? ''}` });
    if (broken !== undefined)
      for (const file of [main, ...selected])
        unread.push({ file, why: `${broken.source.path} cannot be parsed: ${broken.rejected?.message ?? ''}` });
  }
  for (const file of dropIns) {
    const name = baseName(directoryOf(file.path)).slice(0, -2);
    if (!mains.some(({ path }) => baseName(path) === name))
      unread.push({ file, why: `there is no ${name} to add to`, ifAlone: true });
  }
  return { units, unread, documents };
}

/** An empty file or a link to /dev/null hides the files of its name in later directories. */
export function isMask({ source, linkTarget }: ConfigFile): boolean {
  return source.text === '' || linkTarget === '/dev/null';
}

/** One file a basename, the one in the first directory; sorted by name. */
export function selectByName(
  files: readonly ConfigFile[],
  directory: (path: string) => string,
  unread: UnreadFile[],
  directories: readonly string[] = networkDirectories,
): readonly ConfigFile[] {
  const rank = ({ path }: ConfigFile) => directories.indexOf(directory(path));
  const chosen = new Map<string, ConfigFile>();
  for (const file of [...files].sort((a, b) => rank(a) - rank(b))) {
    const name = baseName(file.path);
    const earlier = chosen.get(name);
    if (earlier === undefined) chosen.set(name, file);
    else
      unread.push({
        file,
        why: `${earlier.path} ${isMask(earlier) ? 'masks it' : 'has the same name and comes first'}`,
      });
  }
  return [...chosen].sort(([a], [b]) => compareNames(a, b)).map(([, file]) => file);
}

/** strcmp(3) on UTF-8: the order of code points. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The header of [Match], or the start of a file that has none. */
export function placeOfMatch({ documents, main }: NetworkUnit): Place {
  for (const { source, pieces } of documents)
    for (const piece of pieces)
      if (piece.kind === 'section' && piece.name === 'Match') return { source, span: piece.headerSpan };
  return { source: main.source, span: { start: 0, end: 0 } };
}
