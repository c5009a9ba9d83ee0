/**
 * NetworkManager.conf(5): which files count, in which order, and what of them decides who is managed
 * (src/core/nm-config.c).
 */
import { baseName } from '../../text/base-name.ts';
import { keyFileBoolean, keyFileWords, parseKeyFile, type KeyFile, type KeyFileEntry } from '../../text/key-file.ts';
import { isEnabled } from './config-enable.ts';
import type { DeviceList } from './device-spec.ts';
import type { ConfigFile, Judgement, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';

/** A [device] or [connection] section with what may hold only for some links. */
export interface Section {
  readonly name: string;
  readonly file: KeyFile;
  readonly place: Place;
  /** Undefined: for all. */
  readonly matchDevice: KeyFileEntry | undefined;
  readonly stopMatch: boolean;
  readonly entries: readonly KeyFileEntry[];
}

export interface Config {
  /** [keyfile] unmanaged-devices: one list, in the parts that files add. */
  readonly unmanaged: readonly DeviceList[];
  readonly noAutoDefault: readonly DeviceList[];
  /** What `nmcli device set LINK managed --permanent` has noted: [.intern.device-manage-LINK] of the internal file. */
  readonly permanent: readonly Section[];
  /** In the order in which they are asked. */
  readonly devices: readonly Section[];
  readonly connections: readonly Section[];
  /** [main] plugins, in the parts that files add. As NetworkManager is built: none but keyfile. */
  readonly plugins: readonly DeviceList[];
  /** [ifupdown] managed. */
  readonly ifupdownManaged: boolean;
  /** [main] of the last file that has it, or the last file's beginning; null: there is no file. */
  readonly main: Place | null;
  readonly problems: readonly Problem[];
  readonly unread: Judgement['unread'];
}

const main = '/etc/NetworkManager/NetworkManager.conf';
/** Read in this order; of one name, the last of these directories has the file. */
const directories = ['/usr/lib/NetworkManager/conf.d/', '/run/NetworkManager/conf.d/', '/etc/NetworkManager/conf.d/'];
const internal = '/var/lib/NetworkManager/NetworkManager-intern.conf';

export function isConfigPath(path: string): boolean {
  return path === main || path === internal || /(?:^|\/)(?:conf\.d\/[^/]+|NetworkManager)\.conf$/.test(path);
}

/** `version`: of NetworkManager, for files that are for some versions alone; if it is not known they are taken to be read. */
export function readConfig(files: readonly ConfigFile[], version: string | undefined): Config {
  const problems: Problem[] = [];
  const unread: { file: ConfigFile; why: string }[] = [];
  const parsed: KeyFile[] = [];
  for (const file of orderFiles(files, unread)) {
    const keyFile = parseKeyFile(file.source);
    for (const { place, message } of keyFile.faults)
      problems.push({ kind: 'syntax', place, message, consequence: 'NetworkManager does not start' });
    const enable = entriesOf(keyFile, '.config').findLast(({ key }) => key === 'enable');
    if (enable !== undefined && isEnabled(enable.value, version) === 'no') {
      // one for other versions is left out on purpose, as our own is
      if (!enable.value.includes('nm-version')) unread.push({ file, why: `[.config] enable=${enable.value} says no` });
    } else parsed.push(keyFile);
  }
  const list = (group: string, key: string) => mergeList(parsed, group, key);
  const last = (group: string, key: string) =>
    parsed.flatMap((file) => entriesOf(file, group).filter((entry) => entry.key === key)).at(-1);
  return {
    unmanaged: list('keyfile', 'unmanaged-devices'),
    noAutoDefault: list('main', 'no-auto-default'),
    permanent: sectionsOf(
      parsed.filter(({ source }) => source.path.endsWith(internal)),
      '.intern.device-manage-',
    ),
    devices: sectionsOf(parsed, 'device'),
    connections: sectionsOf(parsed, 'connection'),
    plugins: list('main', 'plugins'),
    ifupdownManaged: keyFileBoolean(last('ifupdown', 'managed')?.value ?? '') === true,
    main: placeOfMain(parsed),
    problems,
    unread,
  };
}

function orderFiles(files: readonly ConfigFile[], unread: { file: ConfigFile; why: string }[]): readonly ConfigFile[] {
  const byName = new Map<string, ConfigFile>();
  const others: ConfigFile[] = [];
  for (const directory of directories) {
    for (const file of files.filter(({ path }) => path.startsWith(directory))) {
      const name = file.path.slice(directory.length);
      const hidden = byName.get(name);
      if (hidden !== undefined)
        unread.push({ file: hidden, why: `${file.path} has the same name and is read instead` });
      byName.set(name, file);
    }
  }
  for (const file of files)
    if (isConfigPath(file.path) && directories.every((directory) => !file.path.startsWith(directory)))
      others.push(file);
  const rank = ({ path }: ConfigFile): number => {
    const at = directories.findIndex((directory) => path.startsWith(directory));
    if (path === internal) return 4;
    // NetworkManager.conf comes before /etc's conf.d; a file that was named by hand, with it.
    return at === 2 ? 3 : at < 0 ? 2 : at;
  };
  return [...byName.values(), ...others].sort(
    (a, b) => rank(a) - rank(b) || (baseName(a.path) < baseName(b.path) ? -1 : 1),
  );
}

function entriesOf(file: KeyFile, group: string): readonly KeyFileEntry[] {
  return file.groups.find(({ name }) => name === group)?.entries ?? [];
}

function placeOfMain(files: readonly KeyFile[]): Place | null {
  const groups = files.flatMap((file) => file.groups.filter(({ name }) => name === 'main'));
  // our own guards are not where a default is to be changed
  const last = files.findLast(({ source }) => !/\/\d\d-failover-slaves[^/]*\.conf$/.test(source.path));
  return groups.at(-1)?.place ?? (last === undefined ? null : { source: last.source, span: { start: 0, end: 0 } });
}

/** A later file's key replaces an earlier one's; `KEY+` adds to it and `KEY-` takes words out. */
function mergeList(files: readonly KeyFile[], group: string, key: string): Config['unmanaged'] {
  let found: DeviceList[] = [];
  for (const entry of files.flatMap((file) => entriesOf(file, group))) {
    const added = { list: entry.value, place: entry.valuePlace };
    if (entry.key === key) found = [added];
    else if (entry.key === `${key}+`) found.push(added);
    else if (entry.key === `${key}-`) {
      const gone = new Set(keyFileWords(entry.value));
      found = found.map(({ list, place }) => ({
        list: keyFileWords(list)
          .filter((word) => !gone.has(word))
          .join(','),
        place,
      }));
    }
  }
  return found;
}

/** Later files first, within a file from the top; the section without a name of its own is the last. */
function sectionsOf(
  files: readonly KeyFile[],
  kind: 'device' | 'connection' | '.intern.device-manage-',
): readonly Section[] {
  const sections = files.toReversed().flatMap((file) =>
    file.groups
      .filter(({ name }) => name.startsWith(kind))
      .map(({ name, place, entries }): Section => {
        const of = (key: string) => entries.findLast((entry) => entry.key === key);
        return {
          name,
          file,
          place,
          entries,
          matchDevice: of('match-device'),
          stopMatch: keyFileBoolean(of('stop-match')?.value ?? '') === true,
        };
      }),
  );
  return [...sections.filter(({ name }) => name !== kind), ...sections.filter(({ name }) => name === kind)];
}
