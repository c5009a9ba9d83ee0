/** A manager is a folder: one is added to a copy of the sources, by its folder alone, and every command knows it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { memorySystem } from '../../src/system/memory.ts';
import { triple, type Tree } from '../topology/sysfs.ts';

const describe = `
import type { ManagerDescription } from '../description.ts';

export const description: ManagerDescription = {
  name: 'toy',
  title: 'toyd',
  role: 'configures',
  order: { judging: 70, asking: 70 },
  formats: { toy: '/etc/toy/stdin.toy' },
  load: async () => (await import('./manager.ts')).toy,
  detection: {
    order: 50,
    find: (probe, { ours }) => {
      const present = probe.first(['/usr/sbin/toyd']) !== null;
      const files = probe.files(['/etc/toy'], /\\.toy$/).filter((path) => !ours.has(path));
      const inUse = present && files.length > 0;
      return { present, inUse, configured: inUse, evidence: files[0] ?? 'no file' };
    },
    firstFile: (probe) => probe.files(['/etc/toy'], /\\.toy$/)[0] ?? null,
  },
  packages: ['toyd'],
  oldest: { version: '2', lacks: 'toyd before 2 is a toy' },
  loadRendering: async () => (await import('./render.ts')).rendering,
  startMaster: (link) => ['toyctl', 'up', link],
  askLinks: ({ system }) => (link) => {
    const state = system.read('/run/toy/' + link);
    return typeof state === 'string' ? { state: state.trim(), by: null, active: true } : null;
  },
};
`;

const manager = `
import type { Claim, ConfigFile, Judgement, Manager } from '../claim.ts';
import type { Guest } from '../../topology/guest.ts';

export const toy: Manager = {
  name: 'toy',
  locations: [{ path: '/etc/toy', pattern: /\\.toy$/ }],
  recognise: (path) => path.endsWith('.toy'),
  judge,
};

/** Lines "LINK dhcp". */
function judge(files: readonly ConfigFile[], guest: Guest): Judgement {
  const lines = files.flatMap(({ source }) => [...source.text.matchAll(/^(\\S+)(.*)$/gm)].map((match) => ({ source, match })));
  const decisions = guest.phases.flatMap((phase) =>
    phase.links.map((link) => {
      const winners = lines.flatMap(({ source, match }): Claim[] => {
        const place = { source, span: { start: match.index, end: match.index + match[0].length } };
        if (match[1] !== link.name || match[2] !== ' dhcp') return [];
        const key = { on: 'name', value: link.name, verdict: 'yes', place } as const;
        return [{ manager: 'toy', place, verdict: 'yes', reason: 'named', keys: [key], effects: [{ kind: 'dhcp4', place }] }];
      });
      return { manager: 'toy', phase, link, winners, losers: [], passed: [] };
    }),
  );
  const problems = lines
    .filter(({ match }) => match[2] !== ' dhcp')
    .map(({ source, match }) => ({
      kind: 'syntax' as const,
      place: { source, span: { start: match.index, end: match.index + match[0].length } },
      message: 'not a line of toy',
      consequence: 'ignores it',
    }));
  return { decisions, problems, unread: [], facts: {} };
}
`;

const render = `
import type { Rendering } from '../description.ts';

export const rendering: Rendering = {
  guard: () => [{ path: '/etc/toy/05-guard.toy', text: '', mode: 0o644 }],
  render: ({ masters }) => [
    { path: '/etc/toy/06-master.toy', text: (masters ?? []).map(({ name }) => name + ' dhcp\\n').join(''), mode: 0o644 },
  ],
};
`;

const copy = mkdtempSync(join(tmpdir(), 'failoverctl-toy-'));
after(() => rmSync(copy, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), text);
}

/** As on a disk: files, and the links of sysfs. */
function writeTree(below: string, entries: Tree): void {
  for (const [path, node] of memorySystem(entries).files) {
    const at = join(copy, below, path);
    mkdirSync(dirname(at), { recursive: true });
    if (node.kind === 'file') writeFileSync(at, node.text);
    else if (node.kind === 'symlink') symlinkSync(node.target, at);
  }
}

function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, program), ...args], { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

test('a folder of its own is all that a manager needs', () => {
  for (const name of ['src', 'hooks', 'package.json', 'package-lock.json', 'LICENSE'])
    cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, 'dist'));
  write('src/managers/toy/describe.ts', describe);
  write('src/managers/toy/manager.ts', manager);
  write('src/managers/toy/render.ts', render);
  const built = run('src/build/bundle.mjs');
  assert.equal(built.status, 0, built.text);
  const program = 'dist/failoverctl.cjs';

  write('a.toy', 'enp1s0nsby dhcp\n');
  const lint = run(program, 'lint', join(copy, 'a.toy'));
  assert.equal(lint.status, 1, lint.text);
  assert.match(lint.text, /FO101/);
  write('bad.toy', 'garbage\n');
  assert.match(run(program, 'lint', join(copy, 'bad.toy')).text, /FO001.*not a line of toy|not a line of toy/);
  assert.match(run(program, 'explain', 'standby', join(copy, 'a.toy')).text, /toy asks for an address on it: /);

  write('tree/etc/toy/10-a.toy', 'enp1s0 dhcp\n');
  write('tree/usr/sbin/toyd', '');
  write('tree/etc/os-release', 'ID=debian\n');
  const tree = join(copy, 'tree');
  const doctor = run(program, 'doctor', '--root', tree);
  assert.match(doctor.text, /toy +.*version not known, in use/);
  const install = run(program, 'install', '--root', tree, '--dry-run');
  assert.match(install.text, /toy +in use, configures the master/);
  assert.match(install.text, /05-guard\.toy/);
  writeTree('guest', triple());
  write('guest/run/toy/ens11', 'leased\n');
  assert.match(run(program, 'status', '--root', join(copy, 'guest')).text, /ens11[^]*toy[^]*leased/);
  const named = run(program, 'install', '--root', tree, '--dry-run', '--manager', 'toy', '--dhcp4');
  assert.match(named.text, /06-master\.toy/);
  assert.match(run(program, 'generate', 'toy', '--generic').text, /06-master\.toy/);
  assert.match(run(program, 'install', '--manager', 'toyd').text, /unknown 'toyd'; expected .*\btoy\b/);
});
