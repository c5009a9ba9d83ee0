import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** Each room, and the rooms below it that it may import from. Dependencies point down. */
const below: Readonly<Record<string, readonly string[]>> = {
  text: [],
  system: ['text'],
  topology: ['system', 'text'],
  managers: ['topology', 'system', 'text'],
  inventory: ['managers', 'topology', 'system', 'text'],
  findings: ['topology', 'text'],
  report: ['findings', 'text', 'system'],
  judgement: ['inventory', 'managers', 'topology', 'system', 'text'],
  secrets: ['managers', 'system', 'text'],
  lint: ['secrets', 'findings', 'judgement', 'inventory', 'managers', 'topology', 'system', 'text'],
  install: ['inventory', 'judgement', 'managers', 'topology', 'report', 'system', 'text'],
  hypervisor: ['findings', 'topology', 'system', 'text'],
  snapshot: ['secrets', 'inventory', 'managers', 'topology', 'system', 'text'],
  doctor: ['inventory', 'managers', 'topology', 'system', 'text'],
  'cloud-config': ['inventory', 'install', 'managers', 'topology', 'system', 'text'],
  status: ['doctor', 'inventory', 'managers', 'report', 'topology', 'system', 'text'],
  manual: ['commands', 'report'],
  commands: [
    'status',
    'lint',
    'install',
    'hypervisor',
    'secrets',
    'snapshot',
    'doctor',
    'cloud-config',
    'findings',
    'inventory',
    'judgement',
    'report',
    'managers',
    'topology',
    'system',
    'text',
  ],
};

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => {
    const text = readFileSync(join('src', name), 'utf8');
    const found = [...text.matchAll(/^(?:import|export)[^;]*? from '([^']+)'|import\('([^']+)'\)/gm)];
    const fixed = found.flatMap(([, path]) => path ?? []);
    return { name, fixed, imports: [...fixed, ...found.flatMap(([, , lazy]) => lazy ?? [])] };
  });

test('rooms import only from rooms below them', () => {
  const upward: string[] = [];
  for (const { name, imports } of sources) {
    const [room = ''] = name.split('/');
    const allowed = below[room];
    if (allowed === undefined) continue; // src/*.ts, src/build
    for (const path of imports.filter((other) => other.startsWith('.'))) {
      const [target = ''] = normalize(join(dirname(name), path)).split('/');
      if (target !== room && !allowed.includes(target)) upward.push(`${name} imports ${path}`);
    }
  }
  assert.deepEqual(upward, []);
  assert.ok(sources.length > 10, 'the sources were found');
});

test('no circle of imports, of types alone either; what loads when it is asked for may list its lister', () => {
  const graph = new Map(
    sources.map(({ name, fixed }) => [
      name,
      fixed.filter((path) => path.startsWith('.')).map((path) => normalize(join(dirname(name), path))),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) circles.push([...above.slice(above.indexOf(name)), name].join(' > '));
    if (done.has(name) || above.includes(name)) return;
    for (const other of graph.get(name) ?? []) visit(other, [...above, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  assert.deepEqual(circles, []);
});

test('one manager does not know another', () => {
  const knowing: string[] = [];
  for (const { name, imports } of sources) {
    const [room, manager, file] = name.split('/');
    if (room !== 'managers' || file === undefined) continue;
    for (const path of imports.filter((other) => other.startsWith('../'))) {
      const target = normalize(join(dirname(name), path)).split('/');
      const shelf = target[1] === 'systemd'; // what networkd and udev share
      if (target.length > 2 && target[1] !== manager && !shelf) knowing.push(`${name} imports ${path}`);
    }
  }
  assert.deepEqual(knowing, []);
});

test('only the entry points and the port touch the process or node modules', () => {
  const touching = sources
    .filter(({ name }) => name !== 'cli.ts' && !/^(?:build|system\/(?:node|quickjs)|cli-)/.test(name))
    .filter(
      ({ name, imports }) =>
        imports.some((path) => path.startsWith('node:')) ||
        /\b(?:process\.|Buffer\b|globalThis\.process)/.test(withoutComments(readFileSync(join('src', name), 'utf8'))),
    )
    .map(({ name }) => name);
  assert.deepEqual(touching, []);
});

/** Rows of facts, which grow with what they tell of. */
const tables = ['managers/netplan/keys.ts', 'managers/networkd/network-keys.ts'];

test('no source is over 250 lines, but for tables', () => {
  const long = sources
    .map(({ name }) => ({ name, lines: readFileSync(join('src', name), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250)
    .map(({ name }) => name);
  assert.deepEqual(long.sort(), tables);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, '');
}

/** What Node has and the engine of the executable does not (../shared/NATIVE.md); it is found only when it is called. */
const missingInEngine =
  /\b(?:TextEncoder|TextDecoder|Intl\.|structuredClone|atob|btoa|localeCompare|toLocale\w+|URLSearchParams|new URL\b)/;

test('nothing is called that the executable does not have', () => {
  const calling = sources
    .filter(({ name }) => name !== 'system/node.ts' && !name.startsWith('system/node-'))
    .filter(({ name }) => missingInEngine.test(withoutComments(readFileSync(join('src', name), 'utf8'))))
    .map(({ name }) => name);
  assert.deepEqual(calling, []);
});
