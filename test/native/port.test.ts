/** The two implementations of the System port give the same answers, and the language under them the same values. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { nodeSystem } from '../../src/system/node.ts';
import { executable, runProgram, scratch, withoutExecutables } from './engines.ts';

test('both engines answer every question alike', { skip: withoutExecutables }, async (context) => {
  const directory = scratch(context);
  const onNode = join(directory, 'port-on-node.cjs');
  const onQuickJs = join(directory, 'port-on-quickjs');
  await build({
    entryPoints: ['test/native/port-on-node.ts'],
    outfile: onNode,
    logLevel: 'warning',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  const built = spawnSync(process.execPath, ['src/build/native.mjs', 'test/native/port-on-quickjs.ts', onQuickJs], {
    encoding: 'utf8',
  });
  assert.equal(built.status, 0, built.stderr);
  const [node = [], quickjs = []] = [[process.execPath, onNode], [onQuickJs]].map((program) => {
    const place = scratch(context);
    const around = { input: 'line ß\n\xff', env: { FAILOVERCTL_TEST: 'ß' } };
    const { status, signal, stdout, stderr } = runProgram(program, [place], around);
    assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' });
    // the directories differ, and are equally long
    return stdout.replaceAll(place, 'DIRECTORY').split('\n');
  });
  assert.ok(node.length > 120, `${node.length} answers`);
  const answer = (question: string) =>
    node.find((line) => line.startsWith(`${question}: `))?.slice(question.length + 2);
  assert.equal(answer('read a FIFO'), '{"errno":"EFTYPE","path":"DIRECTORY/fifo"}');
  assert.equal(answer('read a socket'), '{"errno":"EFTYPE","path":"DIRECTORY/socket"}');
  assert.equal(answer('read endless zeros'), '{"errno":"EFTYPE","path":"/dev/zero"}');
  assert.equal(answer('read more than is read'), '{"errno":"EFBIG","path":"DIRECTORY/huge"}');
  assert.equal(answer('what is outside'), '["outside",{"errno":"ENOENT","path":"/none/x"}]');
  const differing = node.flatMap((line, index) => (line === quickjs[index] ? [] : [`${line}\n${quickjs[index]}`]));
  assert.deepEqual(differing, []);
  assert.equal(quickjs.length, node.length);
  context.diagnostic(`${node.length - 1} answers are the same`);
});

test(
  'bytes that are not UTF-8 in an argument: passed by the executable, refused by Node',
  { skip: withoutExecutables },
  async () => {
    const name = 'ens\udcff';
    const system = nodeSystem();
    assert.deepEqual(system.run(['printf', '%s', name]), { errno: 'EILSEQ', path: 'printf' });
    assert.deepEqual(system.run(['true'], { env: { NAME: name } }), { errno: 'EILSEQ', path: 'true' });
    assert.deepEqual(await system.follow(['printf', '%s', name], () => true), { errno: 'EILSEQ', path: 'printf' });
    assert.equal('status' in system.run(['printf', '%s', 'ens😀']) && 'passed', 'passed');
    const lint = spawnSync('bash', ['-c', `exec "$1" lint $'/nonexistent/a\\xff.network'`, 'bash', executable], {
      encoding: 'latin1',
    });
    // passed on, and shown as what it is: a byte of its own could be the terminal's to obey
    assert.match(lint.stderr, /a\\xff\.network': no such file/);
  },
);
