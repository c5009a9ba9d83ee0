import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
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

test('lint --fix says it of what it has fixed, also of an ifcfg file that only its header tells', async () => {
  const name = '/etc/systemd/network/10-cloud-init-enp1s0.network';
  const ifcfg = '/etc/sysconfig/network-scripts/ifcfg-wan';
  const header = '# Created by cloud-init automatically, do not edit.\n#\n';
  const system = memorySystem({
    [name]: '[Match]\nName=en*\n\n[Network]\nLinkLocalAddressing=no\n',
    [ifcfg]: `${header}TYPE=Ethernet\nHWADDR=52:54:00:00:12:53\nBOOTPROTO=none\nONBOOT=yes\n`,
    '/etc/sysconfig/network-scripts/ifcfg-own': 'TYPE=Ethernet\nHWADDR=52:54:00:00:12:54\nBOOTPROTO=none\nONBOOT=yes\n',
  });
  for (const [path, isRewritten] of [
    [name, true],
    [ifcfg, true],
    ['/etc/sysconfig/network-scripts/ifcfg-own', false],
  ] as const) {
    const before = system.stderr.length;
    await main(['lint', '--unsafe-fixes', path], system);
    const said = system.stderr.slice(before);
    assert.match(said, /1 fixed/, path);
    assert.equal(said.includes(`cloud-init rewrites ${path}: change the network configuration`), isRewritten, said);
  }
});
