import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCoverage, joinCoverage, nameUnknownVersions, type Coverage } from '../../src/lint/coverage.ts';

const netplan = { manager: 'netplan', version: null, files: 1, generated: 0 } as const;
const networkd = { manager: 'networkd', version: '252', files: 0, generated: 2 } as const;

function covering(more: Partial<Coverage>): Coverage {
  return { judged: [], assumed: [], skipped: [], passedOver: 0, ...more };
}

test('the line tells files that people wrote from generated ones, and a manager without any', () => {
  const told = (files: number, generated: number) =>
    describeCoverage(
      covering({ judged: [{ name: 'g', managers: [{ ...networkd, files, generated }], bootFiles: 0 }] }),
    );
  assert.equal(told(0, 2), 'judged: networkd 252 (2 generated files) of g');
  assert.equal(told(3, 1), 'judged: networkd 252 (3 files, 1 generated file) of g');
  assert.equal(told(1, 0), 'judged: networkd 252 (1 file) of g');
  assert.equal(told(0, 0), 'judged: networkd 252 (no files) of g');
});

test('several guests: counts are summed by manager and version, five names are shortened', () => {
  const parts = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    covering({
      judged: [{ name, managers: [netplan, networkd], bootFiles: 0 }],
      assumed: ['a guest with one net_failover triple'],
      passedOver: 1,
    }),
  );
  assert.equal(
    describeCoverage(joinCoverage(parts)),
    'judged: netplan (5 files), networkd 252 (10 generated files) of 5 guests (a, b, c, d and 1 more); ' +
      'assumed: a guest with one net_failover triple; passed over: 5 other files',
  );
});

test('where nothing was judged that is said, with what was skipped and why, and nothing is assumed', () => {
  const skipped = [{ path: 'x.network', why: 'a FIFO' }];
  assert.equal(
    describeCoverage(covering({ assumed: ['a triple'], skipped })),
    'nothing was judged: no configuration of a network manager here; not judged: x.network (a FIFO)',
  );
});

test('a manager that was judged and whose version the named release does not tell is named', () => {
  const coverage = covering({ judged: [{ name: 'g', managers: [netplan, networkd], bootFiles: 0 }] });
  const facts = { systemdVersion: 252, netplanVersion: undefined, networkManagerVersion: undefined };
  assert.deepEqual(nameUnknownVersions(coverage, [{ name: 'rhel9', facts }]).assumed, [
    'any version of netplan, since that of rhel9 is not known',
  ]);
  assert.deepEqual(
    nameUnknownVersions(coverage, [{ name: 'systemd=262', facts: { systemdVersion: 262 } }]).assumed,
    [],
  );
  const two = [
    { name: 'rhel9', facts },
    { name: 'debian12', facts: { systemdVersion: 252 } },
  ];
  assert.equal(nameUnknownVersions(coverage, two).assumed.length, 1);
});
