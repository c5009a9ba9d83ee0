import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDhcpcdConfig, patternsOf } from '../../../src/managers/dhcpcd/parse.ts';
import { configFile } from '../config-file.ts';

const parse = (text: string) => parseDhcpcdConfig(configFile('/etc/dhcpcd.conf', text));
const textOf = ({
  place,
}: {
  readonly place: {
    readonly source: { readonly text: string };
    readonly span: { readonly start: number; readonly end: number };
  };
}) => place.source.text.slice(place.span.start, place.span.end);

test('a block ends only where the next one begins', () => {
  const { global, blocks, problems } = parse(
    'hostname\n\n# x\n; y\n  interface ens10 # the master\n\tnoipv6\n\nmetric 5\ninterface b\n',
  );
  assert.deepEqual(
    global.map(({ option }) => option),
    ['hostname'],
  );
  assert.deepEqual(
    blocks.map(({ name, lines }) => [name, lines.map((line) => textOf(line))]),
    [
      ['ens10', ['noipv6', 'metric 5']],
      ['b', []],
    ],
  );
  assert.deepEqual(problems, []);
});

test('a list in a block is ignored, as are unknown options and missing values', () => {
  const { problems } = parse('interface a\ndenyinterfaces b\nnodhcpv4\nmetric\ninterface\n');
  assert.deepEqual(
    problems.map(({ kind, place }) => [kind, textOf({ place })]),
    [
      ['ignored', 'denyinterfaces b'],
      ['unknown-key', 'nodhcpv4'],
      ['bad-value', 'metric'],
      ['bad-value', 'interface'],
    ],
  );
});

test('comments end at a quote or a backslash no earlier than dhcpcd sees them end', () => {
  const { global } = parse('env a="x # y" # z\nenv b=\\# c\nhostname\t\n');
  assert.deepEqual(
    global.map(({ value }) => value),
    ['a="x # y"', 'b=\\# c', ''],
  );
});

test('patterns are split at commas and spaces', () => {
  assert.deepEqual(patternsOf({ value: 'eth*, wlan0 , en[0-9]' }), ['eth*', 'wlan0', 'en[0-9]']);
});
