import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { wantSourceLine } from '../../src/install/source-line.ts';
import { memorySystem } from '../../src/system/memory.ts';

const stanza = '/etc/network/interfaces.d/failover';
const lo = 'auto lo\niface lo inet loopback\n';

const texts: readonly (readonly [string, boolean])[] = [
  [lo, false],
  [`${lo}source /etc/network/interfaces.d/*\n`, true],
  [`${lo}source interfaces.d/fail*\n`, true],
  [`${lo}source-directory /etc/network/interfaces.d\n`, true],
  [`${lo}source-directory interfaces.d/\n`, true],
  [`${lo}# source /etc/network/interfaces.d/*\n`, false],
  [`${lo}source /etc/network/interfaces.d/*.cfg\n`, false],
  [`${lo}source-directory /run/network/interfaces.d\n`, false],
  ['auto lo\niface lo inet loopback\n  up true', false],
];

function altered(text: string): string | null {
  const wanted = wantSourceLine(memorySystem({ '/etc/network/interfaces': text }), stanza, null);
  return wanted === null ? null : 'patch' in wanted ? wanted.patch(text) : wanted.text;
}

test('a line is added where no source line names the stanza, and only there', () => {
  for (const [text, sourced] of texts) {
    const after = altered(text);
    assert.equal(after === null, sourced, text);
    if (after === null) continue;
    assert.ok(after.startsWith(text));
    assert.equal(altered(after), null, 'once is enough');
  }
});

test('without the file it is made', () => {
  assert.deepEqual(wantSourceLine(memorySystem(), stanza, null), {
    path: '/etc/network/interfaces',
    text: `# The failover master's stanza.\nsource ${stanza}\n`,
    mode: 0o644,
  });
});

test('what an installation has altered is judged by what it was before', () => {
  const path = '/etc/network/interfaces';
  const system = memorySystem({ [path]: `${lo}\nsource ${stanza}\n` });
  const before = { kind: 'file', text: lo, mode: 0o644, uid: 0, gid: 0 } as const;
  const manifest = { command: '', directories: [], files: [{ path, wrote: ['x'], before }] };
  assert.ok(wantSourceLine(system, stanza, manifest), 'it is wanted still');
  assert.equal(wantSourceLine(system, stanza, null), null);
});

test('ifquery finds the stanza afterwards, and found it where we say so', (t) => {
  if (spawnSync('ifquery', ['--version']).error !== undefined) {
    assert.notEqual(process.env['CI'], 'true', 'ifupdown is missing');
    t.skip('ifupdown is missing');
    return;
  }
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-source-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'interfaces.d'));
  writeFileSync(join(root, 'interfaces.d/failover'), 'auto ens10\niface ens10 inet dhcp\n');
  const knows = (text: string) => {
    // what is absolute in the guest is below the root here
    writeFileSync(join(root, 'interfaces'), text.replaceAll('/etc/network', root));
    return spawnSync('ifquery', ['-i', join(root, 'interfaces'), 'ens10']).status === 0;
  };
  for (const [text, sourced] of texts) {
    assert.equal(knows(text), sourced, text);
    assert.ok(knows(altered(text) ?? text));
  }
});
