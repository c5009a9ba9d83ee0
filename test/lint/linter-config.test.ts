import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { documentedRules } from '../../src/commands/rule.ts';
import { configKeys, parseLinterConfig, ruleSettings } from '../../src/lint/linter-config.ts';

const schema = JSON.parse(readFileSync('schemas/failoverctl-yaml.schema.json', 'utf8')) as AnySchemaObject;
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const read = (text: string) => parseLinterConfig({ path: 'failoverctl.yaml', text }, documentedRules());
const folder = 'test/schemas/configurations';

for (const name of readdirSync(folder))
  test(`${name}: the schema and the reader take it`, () => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    assert.ok(validate(parse(text) as unknown), JSON.stringify(validate.errors));
    assert.deepEqual(read(text).problems, []);
  });

test('what is wrong: its place, and what was meant; the schema refuses each too', () => {
  for (const [text, expected] of [
    ['rule: {}\n', "1:1: 'rule': unknown key, did you mean 'rules'?"],
    ['rules: {}\nexlude: [a]\n', "2:1: 'exlude': unknown key, did you mean 'exclude'?"],
    ['colour: red\n', "1:1: 'colour': unknown key, expected rules, targets, roots, assume, exclude"],
    ['rules:\n  FO202: false\n', "2:10: rules: FO202: 'false': expected off, on, error, warning, info"],
    ['assume: 501\n', "1:9: assume: '501': expected triple, pair or a number from 1 to 500"],
    ['exclude: [{a: b}]\n', '1:11: exclude: expected a word, or a list of words'],
    ['- rules\n', '1:1: the file: expected keys with values'],
    ['rules: [FO101]\n', '1:8: rules: expected keys with values'],
  ] as const) {
    assert.deepEqual(read(text).problems, [`failoverctl.yaml:${expected}`]);
    assert.equal(validate(parse(text) as unknown), false, text);
  }
});

test('what only the reader can tell', () => {
  for (const [text, expected] of [
    ['rules: {dhcp-on-slav: off}\n', "1:9: rules: 'dhcp-on-slav': no rule is called so, did you mean 'dhcp-on-slave'?"],
    ['rules: {FO777: off}\n', "1:9: rules: 'FO777': no rule is called so, see 'failoverctl rule'"],
    ['rules: {}\nrules: {}\n', "2:1: 'rules': it is there already, expected it once"],
    ['rules: {FO1: off, FO1: on}\n', "1:19: 'FO1': it is there already, expected it once"],
    ['targets: [debain12]\n', "1:11: targets: 'debain12' is no release: did you mean 'debian12'?"],
    ['exclude: [/]\n', "1:11: exclude: '/': expected a file, a folder or a pattern like images/old/**"],
    ["roots: ['']\n", "1:9: roots: '': expected a folder"],
  ] as const)
    assert.deepEqual(read(text).problems, [`failoverctl.yaml:${expected}`]);
  assert.match(read('rules: [\n').problems[0] ?? '', /^failoverctl\.yaml:\d+:\d+: /, 'YAML that is none');
  assert.equal(read('rule: {}\ncolour: red\n').problems.length, 2, 'all that is wrong, not the first alone');
});

test('YAML 1.1 takes off for false: what is written counts', () => {
  const { config, problems } = read('rules:\n  FO202: off\n  FO201: on\n');
  assert.deepEqual(problems, []);
  assert.deepEqual(config.rules, [
    { word: 'FO202', setting: 'off', by: 'failoverctl.yaml:2' },
    { word: 'FO201', setting: 'on', by: 'failoverctl.yaml:3' },
  ]);
});

test('the schema knows the keys and settings that the reader knows', () => {
  const { properties } = schema as { readonly properties: Record<string, unknown> };
  assert.deepEqual(Object.keys(properties), [...configKeys]);
  assert.deepEqual(
    JSON.stringify(properties['rules']).match(/"enum":\[([^\]]*)\]/)?.[1],
    JSON.stringify(ruleSettings).slice(1, -1),
  );
});
