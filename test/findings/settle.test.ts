import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRules, describeFinding, isChosen, settleFindings } from '../../src/findings/settle.ts';
import type { Finding } from '../../src/findings/finding.ts';

const rule = { id: 'FO107', name: 'name-glob-takes-slave' };

function finding(path: string, start: number, message = 'm', id = 'FO107'): Finding {
  const place = { source: { path, text: 'a\nbb\n' }, span: { start, end: start } };
  return { rule: id, name: '', severity: 'warning', message, place, related: [], fix: null };
}

const order = (...found: readonly Finding[]) =>
  settleFindings(found, [], [rule], allRules).map(({ place, rule: id, message }) =>
    [place.source.path, place.span.start, id, message].join(' '),
  );

test('by file, place, rule and words, however they come', () => {
  const wanted = ['/a 0 FO101 m', '/a 0 FO107 k', '/a 0 FO107 m', '/a 3 FO001 m', '/b 0 FO107 m'];
  const found = [
    finding('/b', 0),
    finding('/a', 3, 'm', 'FO001'),
    finding('/a', 0),
    finding('/a', 0, 'k'),
    finding('/a', 0, 'm', 'FO101'),
  ];
  assert.deepEqual(order(...found), wanted);
  assert.deepEqual(order(...found.toReversed()), wanted);
});

test('the same of the same place is told once, of two links with two messages twice', () => {
  assert.equal(order(finding('/a', 0), finding('/a', 0)).length, 1);
  assert.equal(order(finding('/a', 0, 'ens10'), finding('/a', 0, 'ens11')).length, 2);
});

test('rules are chosen by id, beginning of an id, or name, and ignoring wins', () => {
  const chosen = (select: readonly string[], ignore: readonly string[] = []) => isChosen(rule, { select, ignore });
  assert.ok(chosen([]));
  for (const word of ['FO107', 'FO1', 'name-glob-takes-slave']) {
    assert.ok(chosen([word]), word);
    assert.ok(!chosen([], [word]), word);
    assert.ok(!chosen(['FO107'], [word]), word);
  }
  for (const word of ['FO2', 'FO1070', 'name-glob']) assert.ok(!chosen([word]), word);
});

test('a line for logs counts lines and columns from 1', () => {
  assert.equal(describeFinding(finding('/a', 3)), '/a:2:2: warning: m [FO107]');
});
