import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/findings/finding.ts';
import { main } from '../../src/main.ts';
import { renderGitlab } from '../../src/report/gitlab.ts';
import { memorySystem } from '../../src/system/memory.ts';

interface Entry {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const entriesOf = (findings: readonly Finding[]) => JSON.parse(renderGitlab(findings)) as readonly Entry[];

function findingAt(text: string, path = 'etc/20-wan.network'): Finding {
  const start = text.indexOf('DHCP');
  return {
    rule: 'FO101',
    name: 'dhcp-on-slave',
    severity: 'error',
    message: "networkd asks for an address of 'enp2s0'",
    place: { source: { path, text }, span: { start, end: start + 8 } },
    related: [],
    help: 'match the master',
    fix: null,
  };
}

test('an entry has what GitLab asks for', () => {
  const [entry, ...more] = entriesOf([findingAt('[Network]\nDHCP=yes\n')]);
  assert.equal(more.length, 0);
  assert.equal(entry?.check_name, 'FO101');
  assert.equal(entry?.severity, 'critical');
  assert.deepEqual(entry?.location, { path: 'etc/20-wan.network', lines: { begin: 2 } });
  assert.match(entry?.description ?? '', /^FO101 dhcp-on-slave: networkd asks .*\nmatch the master$/);
  assert.match(entry?.fingerprint ?? '', /^[0-9a-f]{64}$/);
});

test('a fingerprint stays while its line moves, and is nobody else’s', () => {
  const [first] = entriesOf([findingAt('DHCP=yes\n')]);
  const [moved] = entriesOf([findingAt('\n\nDHCP=yes\n')]);
  assert.equal(moved?.fingerprint, first?.fingerprint);
  const several = entriesOf([
    findingAt('DHCP=yes\n'),
    findingAt('DHCP=yes\n'),
    findingAt('DHCP=yes\n', 'etc/b.network'),
  ]);
  assert.equal(new Set(several.map(({ fingerprint }) => fingerprint)).size, 3);
});

test('lint prints it, an empty list where there is nothing', async () => {
  const files = {
    '/srv/20-wan.network': '[Match]\nName=en*\n[Network]\nDHCP=yes\n',
    '/srv/b/20-lan.network': '[Match]\nDriver=net_failover\n[Network]\nDHCP=yes\n',
  };
  const bad = memorySystem(files);
  assert.equal(await main(['lint', '--format', 'gitlab', '/srv/20-wan.network'], bad), 1);
  assert.ok((JSON.parse(bad.stdout) as readonly Entry[]).some(({ check_name: id }) => id === 'FO101'));
  const good = memorySystem(files);
  assert.equal(await main(['lint', '--select', 'FO001', '--format', 'gitlab', '/srv/b/20-lan.network'], good), 0);
  assert.deepEqual(JSON.parse(good.stdout), []);
});
