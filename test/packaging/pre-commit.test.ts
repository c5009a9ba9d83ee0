import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';

const [hook] = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8')) as readonly [
  { readonly files: string; readonly entry: string },
];
const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Readonly<Record<string, string>> };

test('the entry is the program that the package installs', () => {
  assert.ok(Object.hasOwn(bin, hook.entry.split(' ')[0] ?? ''));
});

test('the hook is given what lint reads, wherever a repository keeps it', () => {
  const pattern = new RegExp(hook.files);
  for (const path of [
    'etc/systemd/network/20-wan.network',
    'roles/net/files/20-wan.network.d/10-more.conf',
    'etc/netplan/50-cloud-init.yaml',
    'netplan/a.yaml',
    'image/etc/network/interfaces',
    'etc/network/interfaces.d/ens10',
    'nm/wan.nmconnection',
    'etc/udev/rules.d/70-names.rules',
    'seed/network-config',
  ])
    assert.match(path, pattern);
  for (const path of ['site.yml', 'README.md', 'docs/network.md', 'etc/nginx/nginx.conf', 'etc/netplan/a.yaml.j2'])
    assert.doesNotMatch(path, pattern);
});
