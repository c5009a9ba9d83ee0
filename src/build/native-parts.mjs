/**
 * Where the static executables' parts come from: the QuickJS engine, LZ4, and the musl C library (headers and libc.a), from
 * Debian's archive, each pinned by its checksum and kept in ~/.cache/failoverctl-native (FAILOVERCTL_NATIVE names another
 * place). QuickJS and musl are MIT-licensed, LZ4's library is BSD-2-Clause. The compilers are the machine's own: Debian's gcc and gcc-aarch64-linux-gnu.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** Where parts, and objects made of them, are kept for every clone of this user. */
export const cache = process.env.FAILOVERCTL_NATIVE ?? join(homedir(), '.cache/failoverctl-native');

/** With the file that holds its notice. */
const engine = {
  name: 'QuickJS',
  version: '2025.04.26',
  notice: 'LICENSE',
  path: 'pool/main/q/quickjs/quickjs_2025.04.26.orig.tar.xz',
  sha256: 'ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe',
};
/** Its library alone: what packs the modules' bytecode when a build runs, and unpacks a module when it is asked for. */
const packer = {
  name: 'LZ4',
  version: '1.9.4',
  notice: 'LICENSE',
  path: 'pool/main/l/lz4/lz4_1.9.4.orig.tar.gz',
  sha256: '0b0e3aa07c8c063ddf40b082bdf7e37a1562bda40a0ff5272957f3e987e0e54b',
};
/** Of Debian 12; packages.debian.org/bookworm/musl-dev. */
const cLibraries = {
  x64: {
    path: 'pool/main/m/musl/musl-dev_1.2.3-1_amd64.deb',
    sha256: '7c34f29a0c1aa12f6da1d25ed6de6fe6bbd9e048ee76b3dcb88c5e51fb65507f',
    prefix: 'x86_64-linux-musl',
    notice: 'usr/share/doc/musl-dev/copyright',
  },
  arm64: {
    path: 'pool/main/m/musl/musl-dev_1.2.3-1_arm64.deb',
    sha256: '55c2ca4bc3041c8ed8ac7dc3ef6080d9551a21650568b2fd7610b59eaf98a4f4',
    prefix: 'aarch64-linux-musl',
  },
};

/** The programs that every build calls, and the Debian package of each. */
const programs = {
  gcc: 'gcc',
  'dpkg-deb': 'dpkg',
  tar: 'tar',
  xz: 'xz-utils',
  '/usr/lib/apt/apt-helper': 'apt',
};

export class MissingParts extends Error {}

/** Throws MissingParts with the one line that says what to install. `compilers`: the cross compilers wanted, each with its Debian package. */
export function checkPrograms(compilers = {}) {
  const wanted = { ...programs, ...compilers };
  const missing = Object.keys(wanted).filter((program) => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length > 0) {
    throw new MissingParts(
      `${missing.join(', ')} not found: apt-get install ${missing.map((name) => wanted[name]).join(' ')}`,
    );
  }
}

/** The directory of the engine's sources. */
export function fetchEngine() {
  return unpackOnce(engine, (archive, directory) =>
    runProgram('tar', ['--extract', '--xz', '--strip-components=1', '--file', archive, '--directory', directory]),
  );
}

/** The directory of LZ4's library. */
export function fetchPacker() {
  return unpackOnce(packer, (archive, directory) =>
    runProgram('tar', [
      '--extract',
      '--gzip',
      '--strip-components=2',
      '--file',
      archive,
      '--directory',
      directory,
      `lz4-${packer.version}/lib`,
    ]),
  );
}

/** The directories of the C library's headers and of its static objects, for x64 or arm64. */
export function fetchCLibrary(machine) {
  const part = cLibraries[machine];
  const root = unpackOnce(part, (archive, directory) => runProgram('dpkg-deb', ['--extract', archive, directory]));
  return { headers: join(root, 'usr/include', part.prefix), objects: join(root, 'usr/lib', part.prefix) };
}

/** What the executable holds beside npm packages, for src/build/notices.mjs. All of them must be there. */
export function readNotices() {
  const { x64: library } = cLibraries;
  return [
    { name: engine.name, version: engine.version, license: 'MIT', text: readPart(engine) },
    { name: packer.name, version: packer.version, license: 'BSD-2-Clause', text: readPart(packer) },
    { name: 'musl', version: '1.2.3', license: 'MIT', text: readPart(library) },
  ];
}

function readPart(part) {
  return readFileSync(join(directoryOf(part), part.notice), 'utf8');
}

function directoryOf(part) {
  return join(cache, `${basename(part.path)}.${part.sha256.slice(0, 12)}`);
}

/** Downloads and unpacks once; what is in place is whole, since it is renamed into place. */
function unpackOnce(part, unpack) {
  const directory = directoryOf(part);
  if (existsSync(directory)) return directory;
  const partial = `${directory}.${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
    const archive = `${partial}.archive`;
    download(part, archive);
    unpack(archive, partial);
    rmSync(archive);
    if (!existsSync(directory)) renameSync(partial, directory);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return directory;
}

/** By apt's own helper, which knows the machine's proxy; from the archive that the machine uses, else from Debian's own. */
function download({ path, sha256 }, file) {
  const bases = [...new Set([archiveOfMachine(), 'http://deb.debian.org/debian'])];
  for (const base of bases.filter((candidate) => candidate !== null)) {
    process.stderr.write(`fetching ${base}/${path}\n`);
    spawnSync('/usr/lib/apt/apt-helper', ['download-file', `${base}/${path}`, file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (!existsSync(file)) continue;
    const found = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (found === sha256) return;
    throw new MissingParts(`${base}/${path} has the sha256 ${found}, expected ${sha256}`);
  }
  throw new MissingParts(`cannot fetch ${path} from ${bases.join(' or ')}: is Debian's archive reachable?`);
}

/** The first main archive in apt's sources, or null. */
function archiveOfMachine() {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(SITE) $(CODENAME)', 'Created-By: Packages', 'Component: main', 'Origin: Debian'],
    { encoding: 'utf8' },
  );
  const line = (stdout ?? '').split('\n').find((text) => /^\S+ [a-z]+$/.test(text));
  return line === undefined ? null : line.split(' ')[0];
}

/** Runs a program of the build and gives its standard output; its own words are the error. */
export function runProgram(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${(stderr || String(error)).trim()}`);
  return stdout;
}
