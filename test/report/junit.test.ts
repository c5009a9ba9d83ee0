import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Finding } from '../../src/findings/finding.ts';
import { main } from '../../src/main.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { memorySystem } from '../../src/system/memory.ts';

const text = 'a\n  DHCP=yes\n';
const finding: Finding = {
  rule: 'FO101',
  name: 'dhcp-on-slave',
  severity: 'error',
  message: `<b>"quoted" & 'so'</b>\u001b[2J\ud800`,
  place: { source: { path: 'etc/a&b.network', text }, span: { start: 4, end: 12 } },
  related: [],
  fix: null,
};

/** Values as an XML reader of its own sees them. */
function xpath(document: string, expression: string): string {
  const result = spawnSync('xmllint', ['--nonet', '--xpath', expression, '-'], { input: document, encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  return result.stdout.replace(/\n$/, '');
}

test('a finding is a failed test case at its line; what XML cannot hold is replaced', () => {
  const document = renderJunit([finding]);
  assert.equal(xpath(document, 'string(/testsuites/@failures)'), '1');
  assert.equal(xpath(document, 'string(//testcase/@file)'), 'etc/a&b.network');
  assert.equal(xpath(document, 'string(//testcase/@line)'), '2');
  assert.equal(xpath(document, 'string(//failure/@message)'), `<b>"quoted" & 'so'</b>\ufffd[2J\ufffd`);
  assert.match(xpath(document, 'string(//failure)'), /^etc\/a&b\.network:2:3: error\[FO101\] <b>/);
});

test('nothing found is one case that passed: a report without any is an error to some readers', async () => {
  const system = memorySystem({ '/srv/a.network': '[Match]\nDriver=net_failover\n[Network]\nDHCP=yes\n' });
  assert.equal(await main(['lint', '--select', 'FO001', '--format', 'junit', '/srv/a.network'], system), 0);
  assert.equal(xpath(system.stdout, 'string(/testsuites/@tests)'), '1');
  assert.equal(xpath(system.stdout, 'count(//failure)'), '0');
});

test('where nothing was judged, or something could not be, the report has an error and no case that passed', async () => {
  const nothing = memorySystem({ '/m/etc/passwd': '' });
  assert.equal(await main(['lint', '--root', '/m', '--format', 'junit'], nothing), 3);
  assert.equal(xpath(nothing.stdout, 'count(//testcase[not(*)])'), '0');
  assert.match(xpath(nothing.stdout, 'string(//error/@message)'), /^nothing was judged: /);
  const missing = memorySystem({ '/srv/a.network': '[Match]\nDriver=net_failover\n[Network]\nDHCP=yes\n' });
  const args = ['lint', '--select', 'FO001', '--format', 'junit', '/srv/a.network', '/srv/gone.network'];
  assert.equal(await main(args, missing), 3);
  assert.equal(xpath(missing.stdout, 'string(/testsuites/@errors)'), '1');
  assert.match(xpath(missing.stdout, 'string(//error/@message)'), /gone\.network.*ENOENT/);
});
