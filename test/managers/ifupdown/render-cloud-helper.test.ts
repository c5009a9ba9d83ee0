import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { patchCloudHelper, unpatchCloudHelper } from '../../../src/managers/ifupdown/render-cloud-helper.ts';
import { testsForMaster } from '../../../src/managers/ifupdown/guard.ts';

/** Our own words for what such a helper does: a stanza from a template for a link that ifup does not know, then ifup@. */
const helper = `#!/bin/bash
# A stand-in for the cloud images' helper.

# What it reads and writes.
form=/etc/network/cloud-interfaces-template
echo "configure $INTERFACE"
[ -n "$INTERFACE" ] || exit 1
`;

function patched(text: string, blunt = false): string {
  const outcome = patchCloudHelper(text, { blunt });
  assert.ok('text' in outcome, 'reason' in outcome ? outcome.reason : '');
  return outcome.text;
}

test('the check comes before the first command, and everything else stays as it is', () => {
  const text = patched(helper);
  assert.ok(text.startsWith('#!/bin/bash\n# A stand-in'));
  assert.ok(text.indexOf('/sys/class/net/$INTERFACE/master') < text.indexOf('form='));
  assert.ok(testsForMaster(text));
  assert.equal(unpatchCloudHelper(text), helper);
  assert.equal(unpatchCloudHelper(patched(helper, true)), helper);
});

test('what was changed since is not undone, and what was never patched neither', () => {
  assert.equal(unpatchCloudHelper(helper), null);
  assert.equal(unpatchCloudHelper(patched(helper).replace('exit 0', 'exit 1')), null);
});

test('a helper that cannot be patched is told why', () => {
  const reasonFor = (text: string): string => {
    const outcome = patchCloudHelper(text);
    return 'reason' in outcome ? outcome.reason : '';
  };
  assert.match(reasonFor(patched(helper)), /has the check of failoverctl already/);
  assert.match(reasonFor('do_setup "$INTERFACE"\n'), /names no interpreter/);
  assert.match(reasonFor('#!/usr/bin/python3\nprint("$INTERFACE")\n'), /'python3'; expected a shell/);
  assert.match(reasonFor('#!/usr/bin/env perl\n'), /'perl'; expected a shell/);
  assert.match(reasonFor('#!/bin/sh\n# $INTERFACE is not used\necho "$1"\n'), /does not use \$INTERFACE/);
  assert.match(
    reasonFor(helper.replace('echo', 'test -d /sys/class/net/$INTERFACE/master && exit 0; echo')),
    /asks for a master itself/,
  );
  assert.match(reasonFor(''), /names no interpreter/);
});

/** What the patched helper does for a link whose master is `device` (null: none), in a namespace with a /sys of files. */
function runFor(text: string, master: 'virtio' | 'vmbus' | 'bond' | null, shell: readonly string[]): string {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-helper-'));
  try {
    mkdirSync(join(work, 'sys/class/net/ens11'), { recursive: true });
    if (master !== null) {
      mkdirSync(join(work, 'sys/m', master === 'bond' ? 'bonding' : 'device'), { recursive: true });
      if (master === 'virtio') writeFileSync(join(work, 'sys/m/device/features'), '1\n');
      if (master === 'vmbus') writeFileSync(join(work, 'sys/m/device/class_id'), '{}\n');
      symlinkSync('../../../m', join(work, 'sys/class/net/ens11/master'));
    }
    writeFileSync(join(work, 'helper'), text);
    const script = `mount --make-rprivate / && mount --rbind ${work}/sys /sys && exec "$@"`;
    const { stdout, status } = spawnSync(
      'unshare',
      ['-m', '--fork', 'sh', '-c', script, 'sh', ...shell, join(work, 'helper')],
      {
        encoding: 'utf8',
        env: { ...process.env, INTERFACE: 'ens11' },
      },
    );
    assert.equal(status, 0);
    return stdout;
  } finally {
    rmSync(work, { recursive: true });
  }
}

test(
  'slaves are left alone, ports of bonds only when asked',
  { skip: process.geteuid?.() === 0 ? false : 'not root' },
  () => {
    for (const shell of [['bash'], ['dash'], ['busybox', 'sh']]) {
      const does = (blunt: boolean, master: 'virtio' | 'vmbus' | 'bond' | null): boolean =>
        runFor(patched(helper, blunt), master, shell) === 'configure ens11\n';
      assert.deepEqual(
        [does(false, 'virtio'), does(false, 'vmbus'), does(false, 'bond'), does(false, null)],
        [false, false, true, true],
        shell.join(' '),
      );
      assert.deepEqual([does(true, 'virtio'), does(true, 'bond'), does(true, null)], [false, false, true]);
    }
  },
);

test(
  'shellcheck has nothing to say about the check',
  { skip: spawnSync('shellcheck', ['-V']).error ? 'shellcheck is not installed' : false },
  () => {
    for (const blunt of [false, true]) {
      const input = patched('#!/bin/sh\n: "$INTERFACE"\n', blunt);
      const { stdout } = spawnSync('shellcheck', ['--exclude=SC2154', '-'], { input, encoding: 'utf8' });
      assert.equal(stdout, '');
    }
  },
);
