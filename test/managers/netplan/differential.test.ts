/**
 * What we say that netplan takes and writes, against its own generator: random configurations, and the corpora.
 * FAILOVERCTL_RUNS sets the number of random configurations (60 by default; thousands take minutes), FC_SEED another run.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { sidNetplan } from '../namespace.ts';
import { compare, newTally, type Tally } from './compare.ts';
import { corpora, documentationCases, generatorCases, type CorpusCase } from './corpus.ts';
import { askNetplan, hasOpenVSwitch, missingNetplan, netplanSystems, versionOfNetplan, type Way } from './oracle.ts';
import { anyKind } from './random-kinds.ts';
import { configuration } from './random.ts';

/** What blocks a change is the same each time; FC_SEED asks for others. */
const seed = Number(process.env['FC_SEED'] ?? 699141336);
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 60);

/** sid's may be missing anywhere: the mirrors do not always have a whole one. */
function canAsk(t: TestContext, root: string): boolean {
  const missing = missingNetplan(root);
  if (missing === null) return true;
  if (process.env['CI'] === 'true' && root !== sidNetplan) assert.fail(missing);
  t.skip(missing);
  return false;
}

function report(t: TestContext, version: string, { verdicts, accepted, files, beyond, disagreements }: Tally): void {
  const all = verdicts + files + disagreements.length;
  t.diagnostic(
    `netplan ${version}: ${verdicts} verdicts (${accepted} accepted) and ${files} files agree of ${all} compared; ${beyond} beyond what we read`,
  );
}

const ways: readonly Way[] = ['command', 'boot'];

function nameOf(root: string, way: Way): string {
  const system = root === '' ? '' : root === sidNetplan ? ' on sid' : ' on Debian 13';
  return `${way === 'boot' ? ' at boot' : ''}${system}`;
}

const random = {
  '': { arbitrary: configuration, numRuns: runs },
  ' of every kind of definition': { arbitrary: anyKind, numRuns: runs * 2 },
};

for (const root of netplanSystems)
  for (const way of ways)
    for (const [what, { arbitrary, numRuns }] of Object.entries(random))
      test(`takes and writes what netplan does${what}${nameOf(root, way)}`, (t) => {
        if (!canAsk(t, root)) return;
        const configurations = fc.sample(arbitrary, { seed, numRuns });
        const version = versionOfNetplan(root);
        const host = { version, hasOpenVSwitch: hasOpenVSwitch(root) };
        const tally = newTally();
        for (const [index, answer] of askNetplan(configurations, root, way).entries())
          compare(`case ${index}`, configurations[index] ?? [], host, answer, way, tally);
        t.diagnostic(`seed ${seed}, ${numRuns} configurations`);
        report(t, version, tally);
        assert.deepEqual(
          tally.disagreements.slice(0, 5),
          [],
          `seed ${seed}: ${tally.disagreements.length} disagreements`,
        );
        if (way === 'command')
          assert.ok(
            tally.accepted > numRuns / 8 && tally.accepted < tally.verdicts,
            'some are accepted, and some refused',
          );
        else assert.ok(tally.files > numRuns / 4, 'it writes files');
      });

const collections = { "netplan's own test inputs": generatorCases, 'the documentation': documentationCases };

for (const root of netplanSystems)
  for (const way of ways)
    for (const [name, collect] of Object.entries(collections))
      test(`takes and writes what netplan does of ${name}${nameOf(root, way)}`, (t) => {
        const cases = collect();
        if (cases === null) {
          t.skip(`${corpora} is not here`);
          return;
        }
        if (canAsk(t, root)) compareCorpus(t, cases, root, way);
      });

function compareCorpus(t: TestContext, cases: readonly CorpusCase[], root: string, way: Way): void {
  const version = versionOfNetplan(root);
  const tally = newTally();
  const answers = askNetplan(
    cases.map(({ files }) => files),
    root,
    way,
  );
  for (const [index, { title, files }] of cases.entries()) {
    const answer = answers[index];
    if (answer !== undefined)
      compare(title, files, { version, hasOpenVSwitch: hasOpenVSwitch(root) }, answer, way, tally);
  }
  report(t, version, tally);
  const causes = known.filter(({ of }) => of === undefined || version.startsWith(of));
  for (const { title, cause } of causes) t.diagnostic(`known: ${title}: ${cause}`);
  const isKnown = (text: string) => causes.some(({ title }) => text.startsWith(`${title}:`));
  assert.deepEqual(
    tally.disagreements.filter((text) => !isKnown(text)),
    [],
  );
}

/** Where netplan and we differ, and why that is left so; `of` the version that starts like this. */
const known: readonly { readonly title: string; readonly of?: string; readonly cause: string }[] = [
  ...['TestNetworkManager', 'TestNetworkd'].map((suite) => ({
    title: `test_routing/${suite}.test_route_metric_rendering_lp2023681.1`,
    of: '0.106',
    cause: 'it writes a metric over 2^31 as a negative number',
  })),
  ...['TestNetworkManager.test_nm_udev_rules_escaped.2', 'TestNetworkd.test_nd_udev_rules_escaped.1'].map((name) => ({
    title: `test_common/${name}`,
    of: '1.',
    cause: 'control characters in a name: it writes them as escapes, and no link has them',
  })),
];
