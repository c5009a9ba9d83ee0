/** Completions, tried in the shells themselves: each is asked what it would put in for the words typed so far. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

const directory = mkdtempSync(join(tmpdir(), 'failoverctl-completion-'));
after(() => rmSync(directory, { recursive: true }));

/** Words typed, and what must be among the answers. */
const typed: readonly (readonly [string, string])[] = [
  ['failoverctl sna', 'snapshot'],
  ['failoverctl host mig', 'migrate'],
  ['failoverctl lint --roo', '--root'],
  ['failoverctl rule FO20', 'FO201'],
  ['failoverctl explain l', 'lo'],
  ['failoverctl generate ifup', 'ifupdown'],
  ['failoverctl install --manager netp', 'netplan'],
];

async function writeScript(shell: string): Promise<string> {
  const system = memorySystem();
  assert.equal(await main(['completion', shell], system), 0);
  const path = join(directory, shell);
  writeFileSync(path, system.stdout);
  return path;
}

const skip = (shell: string): string | false => {
  if (spawnSync(shell, ['-c', 'true']).status === 0) return false;
  if (process.env['CI'] === 'true') throw new Error(`${shell} is missing`);
  return `${shell} is not installed: its completion was not tried`;
};

function ask(program: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

test('bash', { skip: skip('bash') }, async () => {
  const script = await writeScript('bash');
  for (const [words, wanted] of typed) {
    const code = `source ${script}; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _failoverctl 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    assert.ok(ask('bash', ['-c', code]).split('\n').includes(wanted), words);
  }
});

test('fish', { skip: skip('fish') }, async () => {
  const script = await writeScript('fish');
  for (const [words, wanted] of typed) {
    const answers = ask('fish', ['--no-config', '-c', `source ${script}; complete -C '${words}'`]);
    assert.ok(
      answers.split('\n').some((line) => line.split('\t')[0] === wanted),
      `${words}: ${answers}`,
    );
  }
});

/** zsh completes in a terminal only: one is made (zsh/zpty), and what it shows is read until the answer is there. */
test('zsh', { skip: skip('zsh') }, async () => {
  const script = await writeScript('zsh');
  const asking = typed.map(([words, wanted]) => `ask ${JSON.stringify(words)} ${JSON.stringify(wanted)}\n`).join('');
  writeFileSync(
    join(directory, 'ask'),
    `zmodload zsh/zpty
ask() {
  zpty -b shell zsh -f -i
  zpty -w shell 'autoload -U compinit; compinit -D -u; source ${script}; bindkey "^I" complete-word; PS1=REA; PS1+=DY'
  await READY
  zpty -w -n shell "$1"$'\\t'
  await "$2"
  zpty -d shell
}
await() {
  local shown line
  for i in {1..600}; do
    while zpty -r -t shell line; do shown+=$line; done
    [[ $shown == *$1* ]] && return
    sleep 0.1
  done
  print -r -- "waited for $1 in vain: \${(V)shown}"
  exit 1
}
${asking}`,
  );
  const { status, stdout } = spawnSync('zsh', ['-f', join(directory, 'ask')], { encoding: 'utf8', timeout: 600_000 });
  assert.equal(status, 0, stdout);
});

test('another shell is a usage error that names those it knows', async () => {
  const system = memorySystem();
  assert.equal(await main(['completion', 'tcsh'], system), 2);
  assert.match(system.stderr, /'tcsh': expected bash, zsh, fish/);
});
