/**
 * The keys that systemd's own tables have: from the gperf files of Debian's source package, which apt-get fetches with a
 * configuration of its own, or from the strings of the programs in an oracle's tree. Kept in
 * ~/.cache/failoverctl-oracles/tables, never in the clone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export type FileKind = 'network' | 'netdev' | 'link';

/** `Section.Key` of each kind of file. */
export type DaemonTables = Readonly<Record<FileKind, readonly string[]>>;

const oracles = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

const gperfFiles: Readonly<Record<FileKind, string>> = {
  network: 'src/network/networkd-network-gperf.gperf',
  netdev: 'src/network/netdev/netdev-gperf.gperf',
  link: 'src/udev/net/link-config-gperf.gperf',
};

/** Of a suite's source package; a text says why there are none. */
export function readSourceTables(suite: string): DaemonTables | string {
  const cached = join(oracles, 'tables', `systemd-${suite}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8')) as DaemonTables;
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-tables-'));
  try {
    const tarball = fetchSource(suite, work);
    if (tarball === null) return `the source of ${suite}'s systemd cannot be fetched`;
    const kinds = Object.entries(gperfFiles).map(([kind, path]) => [kind, readGperf(tarball, path)] as const);
    const tables = Object.fromEntries(kinds) as Record<FileKind, readonly string[]>;
    mkdirSync(join(oracles, 'tables'), { recursive: true });
    writeFileSync(cached, JSON.stringify(tables));
    return tables;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetchSource(suite: string, work: string): string | null {
  for (const name of ['lists/partial', 'cache/archives/partial', 'source'])
    mkdirSync(join(work, name), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(
    join(work, 'sources.list'),
    `deb-src [signed-by=${keyring}] http://deb.debian.org/debian ${suite} main\n`,
  );
  const settings = [
    ['Dir::State', work],
    ['Dir::State::lists', join(work, 'lists')],
    ['Dir::Cache', join(work, 'cache')],
    ['Dir::Etc::sourcelist', join(work, 'sources.list')],
    ['Dir::Etc::sourceparts', '/dev/null'],
    ['Dir::State::status', '/dev/null'],
    ['Acquire::Languages', 'none'],
    ['APT::Sandbox::User', 'root'],
  ];
  const configuration = join(work, 'apt.conf');
  writeFileSync(configuration, settings.map(([name, value]) => `${name} "${value}";\n`).join(''));
  const env = { ...process.env, APT_CONFIG: configuration };
  const run = (...args: readonly string[]) =>
    spawnSync('apt-get', ['-qq', ...args], { cwd: join(work, 'source'), env, timeout: 180_000 }).status === 0;
  if (!run('update') || !run('source', '--download-only', '--tar-only', 'systemd')) return null;
  const name = readdirSync(join(work, 'source')).find((file) => /\.orig\.tar\.\w+$/.test(file));
  return name === undefined ? null : join(work, 'source', name);
}

function readGperf(tarball: string, path: string): readonly string[] {
  const { stdout } = spawnSync('tar', ['-xOf', tarball, '--wildcards', `*/${path}`], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return [...stdout.matchAll(/^([\w-]+\.[\w-]+), *config_parse/gm)].map(([, key = '']) => key);
}

/** The program's bytes, in which each key of its table stands with a zero behind it. */
export function readProgram(root: string, kind: FileKind): Buffer | null {
  const path = join(root, kind === 'link' ? 'usr/bin/udevadm' : 'usr/lib/systemd/systemd-networkd');
  return existsSync(path) ? readFileSync(path) : null;
}

/** What looks like `Section.Key` in a program. */
export function keysIn(program: Buffer): readonly string[] {
  return [...program.toString('latin1').matchAll(/\0([A-Z][\w-]*\.[A-Z0-9][\w-]*)(?=\0)/g)].map(([, key = '']) => key);
}
