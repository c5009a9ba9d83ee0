/** The packages as `npm run release` makes them, for this machine alone, and an older release of them. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from '../native/engines.ts';

/** What is asked of src/build, which is no TypeScript. */
interface Packages {
  readonly makePackages: (contents: object) => readonly string[];
  readonly lintExceptions: (tool: string, name: string) => readonly string[];
  readonly defaultMaintainer: string;
}
interface Rpm {
  readonly makeRpm: (tree: string, contents: object) => string;
}
interface Trees {
  readonly fillGuardTree: (root: string, contents: object) => void;
}
interface Manual {
  readonly renderManualPages: (date: string) => Promise<readonly object[]>;
}

const load = async <T>(name: string): Promise<T> => (await import(`${process.cwd()}/src/build/${name}`)) as T;

export const lintExceptions = async (tool: string, name: string) =>
  (await load<Packages>('packages.mjs')).lintExceptions(tool, name);

const epoch = 1_790_000_000;
const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC', LC_ALL: 'C.UTF-8' };

/** Of an older release: a file that the newer one does not have, and another text of the file in /etc. */
export const oldFile = '/usr/lib/udev/rules.d/91-net-failover-old.rules';
export const hookPath = '/etc/network/if-pre-up.d/net-failover';

export interface Built {
  /** Absolute paths, in the order in which they are made. */
  readonly files: readonly string[];
  /** The one whose name this begins, of this ending. */
  readonly find: (name: string, ending: string) => string;
}

const inFolder = (files: readonly string[]): Built => ({
  files,
  find: (name, ending) => {
    const found = files.find((file) => file.split('/').at(-1)?.startsWith(name) === true && file.endsWith(ending));
    if (found === undefined) throw new Error(`no ${name}…${ending} in ${files.join(' ')}`);
    return found;
  },
});

/** Makes them in a folder of their own. */
export async function buildPackages(folder: string): Promise<Built> {
  const { makePackages, defaultMaintainer } = await load<Packages>('packages.mjs');
  const { renderManualPages } = await load<Manual>('manual.mjs');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const licenses = spawnSync(executable, ['--licenses'], { encoding: 'utf8' });
  const files = makePackages({
    executables: { x64: executable },
    runner: executable,
    pages: await renderManualPages('2026-09-21'),
    notices: licenses.stdout,
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
    version,
    maintainer: defaultMaintainer,
    homepage: undefined,
    out: join(folder, 'out'),
    work: join(folder, 'work'),
    epoch,
    env,
  });
  return inFolder(files);
}

/** What an older release of the same would be: made of the newer ones. */
export async function buildOlder(folder: string, newer: Built): Promise<Built> {
  const files = [newer.find('failoverctl_', '.deb'), newer.find('failoverctl-guard_', '.deb')].map((deb) => {
    const tree = mkdtempSync(join(folder, 'older-'));
    const script = `
      set -e
      dpkg-deb -R "$1" "$2"
      sed -i 's/^Version: .*/Version: 0.0.1-1/' "$2/DEBIAN/control"
      if [ -d "$2/usr/lib/udev" ]; then
        echo '# of an older release' >"$2${oldFile}"
        echo '# of an older release' >>"$2${hookPath}"
      fi
      dpkg-deb --root-owner-group -Znone -b "$2" "$3"`;
    const out = join(tree, 'older.deb').replace('/older.deb', `-${deb.split('/').at(-1) ?? ''}`);
    runOrThrow('sh', ['-c', script, 'sh', deb, tree, out]);
    return out;
  });
  const { makeRpm } = await load<Rpm>('make-rpm.mjs');
  const { fillGuardTree } = await load<Trees>('package-tree.mjs');
  const tree = join(folder, 'older-rpm');
  fillGuardTree(tree, { kind: 'rpm', runner: executable, texts: {} });
  writeFileSync(tree + oldFile, '# of an older release\n');
  mkdirSync(join(folder, 'older-work'));
  const rpm = makeRpm(tree, {
    name: 'failoverctl-guard',
    version: '0.0.1',
    architecture: 'noarch',
    maintainer: 'x <x@x.invalid>',
    license: 'MIT',
    tags: {},
    description: ['older', 'Older.'],
    scriptlets: {},
    own: ['/usr/share/failoverctl', '/usr/lib/failoverctl', '/usr/lib/dracut/modules.d/96net-failover'],
    out: mkdtempSync(join(folder, 'older-')),
    work: join(folder, 'older-work'),
    epoch,
    env,
  });
  return inFolder([...files.map(renamed), rpm]);
}

/** `find` goes by the name that a package has. */
function renamed(file: string): string {
  const place = `${file}.d`;
  mkdirSync(place);
  const to = join(place, file.replace(/^.*\/older-\w+-/, ''));
  cpSync(file, to);
  rmSync(file);
  return to;
}

export function runOrThrow(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr} ${stdout} ${String(error ?? '')}`);
  return stdout;
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'failoverctl-packages-'));
}
