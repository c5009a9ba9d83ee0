import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptWith } from '../../src/text/kept-with.ts';

test('what is kept is found by the same object alone, by who kept it, and the last counts', () => {
  const [lengths, names] = [keptWith<object, number>(), keptWith<object, string>()];
  const source = { text: 'abc' };
  assert.equal(lengths.get(source), undefined);
  lengths.set(source, 3);
  lengths.set(source, 4);
  assert.equal(lengths.get(source), 4);
  assert.equal(names.get(source), undefined);
  assert.equal(lengths.get({ text: 'abc' }), undefined);
});

test('the object looks as before, and a copy has nothing of it', () => {
  const kept = keptWith<object, object>();
  const source = { text: 'abc' };
  kept.set(source, { source });
  assert.deepEqual(source, { text: 'abc' });
  assert.equal(JSON.stringify(source), '{"text":"abc"}');
  assert.equal(kept.get({ ...source }), undefined);
});
