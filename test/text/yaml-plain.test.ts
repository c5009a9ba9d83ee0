import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPlainYaml } from '../../src/text/yaml-plain.ts';
import { parseAnyYaml, type YamlScalar } from '../../src/text/yaml-tree.ts';

const resolve = (text: string): YamlScalar['value'] => {
  const { root } = parseAnyYaml({ path: '', text: `- ${text}` }, false);
  const [item] = root?.kind === 'sequence' ? root.items : [];
  return item?.kind === 'scalar' ? item.value : null;
};
const read = (text: string) => readPlainYaml({ path: 'x.yaml', text }, resolve);

/** Whether the plain reader took it; if so, its tree and places are those of `yaml`, which has no fault to report. */
function compare(text: string): boolean {
  const root = read(text);
  if (root === null) return false;
  for (const merge of [true, false])
    assert.deepEqual({ root, faults: [] }, parseAnyYaml({ path: 'x.yaml', text }, merge), text);
  return true;
}

test('the YAML that most files are written in is read without the package', () => {
  const texts = [
    'network:\n  version: 2\n  ethernets:\n    lan0:\n      match: {name: "lan0*"}\n      dhcp4: true\n',
    '# ours\nnetwork:\n  ethernets:\n    # the master\n    eth0:\n      addresses: [10.0.0.1/24, "fe80::1/64"] # two\n\n      mtu: 1400\n',
    'network:\n  config:\n  - type: physical\n    name: eth0\n    mac_address: "52:54:00:00:12:53"\n    subnets:\n    - type: dhcp\n',
    '---\na:\n  - b\n  - c: 1\n    d: x y\n',
    'a: ...\nb: e1000\nc: 02:00:00:00:00:01\nd: 0x1f\ne: no\n',
  ];
  for (const text of texts) assert.ok(compare(text), text);
});

test('all else is left to the package', () => {
  const texts = [
    '',
    'a',
    '[a]',
    'a:\n',
    'a: &x b\n',
    'a: *x\n',
    'a: !t b\n',
    'a: |\n  b\n',
    'a: b\n  c\n',
    'a: "b\n  c"\n',
    'a: "\\n"\n',
    "a: 'it''s'\n",
    'a: b: c\n',
    'a: [b,\n  c]\n',
    '? a\n: b\n',
    '<<: {a: b}\n',
    'a: {<<: b}\n',
    'a:\tb\n',
    'a: b\r\n',
    'a: ü\n',
    'a: b\n---\nc: d\n',
    'a: b\n c: d\n',
    'a:\n  b: c\n # odd\n  d: e\n',
    'a: [b c: d]\n',
    'a: {b: c\n',
  ];
  for (const text of texts) assert.equal(read(text), null, text);
});

/** More of them when the reader changes: YAML_DOCUMENTS=1000000. */
const documents = Number(process.env['YAML_DOCUMENTS'] ?? 3000);

test('random documents: the same tree and places as the package, or none', () => {
  let state = 20;
  const below = (limit: number) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
  const pick = (list: readonly string[]) => list[below(list.length)] ?? '';
  let taken = 0;
  for (let count = 0; count < documents; count += 1) if (compare(randomDocument(below, pick))) taken += 1;
  assert.ok(taken > documents / 10, `${taken} of ${documents} were taken`);
});

const usual = ['a', 'true', '10', '10.0.0.1/24', '"q"', "'q # r'", '[]', '{}', '[a, "b: c"]', '{a: [x], b: 1}', 'x y'];
const odd =
  '007|1.5|fe80::1|e1000|1e3|0x1f|null|~|x#y|x #y|a:b|a: b|a:|2001-01-01|-1|- a|.5|1_000|*a|&a b|!t x|>|""|"a" b|[a|[a: b]|{a}|{a:b}|[a, ]|[ a ]|1:30|@x||...|Y|{a: b} # c|[a]#c|x, y|[~, 0x1]|/x|[a,, b]|1.'.split(
    '|',
  );
const keys = ['a', 'b', 'eth0', '"q"', 'x.y', 'y', 'a-b'];
const oddKeys = ['<<', '1', 'a b', '*', '- k', '---', 'a:b', '/', '" a"', '[a]'];

function randomDocument(below: (limit: number) => number, pick: (list: readonly string[]) => string): string {
  const lines: string[] = [];
  const columns = [0];
  let column = 0;
  for (let line = below(8); line >= 0; line -= 1) {
    const at = ' '.repeat(below(40) === 0 ? below(6) : column);
    const key = pick(below(25) === 0 ? oddKeys : keys);
    const tail = below(10) === 0 ? pick([' # c', '  ', ' #', '#x']) : '';
    const value = pick(below(10) === 0 ? odd : usual) + tail;
    const deeper = (more: number) => void columns.push((column += more));
    switch (below(9)) {
      case 0:
        lines.push(pick(['', '', '  ', `${at}# c`, '# c']));
        continue;
      case 1:
      case 2:
        lines.push(`${at}${key}:${tail}`);
        if (below(6) > 0) deeper(2);
        continue;
      case 3:
        lines.push(`${at}- ${value}`);
        break;
      case 4:
        lines.push(`${at}-  ${key}: ${value}`);
        if (below(2) > 0) deeper(3);
        continue;
      default:
        lines.push(`${at}${key}:${pick([' ', ' ', ' ', '   ', ''])}${value}`);
        if (below(3) > 0) continue;
    }
    column = columns[below(columns.length)] ?? 0;
  }
  return (below(30) === 0 ? '---\n' : '') + lines.join('\n') + pick(['\n', '\n', '\n', '', '\n\n']);
}

const corpora = ['netplan', 'cloud-init'].map((name) => join('../shared/corpora', name));
const missing = corpora.find((path) => !existsSync(path));
test('corpora: most files are taken', { skip: missing && `no ${missing}` }, () => {
  let [seen, taken] = [0, 0];
  for (const directory of corpora)
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const path = join(directory, name);
      if (!/\.ya?ml$/.test(name) || !statSync(path).isFile() || seen >= 600) continue;
      seen += 1;
      if (compare(readFileSync(path, 'utf8'))) taken += 1;
    }
  assert.ok(taken > seen / 2, `${taken} of ${seen}`);
});

test('a text of 100,000 mappings comes to an end', () => {
  const text = (count: number) =>
    `a:\n${Array.from({ length: count }, (_, n) => `  lan${n}:\n    match: {name: "lan${n}*"}\n`).join('')}`;
  assert.notEqual(read(text(100_000)), null);
});
