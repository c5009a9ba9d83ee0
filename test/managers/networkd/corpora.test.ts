/** systemd's own test files, and its fuzzers' inputs: networkd's complaints against ours, and no file that takes a second. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { judgeNetworkd } from '../../../src/managers/networkd/networkd.ts';
import { judgeUdev } from '../../../src/managers/udev/udev.ts';
import { decodeBytes } from '../../../src/system/bytes.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest } from '../guest.ts';
import { complaintLines, problemLines } from './complaints.ts';
import { askNetworkd, missingDaemon } from './daemon.ts';

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
  for (const file of files) {
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
  test(`networkd's judge takes every file of ${folder} in less than a second`, (t) => {
    for (const path of corpusFiles(t, folder)) {
      const started = performance.now();
      judgeNetworkd([configFile(`/etc/systemd/network/${name}`, decodeBytes(readFileSync(path)))], assumedGuest(252));
      assert.ok(performance.now() - started < 1000, path);
    }
  });

for (const [folder, path] of [
  ['fuzz-link-parser', '/etc/systemd/network/10-x.link'],
  ['fuzz-udev-rules', '/etc/udev/rules.d/70-x.rules'],
  ['udevadm-verify', '/etc/udev/rules.d/70-x.rules'],
  ['shipped-udev-rules-debian12', '/etc/udev/rules.d/70-x.rules'],
] as const)
  test(`udev's judge takes every file of ${folder} in less than a second`, (t) => {
    for (const file of corpusFiles(t, folder)) {
      const started = performance.now();
      judgeUdev([configFile(path, decodeBytes(readFileSync(file)))], assumedGuest(252));
      assert.ok(performance.now() - started < 1000, file);
    }
  });
