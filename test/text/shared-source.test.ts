import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIni } from '../../src/text/ini.ts';
import { sharedSource } from '../../src/text/shared-source.ts';

test('the same path and text is one source, and is parsed once', () => {
  const source = sharedSource('/etc/a', '[A]\n');
  assert.equal(sharedSource('/etc/a', '[A]\n'), source);
  assert.notEqual(sharedSource('/etc/a', '[B]\n'), source);
  assert.notEqual(sharedSource('/etc/b', '[A]\n'), source);
  assert.equal(parseIni(source), parseIni(sharedSource('/etc/a', '[A]\n')));
});

test('what is asked for again and again stays; what was not for a long time is forgotten', () => {
  const used = sharedSource('/etc/used', 'x');
  const unused = sharedSource('/etc/unused', 'x');
  const big = 'y'.repeat(100_000);
  for (let at = 0; at < 40; at += 1) {
    sharedSource(`/etc/guest-${at}`, big);
    assert.equal(sharedSource('/etc/used', 'x'), used);
  }
  assert.notEqual(sharedSource('/etc/unused', 'x'), unused);
});
