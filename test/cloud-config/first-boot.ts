/**
 * A first boot as far as a chroot has one: Debian 13's own cloud-init, in its stage before the network, with a NoCloud
 * seed of `dsmode: local`, on an overlay over the tree that test/setup-oracles.mjs makes. All in namespaces of its own
 * (mount, net, pid); nothing outside of its directory is written.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const trixie = join(process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'), 'trixie');

/** Why no boot can be had here, or null. */
export function whyNoBoot(): string | null {
  if (!existsSync(join(trixie, 'usr/bin/cloud-init')))
    return `${trixie} has no cloud-init (node test/setup-oracles.mjs)`;
  if (process.geteuid?.() !== 0) return 'not root: no namespaces can be made';
  const probe = spawnSync(
    'unshare',
    ['-m', '-n', '-p', '--fork', 'sh', '-c', `${mountOverlay}`, 'sh', trixie, '/mnt'],
    {
      encoding: 'utf8',
    },
  );
  return probe.status === 0 ? null : `no overlay can be mounted: ${probe.stderr.trim()}`;
}

/** $1: the tree below, $2: a directory to mount on. */
const mountOverlay = `
set -eu
mount --make-rprivate /
mount -t tmpfs overlay "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o lowerdir="$1",upperdir="$2/upper",workdir="$2/work" "$2/root"
`;

const boot = `${mountOverlay}
root=$2/root
files=$3
out=$4
shift 4
mount -t proc proc $root/proc
mount -t tmpfs run $root/run
mount -t sysfs -o ro sysfs $root/sys
for device in null zero urandom; do : >$root/dev/$device; mount --bind /dev/$device $root/dev/$device; done
cp -a $files/. $root/
for command; do
  echo "+ $command"
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot $root sh -c "$command" || echo "status $?"
done
cp -a $root/../upper/. $out/
`;

export interface BootedTree {
  /** What the commands said. */
  readonly output: string;
  readonly log: string;
  readonly read: (path: string) => string;
  readonly mode: (path: string) => number;
  /** Files below a directory that are there now and are not the tree's own. */
  readonly below: (directory: string) => readonly string[];
  /** Copies what the boot made elsewhere. */
  readonly copyTo: (directory: string) => void;
}

export const localStage = 'cloud-init init --local';
export const finalStage = 'cloud-init single --name runcmd && cloud-init single --name scripts_user';

/**
 * Boots, and hands over what is there afterwards. `files` are put into the tree first, by path. The commands are run in
 * it one after the other, by sh.
 */
export function bootOnce<Value>(
  files: Readonly<Record<string, string>>,
  commands: readonly string[],
  look: (tree: BootedTree) => Value,
): Value {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-boot-'));
  const at = (name: string) => join(directory, name);
  try {
    for (const name of ['mount', 'files', 'out']) mkdirSync(at(name));
    const seed = '/var/lib/cloud/seed/nocloud';
    const all = {
      [`${seed}/meta-data`]: 'instance-id: first\ndsmode: local\n',
      [`${seed}/user-data`]: '',
      '/etc/cloud/cloud.cfg.d/99_test.cfg':
        'datasource_list: [NoCloud]\nnetwork: {config: disabled}\nssh_genkeytypes: []\n',
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(at('files'), path)), { recursive: true });
      writeFileSync(join(at('files'), path), text, 'latin1');
    }
    const run = spawnSync(
      'unshare',
      ['-m', '-n', '-p', '--fork', 'sh', '-c', boot, 'sh', trixie, at('mount'), at('files'), at('out'), ...commands],
      { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 300_000 },
    );
    if (run.status !== 0) throw new Error(`the boot failed: ${run.stdout}${run.stderr}`);
    const out = at('out');
    return look({
      output: `${run.stdout}${run.stderr}`,
      log: readFileSync(join(out, 'var/log/cloud-init.log'), 'utf8'),
      read: (path) => readFileSync(join(out, path), 'latin1'),
      mode: (path) => statSync(join(out, path)).mode & 0o7777,
      below: (path) =>
        existsSync(join(out, path))
          ? readdirSync(join(out, path), { recursive: true, encoding: 'utf8' })
              .map((name) => `${path}/${name}`)
              .filter((name) => statSync(join(out, name)).isFile())
              .sort()
          : [],
      copyTo: (target) => cpSync(out, target, { recursive: true, verbatimSymlinks: true }),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
