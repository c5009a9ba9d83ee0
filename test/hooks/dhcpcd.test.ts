/** hooks/dhcpcd/dhcpcd-slaves under dash and busybox sh. What dhcpcd makes of it: test/managers/dhcpcd/differential.test.ts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const has = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;
const block = (name: string) => `# the slave ${name}\ninterface ${name}\nnoipv4\nnoipv6\n`;

for (const shell of [['dash'], ['busybox', 'sh']] as const) {
  const skip = has(shell[0]) ? false : `${shell[0]} is not installed`;
  test(`${shell.join(' ')}: a block for each slave, and the time of the user's file`, { skip }, () => {
    const work = mkdtempSync(join(tmpdir(), 'failoverctl-dhcpcd-'));
    const [config, masters, composed] = ['dhcpcd.conf', 'masters', 'run/dhcpcd.conf'].map((name) =>
      join(work, name),
    ) as [string, string, string];
    const run = (...args: readonly string[]) => {
      const [program, ...first] = shell;
      const env = { ...process.env, DHCPCD_CONFIG: config, DHCPCD_MASTERS: masters, DHCPCD_RUN: join(work, 'run') };
      const { status, stderr } = spawnSync(program, [...first, 'hooks/dhcpcd/dhcpcd-slaves', ...args], {
        encoding: 'utf8',
        env,
      });
      return [status, stderr] as const;
    };
    try {
      assert.deepEqual(run('add', 'eth1'), [0, '']);
      assert.ok(!existsSync(composed), 'dhcpcd has not been started: nobody reads it');
      assert.deepEqual(run('compose'), [0, '']);
      assert.equal(readFileSync(composed, 'utf8'), `\n${block('eth1')}`);
      writeFileSync(config, 'duid\n nodev \nnodevice\n# no newline at the end');
      writeFileSync(masters, 'interface eth0\ndhcp\n');
      utimesSync(config, 1_000_000, 1_000_000);
      assert.deepEqual(run('compose'), [0, '']);
      const whole = `duid\nnodevice\n# no newline at the end\n${readFileSync(masters, 'utf8')}`;
      assert.equal(readFileSync(composed, 'utf8').replace(/\n+(?=interface eth0)/, '\n'), `${whole}${block('eth1')}`);
      assert.deepEqual(run('add', 'eth2'), [0, '']);
      assert.ok(readFileSync(composed, 'utf8').endsWith(block('eth1') + block('eth2')));
      assert.equal(statSync(composed).mtimeMs, 1_000_000_000);
      const { ctimeMs } = statSync(composed);
      assert.deepEqual(run('add', 'eth2'), [0, '']);
      assert.equal(statSync(composed).ctimeMs, ctimeMs, 'another event of a link that is known writes nothing');
      assert.deepEqual(run('forget', 'eth1'), [0, '']);
      assert.deepEqual(readdirSync(join(work, 'run/dhcpcd')), ['eth2']);
      assert.doesNotMatch(readFileSync(composed, 'utf8'), /eth1/);
      assert.deepEqual(run('forget', 'eth7'), [0, '']);
      const [status, stderr] = run('gone');
      assert.equal(status, 2);
      assert.match(stderr, /expected compose, add LINK or forget LINK/);
    } finally {
      rmSync(work, { recursive: true });
    }
  });
}

test('shellcheck has nothing to say', { skip: has('shellcheck') ? false : 'shellcheck is not installed' }, () => {
  const { stdout, status } = spawnSync('shellcheck', ['--severity=style', 'hooks/dhcpcd/dhcpcd-slaves'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
});
