/**
 * ifupdown judged by ifupdown: random configurations, each read by `ifquery` and walked through by `ifup --no-act -a`.
 * FAILOVERCTL_RUNS=5000 asks for more than CI's few hundred, FC_SEED=… for one sequence again.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { askIfupdown, ifupdownSystems, whyNoOracle } from './oracle.ts';
import {
  linkNames,
  predictFaults,
  predictHotplug,
  predictList,
  predictQuery,
  predictUp,
  readFaults,
  readQuery,
  readTree,
  readUp,
} from './prediction.ts';
import { configuration } from './random.ts';

const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 200);
const seed = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 0x7fffffff));
const queried = ['ens10', 'ens11', 'eth0', 'home'];

for (const system of ifupdownSystems) {
  const reason = whyNoOracle(system);
  const mayBeMissing = process.env['CI'] !== 'true' || system === 'sid-ifupdown';
  const title = `ifupdown${system === '' ? '' : ` of ${system.replace('-ifupdown', '')}`} agrees on random configurations`;
  test(title, { skip: reason !== null && mayBeMissing ? `skipped: ${reason}` : false }, (context) => {
    assert.equal(reason, null);
    compareWith(system, context);
  });
}

function compareWith(system: string, context: TestContext): void {
  const count = system === '' ? runs : Math.ceil(runs / 4);
  const trees = fc.sample(configuration, { numRuns: count, seed });
  const commands = [
    'ifquery -i {}/interfaces --list',
    'ifup -v --no-act --force -i {}/interfaces --state-dir={}/state -a',
    ...linkNames().map((name) => `ifquery -i {}/interfaces --list --allow hotplug ${name}`),
    ...queried.map((name) => `ifquery -i {}/interfaces ${name}`),
  ];
  const answers = askIfupdown(trees, () => commands, system);
  let asked = 0;
  let open = 0;
  const disagreements: string[] = [];
  for (const [index, tree] of trees.entries()) {
    const ours = readTree(tree);
    const [list, up, ...rest] = answers[index] ?? [];
    assert.ok(list !== undefined && up !== undefined);
    const compare = (what: string, expected: unknown, actual: unknown): void => {
      asked += 1;
      if (expected === null) open += 1;
      else if (JSON.stringify(expected) !== JSON.stringify(actual)) {
        disagreements.push(
          `${what} of configuration ${index}:\n  ours ${JSON.stringify(expected)}\n  ifupdown ${JSON.stringify(actual)}\n${print(tree)}`,
        );
      }
    };
    compare('faults', predictFaults(ours), readFaults(list));
    compare('refusal', ours.broken, list.stderr.includes("couldn't read interfaces file"));
    if (ours.broken) continue;
    compare('ifquery --list', predictList(ours), list.stdout.split('\n').slice(0, -1));
    compare('ifup -a', predictUp(ours), readUp(up));
    for (const [at, name] of linkNames().entries()) {
      compare(`hotplug of ${name}`, predictHotplug(ours, name), rest[at]?.stdout === `${name}\n`);
    }
    for (const [at, name] of queried.entries()) {
      const answer = rest[linkNames().length + at];
      assert.ok(answer !== undefined);
      compare(`ifquery ${name}`, predictQuery(ours, name), readQuery(answer));
    }
  }
  const agreed = asked - open - disagreements.length;
  context.diagnostic(
    `seed ${seed}: ${count} configurations, ${agreed} of ${asked - open} answers agree, ${open} of ${asked} left open (${((100 * open) / asked).toFixed(1)} %)`,
  );
  assert.deepEqual(disagreements.slice(0, 5), [], `seed ${seed}: ${disagreements.length} disagreements`);
  assert.ok(open / asked < (system === '' ? 0.05 : 0.1), `too many are left open: ${open} of ${asked}`);
}

function print(tree: Readonly<Record<string, string>>): string {
  return Object.entries(tree)
    .map(([path, text]) => `--- ${path}\n${text}`)
    .join('\n');
}
