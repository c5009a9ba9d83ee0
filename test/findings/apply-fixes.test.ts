import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFixes, editText } from '../../src/findings/apply-fixes.ts';
import type { Edit, Finding } from '../../src/findings/finding.ts';
import type { Source } from '../../src/text/source.ts';

const file: Source = { path: '/etc/systemd/network/20-x.network', text: '[Match]\nName=en*\n[Network]\nDHCP=yes\n' };

function edit(old: string, text: string, source = file, mode?: number): Edit {
  const start = source.text.indexOf(old);
  assert.ok(start >= 0, old);
  return { place: { source, span: { start, end: start + old.length } }, text, ...(mode === undefined ? {} : { mode }) };
}

function finding(edits: readonly Edit[], safe = true): Finding {
  const [first] = edits;
  assert.ok(first !== undefined);
  const fix = { description: '', safe, edits };
  return { rule: 'FO101', name: '', severity: 'error', message: '', place: first.place, related: [], fix };
}

test('edits of one file are made together, whatever their order', () => {
  const { files, fixed } = applyFixes([finding([edit('DHCP=yes', 'DHCP=no')]), finding([edit('en*', 'ens10')])], false);
  assert.equal(files[0]?.after, '[Match]\nName=ens10\n[Network]\nDHCP=no\n');
  assert.equal(files[0].before, file.text);
  assert.equal(fixed.length, 2);
});

test('what touches a change that is made already waits, whole', () => {
  const other = { ...file, path: '/etc/systemd/network/30-y.network' };
  const first = finding([edit('Name=en*', 'Driver=net_failover')]);
  const second = finding([edit('en*', 'ens10'), edit('DHCP=yes', 'DHCP=no', other)]);
  const { files, fixed } = applyFixes([first, second], false);
  assert.deepEqual(fixed, [first]);
  assert.deepEqual(
    files.map(({ path }) => path),
    [file.path],
    'the other half of it is not made alone',
  );
});

test('two findings with one and the same change are both mended by it', () => {
  const twice = [finding([edit('en*', 'ens10')]), finding([edit('en*', 'ens10')])];
  const { files, fixed } = applyFixes(twice, false);
  assert.equal(fixed.length, 2);
  assert.equal(files[0]?.after, file.text.replace('en*', 'ens10'));
});

test('what may change a working guest is made only when it is asked for', () => {
  const unsafe = finding([edit('en*', 'ens10')], false);
  assert.deepEqual(applyFixes([unsafe], false), { files: [], fixed: [] });
  assert.equal(applyFixes([unsafe], true).fixed.length, 1);
});

test('a file that does not exist yet has no text before, and a mode; an empty one that exists has a text', () => {
  const empty: Source = { path: '/etc/a', text: '' };
  const of = (mode?: number) => applyFixes([finding([edit('', 'x\n', empty, mode)])], false).files[0];
  assert.deepEqual(of(0o600), { path: '/etc/a', before: null, after: 'x\n', mode: 0o600 });
  assert.deepEqual(of(), { path: '/etc/a', before: '', after: 'x\n', mode: undefined });
});

test('an insertion stands before what begins there', () => {
  const at = file.text.indexOf('[Network]');
  const inserted = { place: { source: file, span: { start: at, end: at } }, text: 'Driver=net_failover\n' };
  assert.equal(editText(file.text, [inserted]), '[Match]\nName=en*\nDriver=net_failover\n[Network]\nDHCP=yes\n');
});
