import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly steps: readonly [{ readonly env: Readonly<Record<string, string>>; readonly run: string }];
  };
}

const action = parse(readFileSync('action.yml', 'utf8')) as Action;
const [step] = action.runs.steps;

/** Runs the step as the runner does: inputs with their defaults in the environment, the script by bash. */
function runAction(context: TestContext, given: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-action-'));
  context.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'image/etc/systemd/network'), { recursive: true });
  writeFileSync(
    join(directory, 'image/etc/systemd/network/20-all nics.network'),
    '[Match]\nName=en*\n[Network]\nDHCP=yes\n',
  );
  const env = Object.fromEntries(
    Object.entries(step.env).map(([name, expression]) => {
      const [, input = ''] = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(expression) ?? [];
      const { default: usual } = action.inputs[input] ?? assert.fail(`${name} is of no input: ${expression}`);
      return [name, given[input] ?? usual];
    }),
  );
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run],
    {
      cwd: directory,
      env: { PATH: process.env['PATH'], GITHUB_ACTION_PATH: resolve('.'), ...env },
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr, directory };
}

test('no input is part of the script', () => {
  assert.doesNotMatch(step.run, /\$\{\{/);
});

test('findings become annotations on paths of the checkout, and the step fails', (context) => {
  const { status, stdout } = runAction(context, { root: 'image' });
  assert.equal(status, 1);
  assert.match(stdout, /^::error file=image\/etc\/systemd\/network\/20-all nics\.network,line=4,.*title=FO101 /m);
});

test('paths are taken a line each, blanks and all; SARIF goes to its file', (context) => {
  const { status, directory } = runAction(context, {
    paths: 'image/etc/systemd/network/20-all nics.network\n\n',
    'sarif-file': 'lint.sarif',
  });
  assert.equal(status, 1);
  const { version, runs } = JSON.parse(readFileSync(join(directory, 'lint.sarif'), 'utf8')) as {
    version: string;
    runs: readonly { readonly results: readonly { readonly ruleId: string }[] }[];
  };
  assert.equal(version, '2.1.0');
  assert.ok(runs[0]?.results.some(({ ruleId }) => ruleId === 'FO101'));
});

test('an input is no option and no script', (context) => {
  assert.equal(runAction(context, { paths: '--fix' }).status, 3);
  assert.equal(runAction(context, { paths: '$(touch made)', root: '' }).status, 3);
  const nothing = runAction(context, {});
  assert.equal(nothing.status, 2);
  assert.match(nothing.stdout, /^::error::failoverctl: no 'paths' and no 'root'/);
});
