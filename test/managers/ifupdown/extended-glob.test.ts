import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchExtendedGlob } from '../../../src/managers/ifupdown/extended-glob.ts';
import { expandTargets } from '../../../src/managers/ifupdown/pattern.ts';
import { master, primary, standby } from '../guest.ts';

const hits = (pattern: string, ...names: string[]) => names.filter((name) => matchExtendedGlob(pattern, name));

test('extended globs', () => {
  assert.deepEqual(hits('@(en|eth)*', 'ens10', 'eth0', 'lo'), ['ens10', 'eth0']);
  assert.deepEqual(hits('!(lo|br*)', 'ens10', 'lo', 'br0'), ['ens10']);
  assert.deepEqual(hits('+([a-z])?(1)0', 'ens10', 'eth0', 'eth110'), ['ens10', 'eth0']);
  assert.deepEqual(hits('!(!(ens10))', 'ens10', 'ens11'), ['ens10']);
});

test('a group that nothing closes is text, and so is a parenthesis in brackets', () => {
  assert.deepEqual(hits('!(ens10', 'ens10', 'ens11', '!(ens10'), ['!(ens10']);
  assert.deepEqual(hits('@([(]|a)', '(', 'a', 'b'), ['(', 'a']);
});

test('groups in groups end, up to the bound; beyond it nothing is told, at once', () => {
  const nest = (opening: string, depth: number, inner: string) =>
    `${opening.repeat(depth)}${inner}${')'.repeat(depth)}`;
  assert.equal(matchExtendedGlob(`${nest('*(', 20, 'a')}b`, 'a'.repeat(60)), false);
  const start = Date.now();
  for (const opening of ['!(*', '!(', '*(a|', '+(', '?('])
    assert.notEqual(matchExtendedGlob(nest(opening, 64, 'a*'), 'enp1s0nsby'), null, opening);
  for (const opening of ['!(*', '!(', '*(a|']) {
    assert.equal(matchExtendedGlob(nest(opening, 65, 'a*'), 'enp1s0nsby'), null, opening);
    assert.equal(matchExtendedGlob(opening.repeat(50_000), 'enp1s0nsby'), null, `${opening} that nothing closes`);
  }
  assert.ok(Date.now() - start < 20_000, 'none of them hangs');
  assert.equal(matchExtendedGlob(`${'@(en)'.repeat(500)}*`, 'ens10'), false, 'one behind another is no nesting');
});

test('a pattern that cannot be told may hit any link', () => {
  const value = `/${'!('.repeat(100)}a${')'.repeat(100)}`;
  const source = { path: '/etc/network/interfaces', text: value };
  const entry = { value, place: { source, span: { start: 0, end: value.length } } };
  const links = [master, standby, primary];
  assert.deepEqual(
    expandTargets([entry], links).map(({ physical, verdict }) => [physical, verdict]),
    links.map(({ name }) => [name, 'maybe']),
  );
});
