/** Every JSON output against its schema, which must name each field that there is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { guest, healthyTree, oneLease, oneRoute } from '../status/guest.ts';

const fixtures = 'test/fixtures/guests';
const guests = readdirSync(fixtures).map((name) => {
  const { entries } = JSON.parse(readFileSync(join(fixtures, name), 'utf8')) as {
    entries: Record<string, MemoryEntry>;
  };
  return { name, entries };
});
const configuration: Readonly<Record<string, MemoryEntry>> = {
  '/etc/systemd/network/10-typo.network': '[Match]\nName=en*\n\n[Network]\nDHPC=yes\n',
  '/etc/systemd/network/20-all.network': '[Match]\nName=e*\n\n[Network]\nDHCP=yes\n',
  '/etc/netplan/a.yaml': 'network: {version: 2, ethernets: {all: {match: {name: "e*"}, dhcp4: true, mtu: lots}}}\n',
  '/m/README.md': 'nothing of a manager\n',
};

/** The schema as it is shipped, and one that refuses what it does not name: an output must pass both. */
function check(name: string, text: string): void {
  const schema = JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as AnySchemaObject;
  for (const [how, one] of [
    ['as shipped', schema],
    ['with nothing unnamed', strict(schema)],
  ] as const) {
    const ajv = new Ajv2020({ allErrors: true });
    const validate = ajv.compile(one as AnySchemaObject);
    assert.ok(validate(JSON.parse(text)), `${name}, ${how}: ${ajv.errorsText(validate.errors)}`);
  }
}

function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

async function print(args: readonly string[], files: Readonly<Record<string, MemoryEntry>>): Promise<string> {
  const system = memorySystem(files);
  await main(args, system);
  assert.notEqual(system.stdout, '', `${args.join(' ')}: ${system.stderr}`);
  return system.stdout;
}

test('every recorded guest, by every command', async () => {
  for (const { entries } of guests) {
    const files = { ...entries, ...configuration };
    check('detect', await print(['detect', '--json'], files));
    check('lint', await print(['lint', '--json'], files));
    check('explain', await print(['explain', 'master', '--json'], files));
    check('doctor', await print(['doctor', '--json'], files));
    check('status', await print(['status', '--json'], files));
    check('snapshot', await print(['snapshot'], files));
  }
});

test('files that are named, rules, a libvirt domain, a guest with addresses and leases', async () => {
  check('lint', await print(['lint', '--json', '/m', '/etc'], configuration));
  check('explain', await print(['explain', 'primary', '--json', '/etc/systemd/network'], configuration));
  check('rule', await print(['rule', '--json'], {}));
  check(
    'lint',
    await print(['host', 'lint-domain', '--json', '/vm.xml'], { '/vm.xml': '<domain><devices/></domain>' }),
  );
  const leased = guest(healthyTree(), { addresses: oneLease, routes4: oneRoute });
  await main(['status', '--json'], leased);
  check('status', leased.stdout);
});

test('what failoverctl.yaml keeps out, and what changes', async () => {
  const files = {
    ...configuration,
    '/failoverctl.yaml': 'rules: {FO005: off}\nexclude: [/etc/netplan/a.yaml]\n',
    '/proc/self/cwd': { link: '/' },
    '/old/etc/systemd/network/20-all.network': '[Match]\nName=e*\n\n[Network]\nBridge=br0\n',
  };
  check('lint', await print(['lint', '--json'], files));
  check('lint', await print(['lint', '--json', '--against', '/old', '/etc'], files));
  check('lint', await print(['lint', '--json', '--root', '/old', '--against', '/'], files));
});

test('an output that lacks a field, or has one of another type, fails', async () => {
  const whole = JSON.parse(await print(['detect', '--json'], guests[0]?.entries ?? {})) as Record<string, unknown>;
  const { links: _, ...less } = whole;
  assert.throws(() => check('detect', JSON.stringify(less)), /must have required property 'links'/);
  assert.throws(() => check('detect', JSON.stringify({ ...whole, more: 1 })), /nothing unnamed/);
  assert.throws(() => check('detect', JSON.stringify({ ...whole, groups: {} })), /must be array/);
});
