import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../src/main.ts';
import { memorySystem } from '../src/system/memory.ts';

async function stderrOf(...args: readonly string[]): Promise<string> {
  const system = memorySystem();
  assert.equal(await main(args, system), 2);
  return system.stderr;
}

test('a command or subcommand that is misspelt is told which was meant', async () => {
  assert.match(await stderrOf('lnt'), /unknown command 'lnt'; did you mean 'lint'\?/);
  assert.match(await stderrOf('host', 'migrat'), /did you mean 'migrate'\?/);
});

test('one that is like none is not guessed at', async () => {
  assert.doesNotMatch(await stderrOf('xyzzy'), /did you mean/);
  assert.match(await stderrOf('xyzzy'), /see 'failoverctl --help'/);
});
