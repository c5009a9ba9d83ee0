/** systemd's own test files, and its fuzzers' inputs: networkd's complaints against ours, and no file that takes a second. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { judgeNetworkd } from '../../../src/managers/networkd/networkd.ts';
import { parseRules } from '../../../src/managers/udev/rules.ts';
import { judgeUdev } from '../../../src/managers/udev/udev.ts';
import { decodeBytes } from '../../../src/system/bytes.ts';
import { describePlace } from '../../../src/text/source.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest } from '../guest.ts';
import { complaintLines, problemLines } from '../networkd/complaints.ts';
import { askNetworkd, missingDaemon } from '../networkd/daemon.ts';

const corpora = '../shared/corpora/systemd';

function corpusFiles(t: TestContext, folder: string): readonly string[] {
  const directory = join(corpora, folder);
  if (!existsSync(directory)) {
    t.skip(`${directory} is not here`);
    return [];
  }
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

test("networkd complains about systemd's own test files where we do", (t) => {
  const paths = corpusFiles(t, 'test-network-conf').filter((path) => /\.network$|\.network\.d\//.test(path));
  if (paths.length === 0) return;
  const missing = missingDaemon();
  if (missing !== null) {
    if (process.env['CI'] === 'true') assert.fail(missing);
    t.skip(missing);
    return;
  }
  const files = paths.map((path): ConfigFile => {
    const name = path.slice(path.indexOf('test-network-conf/') + 'test-network-conf/'.length).split('/');
    const isDropIn = name.at(-2)?.endsWith('.network.d') === true;
    const place = name.slice(isDropIn ? -2 : -1).join('/');
    return configFile(`/etc/systemd/network/${place}`, decodeBytes(readFileSync(path)));
  });
  const { guest, answers } = askNetworkd([files]);
  const [answer] = answers;
  assert.ok(answer !== undefined);
  const judgement = judgeNetworkd(files, guest);
  let agreed = 0;
  const disagreements: string[] = [];
  // Until 256 a bad PVID= costs the file with all its drop-ins: the daemon says nothing of the rest.
  const given = new Set(
    [...answer.log.matchAll(/([^/\n]+\.network)(?:\.d\/[^/\n]+)?:\d+: Failed to parse file/g)].map(([, name]) => name),
  );
  for (const file of files.filter(({ path }) => !path.split('/').some((part) => given.has(part.replace(/\.d$/, ''))))) {
    const theirs = complaintLines(file, answer.messages);
    const ours = problemLines(file, judgement);
    for (const line of new Set([...theirs, ...ours]))
      if (theirs.has(line) && ours.has(line)) agreed += 1;
      else disagreements.push(`${file.path}:${line}: only ${ours.has(line) ? 'we' : 'networkd'}`);
  }
  t.diagnostic(`${files.length} files: ${agreed} of ${agreed + disagreements.length} complaints agree with networkd`);
  assert.deepEqual(disagreements, []);
  assert.ok(agreed > 10, 'there was something to complain about');
});

for (const [folder, name] of [
  ['fuzz-network-parser', '10-x.network'],
  ['fuzz-netdev-parser', '10-x.netdev'],
  ['test-network-conf', '10-x.network'],
] as const)
  test(`networkd's judge comes to an end with every file of ${folder}`, (t) => {
    for (const path of corpusFiles(t, folder)) {
      const one = configFile(`/etc/systemd/network/${name}`, decodeBytes(readFileSync(path)));
      assert.doesNotThrow(() => judgeNetworkd([one], assumedGuest(252)), path);
    }
  });

for (const [folder, path] of [
  ['fuzz-link-parser', '/etc/systemd/network/10-x.link'],
  ['fuzz-udev-rules', '/etc/udev/rules.d/70-x.rules'],
  ['udevadm-verify', '/etc/udev/rules.d/70-x.rules'],
  ['shipped-udev-rules-debian12', '/etc/udev/rules.d/70-x.rules'],
] as const)
  test(`udev's judge comes to an end with every file of ${folder}`, (t) => {
    for (const file of corpusFiles(t, folder)) {
      const one = configFile(path, decodeBytes(readFileSync(file)));
      assert.doesNotThrow(() => judgeUdev([one], assumedGuest(252)), file);
    }
  });

test("udev's rules of Debian 12 have nothing that udev would not take", (t) => {
  const files = corpusFiles(t, 'shipped-udev-rules-debian12').map((path) =>
    configFile(`/usr/lib/udev/rules.d/${path.replace(/.*\//, '')}`, decodeBytes(readFileSync(path))),
  );
  assert.deepEqual(
    judgeUdev(files, assumedGuest(252)).problems.map(({ message, place }) => `${describePlace(place)}: ${message}`),
    [],
  );
});

/** What `udevadm verify` says of lines that are taken all the same, and of users that do not exist here. */
const harmless =
  /style:|conflicting|duplicate|Reordering|assuming|no effect any more|may not be available|may break|must be specified as|char \d+: invalid substitution|Unknown (?:user|group)|Failed to parse rules file/;

test("refuses the lines of rules that systemd 257's verify refuses", (t) => {
  const paths = corpusFiles(t, 'udevadm-verify').filter((path) => path.endsWith('.rules'));
  const told = new Map(
    paths.length === 0
      ? []
      : (JSON.parse(readFileSync(join(corpora, 'udevadm-verify/index.json'), 'utf8')) as VerifyIndex).map(
          ({ file, messages }) => [file, messages] as const,
        ),
  );
  let agreed = 0;
  const disagreements: string[] = [];
  for (const path of paths) {
    const name = path.replace(/.*\//, '');
    const lines = (told.get(name) ?? [])
      .filter((message) => !harmless.test(message))
      .flatMap((message) => /\.rules:(\d+)/.exec(message)?.[1] ?? []);
    const { faults } = parseRules({ path: name, text: decodeBytes(readFileSync(path)) }, 257);
    // what udev only warns of is no refusal; users and groups are this machine's
    const ours = faults
      .filter(
        ({ ignores, message }) => ignores !== 'rest' && ignores !== 'nothing' && !message.includes('does not exist'),
      )
      .map(({ line }) => String(line));
    for (const line of new Set([...lines, ...ours]))
      if (lines.includes(line) && ours.includes(line)) agreed += 1;
      else
        disagreements.push(
          `${name}:${line}: ${ours.includes(line) ? `only we: ${faults.find((fault) => String(fault.line) === line)?.message}` : `only verify: ${told.get(name)?.join(' ')}`}`,
        );
  }
  t.diagnostic(`${paths.length} files: ${agreed} of ${agreed + disagreements.length} refused lines agree with verify`);
  assert.deepEqual(disagreements, []);
});

type VerifyIndex = readonly { readonly file: string; readonly messages: readonly string[] }[];
