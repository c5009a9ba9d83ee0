/** The manual pages: mandoc reads each without a complaint, and each command, option and rule is in one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commands, hostCommands, loadDefinitions } from '../../src/commands/all.ts';
import { documentedRules } from '../../src/commands/rule.ts';
import { main } from '../../src/main.ts';
import { renderManual } from '../../src/manual/pages.ts';
import { memorySystem } from '../../src/system/memory.ts';

async function pages(): Promise<ReadonlyMap<string, string>> {
  const system = memorySystem();
  await main(['--help'], system);
  const all = await renderManual(system.stdout, { version: '1.2.3', date: '2026-11-30' });
  return new Map(all.map(({ file, text }) => [file, text]));
}

/** mandoc is found by running it. */
const missing = spawnSync('mandoc', ['-Tlint', '/dev/null']).error !== undefined;
if (missing && process.env['CI'] === 'true') throw new Error('mandoc is missing');

test('mandoc -Tlint has nothing to say', { skip: missing && 'mandoc is not installed' }, async () => {
  for (const [file, text] of await pages()) {
    // STYLE: "referenced manual not found" is for pages that are installed here already
    const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning'], { input: text, encoding: 'utf8' });
    assert.equal(stdout, '', file);
  }
});

test('every command has a page that holds all its options', async () => {
  const all = await pages();
  const definitions = await loadDefinitions();
  const names = [...Object.keys(commands), ...Object.keys(hostCommands).map((name) => `host ${name}`)];
  for (const name of names) {
    const text = (all.get(`failoverctl-${name.replace(' ', '-')}.1`) ?? '').replaceAll('\\-', '-');
    assert.notEqual(text, '', name);
    for (const { flags } of definitions.get(name)?.options ?? [])
      assert.ok(text.includes(`.B ${flags}\n`), `${name} ${flags}`);
  }
  assert.match(all.get('failoverctl.1') ?? '', /^\.SH EXIT STATUS$|exit status/im);
});

test('every rule is in failoverctl-rules(7)', async () => {
  const text = ((await pages()).get('failoverctl-rules.7') ?? '').replaceAll('\\-', '-');
  for (const { id, name } of documentedRules()) assert.ok(text.includes(`.SH ${id} ${name} (`), id);
});

test('examples keep their lines, and no line of a text is taken for a request', async () => {
  const text = (await pages()).get('failoverctl-lint.1') ?? '';
  assert.match(text, /\.SH EXAMPLES\n\.EX\nfailoverctl lint\n/);
  for (const [file, page] of await pages()) {
    const requests = page.match(/^[.'].*$/gm) ?? [];
    for (const request of requests) assert.match(request, /^\.(?:TH|SH|TP|PP|B|BR|EX|EE)\b/, file);
  }
});
