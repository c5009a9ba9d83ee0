import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaint } from '../../src/report/frame.ts';
import { addGuest, newFleet, renderFleet, reportGuest, summariseFleet, type Fleet } from '../../src/report/fleet.ts';
import type { Finding } from '../../src/findings/finding.ts';

const paint = createPaint(false);

function add(fleet: Fleet, name: string, findings: readonly Finding[], troubles: readonly string[] = []): void {
  // as it comes from a worker
  addGuest(fleet, JSON.parse(JSON.stringify(reportGuest(fleet, name, { findings, troubles }, paint))));
}

function finding(line: string, severity: Finding['severity'] = 'error'): Finding {
  const source = { path: '/etc/a', text: `first\n${line}\n` };
  return {
    rule: 'FO101',
    name: 'dhcp-on-slave',
    severity,
    message: 'm',
    place: { source, span: { start: 6, end: 7 } },
    related: [],
    fix: null,
  };
}

test('what is kept does not grow with the guests, and is bounded where each has a cause of its own', () => {
  const same = newFleet();
  for (let at = 0; at < 5000; at += 1) add(same, `g${at}`, [finding('x')]);
  assert.equal(same.causes.size, 1);
  assert.match(renderFleet(same, paint), /on: 5000 guests \(g0, g1, g2, g3 and 4996 more\)/);
  const each = newFleet();
  for (let at = 0; at < 2000; at += 1) add(each, `g${at}`, [finding(`x${at}`)]);
  assert.equal(each.causes.size, 500);
  assert.match(renderFleet(each, paint), /^1500 more findings of other causes are only counted$/m);
  assert.equal(summariseFleet(each).summary.errors, 2000, 'counted all the same');
});

test('the worst finding counts; what was not judged whole is never clean', () => {
  const fleet = newFleet();
  add(fleet, 'a', [finding('x', 'info'), finding('y', 'warning')]);
  add(fleet, 'b', [], ['unreadable', 'both']);
  add(fleet, 'c', []);
  const { guests, warnings, infos, clean, failed } = summariseFleet(fleet).summary;
  assert.deepEqual([guests, warnings, infos, clean, failed], [3, 1, 0, 1, 1]);
});

test('a name holds no escape', () => {
  const fleet = newFleet();
  add(fleet, 'a\u001b[31m', [finding('x')]);
  assert.doesNotMatch(renderFleet(fleet, paint), /\u001b/);
});
