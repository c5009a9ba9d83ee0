/**
 * The trials of ../shared/trials/cases.json: small trees that the product once got wrong, each with the right value. Our own
 * tests of the same kinds lie beside the sources; this file only holds the product against that list, where it is there.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';
import { machine, sysfs, type Tree } from './machine.ts';

const path = '../shared/trials/cases.json';
const root = '/trial';

interface Trial {
  readonly name: string;
  readonly os: string;
  readonly sysfs: string | null;
  readonly managers: readonly string[];
  readonly tree: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly expect: {
    readonly exit?: number;
    readonly not_exit?: number;
    readonly has?: readonly string[];
    readonly never?: readonly string[];
    readonly says?: string;
    readonly not_written?: string;
    readonly writes_nothing?: boolean;
  };
}

const cases = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly Trial[] }).cases : [];

if (cases.length === 0) test('the shared trials', { skip: `${path} is not there` }, () => {});

for (const trial of cases) {
  test(`trial ${trial.name}`, async () => {
    const system = memorySystem(treeFor(trial));
    const before = treeOf(system);
    const status = await main(
      trial.command.map((word) => word.replace('TREE', root)),
      system,
    );
    const said = system.stdout + system.stderr;
    const { exit, not_exit: notExit, has = [], never = [], says, not_written: notWritten } = trial.expect;
    if (exit !== undefined) assert.equal(status, exit, said);
    if (notExit !== undefined) assert.notEqual(status, notExit, said);
    for (const rule of has) assert.match(said, new RegExp(`\\b${rule}\\b`));
    for (const rule of never) assert.doesNotMatch(said, new RegExp(`\\b${rule}\\b`));
    if (says !== undefined) assert.match(said, new RegExp(says, 'i'));
    const after = treeOf(system);
    if (trial.expect.writes_nothing === true) assert.deepEqual(after, before);
    if (notWritten !== undefined) {
      const written = [...system.files].filter(([at]) => !(at in treeFor(trial)));
      for (const [at, node] of written)
        if (node.kind === 'file') assert.doesNotMatch(node.text, new RegExp(notWritten), at);
    }
  });
}

/** Netplan files and keyfiles have mode 0600 in trees, 0644 where a file is named. */
function treeFor({ os, sysfs: links, managers, tree, command }: Trial): Tree {
  const inTree = command.includes('TREE');
  const whole = { ...machine(os, managers), ...sysfs(links) };
  // a configuration repository or a single file has nothing of a system beside it
  const base = managers.length === 0 && links === null && !isForeign(os) ? {} : whole;
  const given = Object.entries(tree).map(([at, text]): [string, MemoryEntry] => {
    if (text.startsWith('-> ')) return [`/${at}`, { link: text.slice(3) }];
    const secret = inTree && /\.(?:yaml|nmconnection)$/.test(at);
    return [`/${at}`, { text, mode: secret ? 0o600 : 0o644 }];
  });
  const entries: Record<string, MemoryEntry> = { ...base, ...Object.fromEntries(given) };
  return Object.fromEntries(Object.entries(entries).map(([at, entry]) => [root + at, entry]));
}

function isForeign(os: string): boolean {
  return !os.startsWith('debian');
}
