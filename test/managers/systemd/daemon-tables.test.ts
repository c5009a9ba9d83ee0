/** Our tables of keys against the daemons' own. What Debian 12 and 13 have more fails; what unstable has more is news. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { netdevKeys } from '../../../src/managers/networkd/netdev-keys.ts';
import { networkKeys } from '../../../src/managers/networkd/network-keys.ts';
import { readKeyTable, type SectionTable } from '../../../src/managers/systemd/keys.ts';
import { linkKeys } from '../../../src/managers/udev/link-keys.ts';
import { sid } from '../namespace.ts';
import { keysIn, readProgram, readSourceTables, type FileKind } from './daemon-tables.ts';

const tables: Readonly<Record<FileKind, SectionTable>> = { network: networkKeys, netdev: netdevKeys, link: linkKeys };
const kinds = ['network', 'netdev', 'link'] as const;

function ourKeys(kind: FileKind, version: number): ReadonlySet<string> {
  return new Set(
    [...readKeyTable(tables[kind])].flatMap(([section, keys]) =>
      [...keys].flatMap(([key, { since }]) => (since <= version ? [`${section}.${key}`] : [])),
    ),
  );
}

function missing(t: TestContext, why: string): void {
  if (process.env['CI'] === 'true') assert.fail(why);
  t.skip(why);
}

for (const [suite, version] of [
  ['bookworm', 252],
  ['trixie', 257],
] as const)
  test(`the keys are those of systemd ${version}'s source in ${suite}`, (t) => {
    const theirs = readSourceTables(suite);
    if (typeof theirs === 'string') return missing(t, theirs);
    for (const kind of kinds) {
      const ours = ourKeys(kind, version);
      const known: ReadonlySet<string> = new Set(theirs[kind]);
      assert.ok(known.size > 80, `${kind}: ${known.size} keys`);
      // The daemon has [IPoIB] in its table of .network files and never reads the section there.
      const isRead = (key: string) => kind !== 'network' || !key.startsWith('IPoIB.');
      assert.deepEqual(
        theirs[kind].filter((key) => isRead(key) && !ours.has(key)),
        [],
        `${kind}: ${suite} has more`,
      );
      assert.deepEqual(
        [...ours].filter((key) => !known.has(key)),
        [],
        `${kind}: we have more`,
      );
    }
  });

test("unstable's programs have every key of ours; what they have more is news", (t) => {
  for (const kind of kinds) {
    const program = readProgram(sid, kind);
    if (program === null) return void t.skip(`${sid} is missing (node test/setup-oracles.mjs makes it)`);
    const ours = ourKeys(kind, 262);
    assert.deepEqual(
      [...ours].filter((key) => !program.includes(`${key}\0`)),
      [],
    );
    if (kind === 'netdev') continue;
    const known = new Set(kinds.flatMap((other) => Array.from(ourKeys(other, 262))));
    const news = keysIn(program).filter(
      (key) => !known.has(key) && Object.hasOwn(tables[kind], key.split('.')[0] ?? ''),
    );
    t.diagnostic(`${kind}, or networkd.conf: not in our tables: ${news.join(' ') || 'nothing'}`);
  }
});
