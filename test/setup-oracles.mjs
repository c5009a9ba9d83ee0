/**
 * Makes the systems whose daemons judge beside this machine's own: a Debian 13 with systemd 257, netplan 1.1 and
 * cloud-init 25.1, in ~/.cache/failoverctl-oracles/trixie (FAILOVERCTL_ORACLES names another place). Nothing in it is started but single
 * programs in a chroot. Takes about a minute the first time, nothing afterwards.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const place = process.env.FAILOVERCTL_ORACLES ?? join(homedir(), '.cache/failoverctl-oracles');
const root = join(place, 'trixie');
const packages = 'systemd,udev,netplan.io,cloud-init';

if (!existsSync(join(root, 'usr/bin/cloud-init'))) {
  mkdirSync(place, { recursive: true });
  const partial = `${root}.${process.pid}`;
  process.stderr.write(`making ${root} with ${packages}\n`);
  const { status, stderr, error } = spawnSync(
    'mmdebstrap',
    ['--quiet', '--variant=essential', `--include=${packages}`, 'trixie', partial],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  // Another run may have been quicker, or an older one made it without all packages.
  if (status === 0 && existsSync(root) && !existsSync(join(root, 'usr/bin/cloud-init'))) {
    renameSync(root, `${partial}.old`);
    rmSync(`${partial}.old`, { recursive: true, force: true });
  }
  if (status === 0 && !existsSync(root)) renameSync(partial, root);
  else rmSync(partial, { recursive: true, force: true });
  if (status !== 0) {
    process.stderr.write(`${root} could not be made: ${(stderr ?? String(error)).trim()}\n`);
    if (process.env.CI === 'true') process.exitCode = 1;
  }
}
