/** The script that ends the guard of a master that is gone for good, under dash and busybox sh. Which links udevadm finds is told to it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mac } from './guest-tree.ts';

const missing = process.geteuid?.() === 0 ? false : 'not root: no namespaces can be made';

interface Circumstances {
  /** Is there a master, each time that the script looks? */
  readonly masters: readonly [before: boolean, after: boolean];
  /** The indices of the links that are left behind; null: it has gone by the time its index is read. */
  readonly left?: readonly (number | null)[];
  readonly hasNetworkd?: boolean;
  readonly hasMarker?: boolean;
}

/** What the script asks of other programs, and whether the marker was there at the end. */
function forget(shell: readonly string[], circumstances: Circumstances) {
  const { masters, left = [], hasNetworkd = true, hasMarker = true } = circumstances;
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-forget-'));
  try {
    mkdirSync(join(work, 'bin'));
    const stub = (program: string, body: string): void =>
      writeFileSync(join(work, 'bin', program), `#!/bin/sh\necho "${program} $*" >>"${work}/asked"\n${body}\n`, {
        mode: 0o755,
      });
    for (const [index, ifindex] of left.entries()) {
      mkdirSync(join(work, `a*b ${index}`));
      if (ifindex !== null) writeFileSync(join(work, `a*b ${index}`, 'ifindex'), `${ifindex}\n`);
    }
    const links = left.map((_, index) => `echo "${work}/a*b ${index}"`).join('; ');
    const answer = (isThere: boolean): string => (isThere ? 'echo /sys/devices/m' : ':');
    stub(
      'udevadm',
      `case $* in
*=master\\ --dry-run) ${answer(masters[0])} ;;
*=master*) ${answer(masters[1])} ;;
*=pending*) ${links || ':'} ;;
esac`,
    );
    stub('systemctl', `exit ${hasNetworkd ? 0 : 3}`);
    stub('networkctl', '');
    const script = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
${hasMarker ? `mkdir -p /run/net-failover/${mac}` : ''}
"$@"
[ ! -d /run/net-failover/${mac} ] || : >${work}/marker`;
    const { status, stderr } = spawnSync(
      'unshare',
      ['-m', '--fork', 'sh', '-c', script, 'forget', ...shell, 'hooks/udev/forget-master', mac],
      { encoding: 'utf8', env: { ...process.env, PATH: `${work}/bin:${process.env['PATH']}` } },
    );
    assert.equal(status, 0, stderr);
    if (hasMarker) assert.equal(stderr, '');
    return {
      asked: readFileSync(join(work, 'asked'), 'utf8').trim().split('\n'),
      isGuarded: existsSync(join(work, 'marker')),
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

const look = `udevadm trigger --verbose --subsystem-match=net --attr-match=address=${mac} --property-match=ID_NET_FAILOVER=`;

for (const shell of [['dash'], ['busybox', 'sh']]) {
  const name = shell.join(' ');

  test(`${name}: what is left of a group is plugged in anew, and networkd looks at it`, { skip: missing }, () => {
    const { asked, isGuarded } = forget(shell, { masters: [false, false], left: [7, null, 9] });
    assert.deepEqual(asked, [
      `${look}master --dry-run`,
      `${look}master --action=change`,
      'udevadm settle --timeout=30',
      `${look}pending --action=add`,
      'udevadm settle --timeout=30',
      'systemctl --quiet is-active systemd-networkd.service',
      'networkctl reconfigure 7',
      'networkctl reconfigure 9',
    ]);
    assert.equal(isGuarded, false);
  });

  test(`${name}: nothing is left, or networkd does not run`, { skip: missing }, () => {
    for (const circumstances of [{ left: [] }, { left: [7], hasNetworkd: false }]) {
      const { asked, isGuarded } = forget(shell, { masters: [false, false], ...circumstances });
      assert.ok(!asked.some((line) => line.startsWith('networkctl')), asked.join('\n'));
      assert.equal(isGuarded, false);
    }
  });

  test(`${name}: a master that is back keeps its guard`, { skip: missing }, () => {
    const { asked, isGuarded } = forget(shell, { masters: [true, true], left: [7] });
    assert.deepEqual(asked, [`${look}master --dry-run`]);
    assert.equal(isGuarded, true);
  });

  test(`${name}: a master that comes back at this moment is asked to make its guard anew`, { skip: missing }, () => {
    const { asked } = forget(shell, { masters: [false, true] });
    assert.equal(asked[1], `${look}master --action=change`);
  });

  test(`${name}: where there is no guard nothing is done`, { skip: missing }, () => {
    const { asked } = forget(shell, { masters: [false, false], left: [7], hasMarker: false });
    assert.deepEqual(asked, [`${look}master --dry-run`]);
  });
}
