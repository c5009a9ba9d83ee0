/** What does not fit into udev's buffers, and rules that would grow without end; udev itself says what it does with them. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { describeDevice } from '../../../src/managers/udev/device.ts';
import { evaluateRules } from '../../../src/managers/udev/evaluate.ts';
import { collectRules } from '../../../src/managers/udev/predict.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master } from '../guest.ts';
import { askDaemons, missingDaemons, sid, systems } from '../namespace.ts';

const rules = (text: string): readonly ConfigFile[] => [configFile('/etc/udev/rules.d/10-a.rules', text)];

const doubled = Array.from({ length: 12 }, () => 'ENV{A}="$env{A}$env{A}"\n').join('');
const questions = [
  rules(`ENV{A}="1234567890"\n${doubled}`),
  rules(`ENV{A}="${'x'.repeat(511)}"\nENV{D}="${'x'.repeat(512)}"\n`),
  rules(
    `ENV{A}="${'x'.repeat(500)}"\nENV{A}+="${'y'.repeat(10)}"\nENV{D}="${'x'.repeat(500)}"\nENV{D}+="${'y'.repeat(11)}"\n`,
  ),
  rules(`ENV{A}="old"\nENV{A}="${'ä'.repeat(256)}"\nENV{D}="${'ä'.repeat(255)}"\n`),
  rules('ENV{A}="a$kernel{x}b"\nENV{D}="a$foo%q$"\n'),
  rules('ENV{A}="a$attr{b"\nENV{D}="a$env{}b"\n'),
  rules('ENV{A}="a$attr b"\nENV{D}="%E%k"\n'),
  rules('ENV{A}="$root$sys"\nENV{D}="$names$idx"\n'),
];

for (const root of [...systems, sid])
  test(`long and odd values as in ${root === '' ? 'the udev of this machine' : basename(root)}`, (t) => {
    const missing = missingDaemons(root);
    if (missing !== null && (process.env['CI'] !== 'true' || root === sid)) return t.skip(missing);
    assert.equal(missing, null);
    const { guest, answers } = askDaemons(
      questions.map((files) => ({ ask: 'rules', files, action: 'change' })),
      root,
    );
    const [phase] = guest.phases;
    assert.ok(phase !== undefined && answers.length === questions.length);
    const link = phase.links.find(({ name }) => name === 'ens10');
    assert.ok(link !== undefined);
    questions.forEach((files, index) => {
      const log = answers[index]?.get('ens10') ?? '';
      const { files: read } = collectRules(files, guest.host.systemdVersion);
      const { properties } = evaluateRules(read, describeDevice(guest, phase, link, 'change'));
      for (const key of ['D', 'A']) {
        const theirs = new RegExp(`^ *${key}=(.*)$`, 'm').exec(log)?.[1];
        const ours = properties.get(key);
        if (ours === undefined && properties.has(key)) continue; // not known
        assert.equal(ours ?? '', theirs ?? '', `${key} of question ${index}`);
      }
    });
  });

test('a property never grows beyond what udev keeps', () => {
  const guest = assumedGuest(257, [master]);
  const [phase] = guest.phases;
  assert.ok(phase !== undefined);
  const line = `ENV{A}="${'$env{A}'.repeat(100)}"\n`;
  const { files } = collectRules(rules(`ENV{A}="ab"\n${line.repeat(8)}`), 257);
  const { properties } = evaluateRules(files, describeDevice(guest, phase, master, 'add'));
  assert.equal(properties.get('A'), 'ab'.repeat(100));
});
