import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configureFindings, joinLeftOut } from '../../src/lint/configured-findings.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { RuleSetting } from '../../src/lint/linter-config.ts';

const finding = (rule: string, name: string): Finding => ({
  rule,
  name,
  severity: 'warning',
  message: '',
  place: { source: { path: 'a', text: '' }, span: { start: 0, end: 0 } },
  related: [],
  fix: null,
});
const one = finding('FO101', 'dhcp-on-slave');
const other = finding('FO107', 'name-glob-takes-slave');
const set = (word: string, setting: RuleSetting['setting'], line: number): RuleSetting => ({
  word,
  setting,
  by: `failoverctl.yaml:${line}`,
});

test('a rule that is off is counted with its line', () => {
  const { findings, leftOut } = configureFindings([one, one, other], { rules: [set('dhcp-on-slave', 'off', 2)] });
  assert.deepEqual(findings, [other]);
  assert.deepEqual(leftOut, [{ by: 'failoverctl.yaml:2', rule: 'FO101', findings: 2 }]);
});

test('the longest beginning counts, and a name most of all, in whatever order', () => {
  const rules = [set('FO101', 'on', 3), set('FO1', 'off', 2), set('name-glob-takes-slave', 'error', 4)];
  for (const list of [rules, [...rules].reverse()]) {
    const { findings, leftOut } = configureFindings([one, other], { rules: list });
    assert.deepEqual(
      findings.map(({ rule, severity }) => [rule, severity]),
      [
        ['FO101', 'warning'],
        ['FO107', 'error'],
      ],
    );
    assert.deepEqual(leftOut, []);
  }
});

test('a line that leaves something out in several guests is told once', () => {
  const by = 'failoverctl.yaml:2';
  assert.deepEqual(
    joinLeftOut([
      { by, files: 1 },
      { by, rule: 'FO101', findings: 1 },
      { by, files: 2 },
      { by, rule: 'FO101', findings: 3 },
    ]),
    [
      { by, files: 3 },
      { by, rule: 'FO101', findings: 4 },
    ],
  );
});
