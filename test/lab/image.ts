/**
 * Guest images: built from a release's packages by mmdebstrap through the machine's own apt sources, and kept in a cache
 * outside the tree under a name that says what went into them.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { undoLater } from './cleanup.ts';
import { mustRun } from './command.ts';
import { bootModules, nestedModules, networkModules, rootModules, type Release } from './releases.ts';

export const guestFiles = 'test/lab/guest';

export interface Image {
  readonly release: string;
  readonly kernel: string;
  /** The root file system: ext4, never written to. */
  readonly root: string;
  readonly initramfs: string;
  /** The folder of the packages that lie beside it, as NAME.deb. */
  readonly beside: string;
  /** Kernel and packages, by name. */
  readonly versions: ReadonlyMap<string, string>;
}

/** The versions that decide what a guest does, in a line. */
export function guestPackagesNote({ versions }: Image): string {
  const names = ['linux-image', 'systemd', 'ifupdown', 'netplan.io', 'network-manager', 'cloud-init'];
  return names.map((name) => `${name} ${versions.get(name) ?? '-'}`).join(', ');
}

export function cacheDirectory(): string {
  const { FAILOVERCTL_LAB_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own ?? join(shared ?? join(homedir(), '.cache'), 'failoverctl-lab');
}

/** The image of a release, from the cache or made now (about a minute, 400 MB). */
export async function provideImage(release: Release, say: (line: string) => void): Promise<Image> {
  const directory = join(cacheDirectory(), `${release.codename}-${keyOf(release)}`);
  if (!existsSync(directory)) {
    say(`building the ${release.codename} guest from Debian packages`);
    const started = Date.now();
    await buildImage(release, directory);
    say(`built the ${release.codename} guest in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  return {
    release: release.codename,
    kernel: join(directory, 'vmlinuz'),
    root: join(directory, 'root.img'),
    initramfs: await buildInitramfs(directory),
    beside: join(directory, 'beside'),
    versions: new Map(
      readFileSync(join(directory, 'packages.txt'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const),
    ),
  };
}

function keyOf(release: Release): string {
  const hash = createHash('sha256').update(
    JSON.stringify([release, bootModules, networkModules, nestedModules, rootModules]),
  );
  for (const name of ['customize.sh', 'agent.service']) hash.update(readFileSync(join(guestFiles, name)));
  return hash.digest('hex').slice(0, 12);
}

async function buildImage(release: Release, directory: string): Promise<void> {
  mkdirSync(cacheDirectory(), { recursive: true });
  const work = mkdtempSync(`${directory}.building-`);
  try {
    const root = join(work, 'root');
    const sources = join(work, 'debian.sources');
    writeFileSync(sources, aptSources(release.codename));
    const skipped = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/doc/*', '/usr/share/info/*'];
    await mustRun(
      [
        ['mmdebstrap', '--quiet', '--variant=minbase', `--include=${release.packages.join(',')}`],
        ['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Retries "3"'],
        skipped.map((path) => `--dpkgopt=path-exclude=${path}`),
        `--customize-hook=${join(process.cwd(), guestFiles, 'customize.sh')}`,
        [release.codename, root, sources],
      ].flat(),
      {
        env: {
          LAB_OUT: work,
          LAB_KERNEL_PACKAGE: release.kernelPackage,
          LAB_BESIDE: release.beside.join(' '),
          LAB_MODULES: rootModules.join(' '),
          LAB_GUEST_FILES: join(process.cwd(), guestFiles),
        },
      },
    );
    await mustRun([
      'mke2fs',
      '-q',
      '-t',
      'ext4',
      '-O',
      '^has_journal,^metadata_csum',
      '-d',
      root,
      join(work, 'root.img'),
      '900M',
    ]);
    await keepModules(work);
    for (const name of ['root', 'modules', 'debian.sources']) {
      rmSync(join(work, name), { recursive: true, force: true });
    }
    renameSync(work, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error; // else another lab was faster: its image is as good
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The machine's own apt sources of its Debian release, for another one: the same archives under another codename. One-line
 * and deb822 entries, /etc/apt only.
 */
function aptSources(codename: string): string {
  const own = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm';
  const suite = new RegExp(`(?<=\\s)${own}(?=(?:-updates|-security)?(?:\\s|$))`, 'g');
  // sid has no suites beside it
  const besides = new RegExp(`(?<=^Suites:.*)[ \\t]+${own}-\\S+`, 'gm');
  const parts = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(parts) ? readdirSync(parts) : []).map((name) => join(parts, name)),
  ];
  const stanzas = files
    .filter((name) => existsSync(name) && /\.(?:list|sources)$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(name, 'utf8').replace(/^#.*\n?/gm, '');
      return name.endsWith('.list') ? text.split('\n').map(asStanza) : text.split(/\n\s*\n/);
    })
    .filter((stanza) => /^Types:.*\bdeb\b/m.test(stanza) && /^Components:.*\bmain\b/m.test(stanza))
    .filter((stanza) => /^Suites:.*$/m.exec(stanza)?.[0].match(suite) != null)
    .map((stanza) => (codename === 'sid' ? stanza.replace(besides, '') : stanza))
    .filter((stanza) => /^Suites:[ \t]*\S/m.test(stanza));
  if (stanzas.length === 0)
    throw new Error(`no apt source of ${own} in /etc/apt: the lab builds its guests from there`);
  return `${stanzas.map((stanza) => stanza.trim().replace(suite, codename)).join('\n\n')}\n`;
}

/** `deb [signed-by=K] URI SUITE COMPONENT…` as a deb822 stanza; sources.list(5). */
function asStanza(line: string): string {
  const [, options, uri, suite, components] = /^deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
  if (uri === undefined) return '';
  const key = /signed-by=(\S+)/.exec(options ?? '')?.[1];
  return [
    `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: ${components}`,
    ...(key === undefined ? [] : [`Signed-By: ${key}`]),
  ].join('\n');
}

/** The image's modules in the order in which they must be loaded, for the initramfs. */
async function keepModules(work: string): Promise<void> {
  const kept = join(work, 'initramfs.d/modules');
  mkdirSync(kept, { recursive: true });
  const boot = loadOrder(join(work, 'modules'), bootModules);
  const network = loadOrder(join(work, 'modules'), networkModules).filter((path) => !boot.includes(path));
  const nested = loadOrder(join(work, 'modules'), nestedModules);
  for (const [list, paths] of Object.entries({ boot, network, nested })) {
    for (const path of paths) cpSync(join(work, 'modules', path), join(kept, basename(path)));
    writeFileSync(join(kept, list), paths.map((path) => `${basename(path).replace(/\.xz$/, '')}\n`).join(''));
  }
  const packed = readdirSync(kept).filter((name) => name.endsWith('.xz'));
  if (packed.length > 0) await mustRun(['xz', '-d', ...packed.map((name) => join(kept, name))]);
}

/** The modules, busybox, init and agent. Made anew by each lab: it takes a tenth of a second. */
async function buildInitramfs(directory: string): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-lab-'));
  undoLater(() => rmSync(work, { recursive: true, force: true }));
  const tree = join(work, 'tree');
  cpSync(join(directory, 'initramfs.d'), tree, { recursive: true });
  mkdirSync(join(tree, 'bin'));
  cpSync('/bin/busybox', join(tree, 'bin/busybox'), { dereference: true });
  cpSync(join(guestFiles, 'init.sh'), join(tree, 'init'));
  cpSync(join(guestFiles, 'agent.sh'), join(tree, 'agent.sh'));
  await mustRun(['chmod', '755', join(tree, 'init'), join(tree, 'bin/busybox')]);
  const names = await mustRun(['find', '.'], { cwd: tree });
  const file = join(work, 'initramfs');
  await mustRun(['cpio', '--quiet', '-o', '-H', 'newc', '-F', file], { cwd: tree, input: names });
  return file;
}

/** A module's dependencies come after it in its line of modules.dep, the first to load last; modules.dep(5). */
function loadOrder(modules: string, wanted: readonly string[]): readonly string[] {
  const lines = readFileSync(join(modules, 'modules.dep'), 'utf8').trimEnd().split('\n');
  const order = wanted.flatMap((name) => {
    const line = lines.find((text) => new RegExp(`(?:^|/)${name}\\.ko[^/:]*:`).test(text));
    if (line === undefined) return []; // built into the kernel
    const [module = '', after = ''] = line.split(':');
    return [...after.split(' ').filter(Boolean).reverse(), module];
  });
  return [...new Set(order)];
}
