/** /etc/network/interfaces as NetworkManager's plugin ifupdown reads it; ifupdown-plugin.test.ts asks NetworkManager itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInterfaces } from '../../../src/managers/networkmanager/interfaces.ts';
import { fnmatch } from '../../../src/text/fnmatch.ts';
import { configFile } from '../config-file.ts';

const top = '/etc/network/interfaces';

/** "TYPE NAME" of each block, with its options in brackets. */
function read(files: Readonly<Record<string, string>>): readonly string[] {
  const all = Object.entries(files).map(([path, text]) => configFile(path, text));
  const { blocks } = readInterfaces((glob) =>
    all.filter(({ path }) => fnmatch(glob, path, { pathname: true, period: true })),
  );
  return blocks.map(({ type, name, options }) => {
    const told = options.map(({ key, value }) => `${key}=${value}`).join(', ');
    return `${type} ${name}${told === '' ? '' : ` (${told})`}`;
  });
}

const cases: Readonly<Record<string, readonly [text: string, blocks: readonly string[]]>> = {
  'a stanza': [
    'iface a inet static\n address 192.0.2.1\n\tdns_search x  y\n',
    ['iface a (inet=static, address=192.0.2.1, dns-search=x y)'],
  ],
  'auto and allow-auto are one; each name is a block': [
    'auto a b\nallow-auto c\nallow-hotplug d\n',
    ['auto a', 'auto b', 'auto c', 'allow-hotplug d'],
  ],
  'a mapping is one name': ['mapping a b\n script /bin/x\n', ['mapping a b (script=/bin/x)']],
  'fewer than four words are no stanza, and what follows goes to the one before': [
    'iface a inet dhcp\niface b inet\n metric 3\n',
    ['iface a (inet=dhcp, metric=3)'],
  ],
  'after a word alone, lines are nobody’s': ['iface a inet dhcp\nfoo\n metric 3\n', ['iface a (inet=dhcp)']],
  'a comment can be continued': ['# a \\\niface a inet dhcp\niface b inet dhcp\n', ['iface b (inet=dhcp)']],
  'a continued line': ['iface a \\\n  inet dhcp\n', ['iface a (inet=dhcp)']],
  'a backslash at the end of the file': ['iface a inet dhcp \\', []],
  'a line of 254 characters is left out, with what continues it': [
    `iface a inet dhcp ${'x'.repeat(254)} \\\n iface b inet dhcp\niface c inet dhcp\n`,
    ['iface c (inet=dhcp)'],
  ],
  'one of 253 is not': [`${'iface a inet dhcp'.padEnd(253)}\n`, ['iface a (inet=dhcp)']],
  'a form feed is no blank': ['iface a inet\fdhcp\n', []],
  'a fault ends nothing': [
    '!!\niface a nonsense x\niface b inet dhcp',
    ['iface a (nonsense=x)', 'iface b (inet=dhcp)'],
  ],
  'an empty file': ['', []],
};

for (const [title, [text, blocks]] of Object.entries(cases))
  test(title, () => assert.deepEqual(read({ [top]: text }), blocks));

test('source: several paths, relative ones, globs without names that begin with a dot', () => {
  const files = {
    [top]: 'source more.d/* /srv/x\n',
    '/etc/network/more.d/a.bak': 'auto a\n',
    '/etc/network/more.d/.b': 'auto b\n',
    '/srv/x': 'auto x\n',
  };
  assert.deepEqual(read(files), ['auto a', 'auto x']);
});

test('source-directory: every name', () => {
  const files = { [top]: 'source-directory d/\n', '/etc/network/d/a.bak': 'auto a\n', '/etc/network/d/.b': 'auto b\n' };
  assert.deepEqual([...read(files)].sort(), ['auto a', 'auto b']);
});

test('a file that sources itself is read once; what cannot be expanded is told or left', () => {
  assert.deepEqual(read({ [top]: `auto a\nsource ${top}\n` }), ['auto a']);
  const { unfollowed, blocks } = readInterfaces((glob) =>
    glob === top ? [configFile(top, 'source $HOME/x\nsource $(id)\nauto a\n')] : [],
  );
  assert.equal(unfollowed.length, 1);
  assert.equal(blocks.length, 1);
});

test('a place is the line without its indentation', () => {
  const text = 'auto lo\n  iface a inet \\\n dhcp  \n';
  const [, block] = readInterfaces(() => [configFile(top, text)]).blocks;
  assert.equal(text.slice(block?.place.span.start, block?.place.span.end), 'iface a inet \\\n dhcp');
});
