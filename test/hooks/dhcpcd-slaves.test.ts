/** What dhcpcd's service does at each start: the composed file lies over the user's own, and is written anew from it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const script = 'hooks/dhcpcd/dhcpcd-slaves';
const directory = mkdtempSync(join(tmpdir(), 'failoverctl-dhcpcd-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const skip =
  (process.getuid?.() !== 0 && 'needs root') ||
  (spawnSync('unshare', ['--pid', '--mount', 'true']).status !== 0 && 'needs namespaces of its own');

for (const shell of [['dash'], ['busybox', 'sh']])
  test(`${shell.join(' ')}: a service that starts anew keeps the user's lines`, { skip }, () => {
    const config = join(directory, 'dhcpcd.conf');
    const run = join(directory, 'run');
    rmSync(run, { recursive: true, force: true });
    mkdirSync(run);
    writeFileSync(config, 'interface ens10\nstatic ip_address=192.0.2.5/24\n');
    const env = { ...process.env, DHCPCD_CONFIG: config, DHCPCD_RUN: run, DHCPCD_MASTERS: join(directory, 'none') };
    const must = (...words: readonly string[]) => {
      const [program = '', ...args] = words;
      const { status, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    };
    must(...shell, script, 'compose');
    must(...shell, script, 'add', 'ens11');
    const composed = join(run, 'dhcpcd.conf');
    const before = readFileSync(composed, 'utf8');
    assert.match(before, /static ip_address=192\.0\.2\.5\/24\n[^]*interface ens11\n/);
    // as BindReadOnlyPaths= of the drop-in has it, for the script too; PID 1, which makes the namespace, sees the user's own file
    const inside = 'mount --bind "$0" "$1"; shift; exec "$@" compose';
    const pidOne = 'unshare --mount sh -c "$0" "$@"';
    const namespace = ['unshare', '--pid', '--mount', '--fork', '--mount-proc'];
    must(...namespace, 'sh', '-c', pidOne, inside, composed, config, ...shell, script);
    assert.equal(readFileSync(composed, 'utf8'), before);
  });
