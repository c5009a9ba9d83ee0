/** The service that the package has as an example: systemd takes it, and node_exporter never reads half a file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const units = ['failoverctl-metrics.service', 'failoverctl-metrics.timer'];
const textOf = (unit: string) => readFileSync(join('packaging/metrics', unit), 'utf8');

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'failoverctl-metrics-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const noSystemd = existsSync('/usr/bin/systemd-analyze') ? false : 'systemd-analyze is missing';

test('systemd-analyze verify has nothing to say', { skip: noSystemd }, (context) => {
  const folder = scratch(context);
  for (const unit of units) cpSync(join('packaging/metrics', unit), join(folder, unit));
  const verify = () =>
    spawnSync('systemd-analyze', ['verify', '--man=no', ...units.map((unit) => join(folder, unit))], {
      encoding: 'utf8',
    });
  const { status, stderr } = verify();
  const ours = (text: string) => text.split('\n').filter((line) => line.includes('failoverctl-metrics'));
  assert.deepEqual([status, ours(stderr)], [0, []]);
  writeFileSync(
    join(folder, 'failoverctl-metrics.service'),
    textOf('failoverctl-metrics.service').replace('Type=', 'Tipe='),
  );
  assert.match(verify().stderr, /Unknown key (?:name )?'Tipe'/, 'it does look');
});

/** Its command as systemd would run it, with a failoverctl that prints `text` and ends with `status`. */
function runService(folder: string, text: string, status: number): number | null {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'failoverctl'), `#!/bin/sh\nprintf %s '${text}'\nexit ${status}\n`);
  chmodSync(join(bin, 'failoverctl'), 0o755);
  const service = textOf('failoverctl-metrics.service');
  const [, line = ''] = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(service) ?? [];
  assert.match(service, /^Environment=DIRECTORY=\/\S+$/m);
  assert.doesNotMatch(line.replaceAll('$$', ''), /\$/, 'what is left to the shell is doubled for systemd');
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, DIRECTORY: join(folder, 'out') };
  return spawnSync('/bin/sh', ['-c', line.replaceAll('$$', '$')], { env }).status;
}

test('written beside the target, renamed; a failure leaves what was there', (context) => {
  const folder = scratch(context);
  const out = join(folder, 'out');
  mkdirSync(out);
  assert.equal(runService(folder, 'one 1', 0), 0);
  assert.deepEqual([readdirSync(out), readFileSync(join(out, 'failover.prom'), 'utf8')], [['failover.prom'], 'one 1']);
  // an unhealthy guest is what they are for
  assert.equal(runService(folder, 'two 2', 1), 0);
  assert.equal(readFileSync(join(out, 'failover.prom'), 'utf8'), 'two 2');
  assert.notEqual(runService(folder, 'thr', 3), 0);
  assert.equal(readFileSync(join(out, 'failover.prom'), 'utf8'), 'two 2');
  assert.deepEqual(
    readdirSync(out).filter((name) => name.endsWith('.prom')),
    ['failover.prom'],
  );
});
