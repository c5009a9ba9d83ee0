import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintConfiguration } from '../../src/lint/lint.ts';
import { viewExample } from './example.ts';

const text = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';

async function descriptionsFor(path: string): Promise<readonly string[]> {
  const findings = lintConfiguration(await viewExample({ files: { [path]: text } }));
  return findings.flatMap(({ fix }) => (fix === null ? [] : fix.description));
}

test('a fix of a file that cloud-init writes says so, and where to change it', async () => {
  const own = await descriptionsFor('/etc/systemd/network/10-cloud-init-enp1s0.network');
  assert.ok(own.length > 0);
  for (const description of own) assert.match(description, /cloud-init rewrites .*cloud\.cfg\.d/);
  const others = await descriptionsFor('/etc/systemd/network/10-lan.network');
  assert.ok(others.length > 0);
  for (const description of others) assert.doesNotMatch(description, /cloud-init/);
});
