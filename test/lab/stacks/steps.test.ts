/** The scripts of the lab's rows about stacks, as far as they can be judged without a guest. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hostMtuSteps, kernelSteps } from './kernel.ts';
import { managedSteps } from './managed.ts';

test('every step is a script, and has a name of its own', () => {
  const steps = [...kernelSteps, ...hostMtuSteps, ...managedSteps];
  assert.equal(new Set(steps.map(({ name }) => name)).size, steps.length);
  const prelude = readFileSync('test/lab/stacks/prelude.sh', 'utf8');
  for (const { name, script } of steps) {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: `${prelude}\n${script}`, encoding: 'utf8' });
    assert.equal(status, 0, `${name}: ${stderr}`);
  }
});
