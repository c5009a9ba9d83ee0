/** What networkd cannot read is not there for it: our model beside the daemon of Debian 12, 13 and unstable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileReader } from '../../../src/judgement/file-reader.ts';
import { judgeNetworkd, networkd } from '../../../src/managers/networkd/networkd.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';
import { configFile } from '../config-file.ts';
import { askDaemons, missingDaemons, sid, trixie } from '../namespace.ts';
import { readAnswer } from './daemon.ts';

const etc = '/etc/systemd/network';
const guard = '[Match]\nName=ens*\n[Link]\nUnmanaged=yes\n';
const all = '[Match]\nName=*\n[Network]\nDHCP=yes\n';
const dropIn = '[Network]\nDHCP=no\n';
const late = { [`${etc}/20-all.network`]: [all, 0o644] } as const;

type Tree = Readonly<Record<string, readonly [text: string, mode: number]>>;

/** Files with their modes, and folders that are not 0755. */
const cases: Readonly<Record<string, readonly [files: Tree, folders: Readonly<Record<string, number>>]>> = {
  'all readable': [{ ...late, [`${etc}/05-guard.network`]: [guard, 0o644] }, {}],
  'a guard of 0600': [{ ...late, [`${etc}/05-guard.network`]: [guard, 0o600] }, {}],
  'a guard of 0640': [{ ...late, [`${etc}/05-guard.network`]: [guard, 0o640] }, {}],
  'a drop-in of 0600': [{ ...late, [`${etc}/20-all.network.d/x.conf`]: [dropIn, 0o600] }, {}],
  'a folder of drop-ins of 0700': [
    { ...late, [`${etc}/20-all.network.d/x.conf`]: [dropIn, 0o644] },
    { [`${etc}/20-all.network.d`]: 0o700 },
  ],
  'the folder of 0700': [{ ...late, '/run/systemd/network/30-run.network': [all, 0o644] }, { [etc]: 0o700 }],
  'a file of 0600 that has the name of one in /usr/lib': [
    { [`${etc}/20-all.network`]: [guard, 0o600], '/usr/lib/systemd/network/20-all.network': [all, 0o644] },
    {},
  ],
  'a folder of 0700 with the name of one in /usr/lib': [
    { [`${etc}/20-all.network`]: [guard, 0o644], '/usr/lib/systemd/network/20-all.network': [all, 0o644] },
    { [etc]: 0o700 },
  ],
};

function makeSystem(files: Tree, folders: Readonly<Record<string, number>>) {
  const entries: Record<string, MemoryEntry> = { '/etc/passwd': 'systemd-network:x:998:998::/:/bin/false\n' };
  for (const [path, mode] of Object.entries(folders)) entries[path] = { directory: true, mode };
  for (const [path, [text, mode]] of Object.entries(files)) entries[path] = { text, mode };
  return memorySystem(entries);
}

for (const [root, title] of [
  ['', 'Debian 12'],
  [trixie, 'Debian 13'],
  [sid, 'unstable'],
] as const)
  test(`networkd of ${title} takes for ens10 the file that we say it takes`, (t) => {
    const missing = missingDaemons(root);
    if (missing !== null) {
      if (process.env['CI'] === 'true' && root !== sid) assert.fail(missing);
      t.skip(missing);
      return;
    }
    const questions = Object.values(cases).map(([files, folders]) => ({
      ask: 'networkd' as const,
      files: Object.entries(files).map(([path, [text, mode]]) => Object.assign(configFile(path, text), { mode })),
      directoryModes: folders,
    }));
    const { guest, answers } = askDaemons(questions, root);
    const told = Object.entries(cases).map(([name, [files, folders]], index) => {
      const found = createFileReader(makeSystem(files, folders)).readLocations(networkd);
      const ours = judgeNetworkd(found, guest).decisions.find(({ link }) => link.name === 'ens10');
      const theirs = readAnswer(answers[index] ?? new Map()).choices.get('ens10') ?? 'none';
      return { name, ours: ours?.winners[0]?.place.source.path ?? 'none', theirs };
    });
    t.diagnostic(told.map(({ name, theirs }) => `${name}: ${theirs}`).join('; '));
    assert.deepEqual(
      told.map(({ name, ours }) => `${name}: ${ours}`),
      told.map(({ name, theirs }) => `${name}: ${theirs}`),
    );
  });
