import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExclusion } from '../../src/lint/exclusions.ts';

const matches = (pattern: string, inProject: string | null, inGuest: string | null = null) =>
  findExclusion([{ word: pattern, by: 'failoverctl.yaml:3' }], { inGuest, inProject }) !== null;

test('a path in the project: the file, a folder whole, * within a name, ** over folders', () => {
  assert.ok(matches('images/old', 'images/old/etc/netplan/a.yaml'));
  assert.ok(matches('images/old/', 'images/old/etc/netplan/a.yaml'));
  assert.ok(matches('./images/old', 'images/old/a.yaml'));
  assert.ok(matches('images/**', 'images/a.yaml'));
  assert.ok(matches('images/**/a.yaml', 'images/x/y/a.yaml'));
  assert.ok(matches('images/*/a.yaml', 'images/x/a.yaml'));
  assert.ok(!matches('images/*/a.yaml', 'images/x/y/a.yaml'));
  assert.ok(!matches('images/old', 'images/older/a.yaml'));
  assert.ok(!matches('images/old', 'x/images/old/a.yaml'), 'from the folder of failoverctl.yaml');
  assert.ok(!matches('images/old/a.yaml/b', 'images/old/a.yaml'));
});

test('a name without a slash is for every folder', () => {
  assert.ok(matches('*.bak', 'a/b/c.bak'));
  assert.ok(matches('old', 'a/old/c.yaml'));
  assert.ok(!matches('old', 'a/cold.yaml'));
});

test('a path in the guest has / in front; neither is taken for the other', () => {
  assert.ok(matches('/etc/netplan', 'images/web/etc/netplan/a.yaml', '/etc/netplan/a.yaml'));
  assert.ok(matches('/etc/*/a.yaml', null, '/etc/netplan/a.yaml'));
  assert.ok(!matches('/netplan', null, '/etc/netplan/a.yaml'));
  assert.ok(!matches('/etc/netplan', 'etc/netplan/a.yaml', null));
  assert.ok(!matches('etc/netplan', null, '/etc/netplan/a.yaml'), 'a file elsewhere is in no project');
});

test('many stars are no more work than one', () => {
  assert.ok(!matches(`${'**/a/'.repeat(40)}b`, `${'a/'.repeat(400)}c`));
});

test('the line of the first pattern that matches', () => {
  const exclude = [
    { word: 'b', by: 'failoverctl.yaml:3' },
    { word: 'a', by: 'failoverctl.yaml:4' },
    { word: 'a/**', by: 'failoverctl.yaml:5' },
  ];
  assert.equal(findExclusion(exclude, { inGuest: null, inProject: 'a/x' }), 'failoverctl.yaml:4');
});
