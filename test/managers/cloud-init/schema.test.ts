/**
 * The keys that cloud-init's own schemas list for network configuration, asked of ours: what Debian 13 knows and we do not fails;
 * what unstable has more is news.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkConfig } from '../../../src/managers/cloud-init/check.ts';
import { parseYamlTree, valueOf } from '../../../src/text/yaml-tree.ts';

const oracles = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

interface Schema {
  readonly $defs: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
}

/** Null: that tree was not made. */
function readSchema(tree: string): Schema | null {
  const schemas = 'usr/lib/python3/dist-packages/cloudinit/config/schemas';
  const path = join(oracles, tree, schemas, 'schema-network-config-v1.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Schema) : null;
}

/** Those of version 1 that we call unknown, as `physical.key`. */
function keysUnknownToUs({ $defs }: Schema): readonly string[] {
  return Object.entries($defs).flatMap(([name, { properties = {} }]) => {
    const type = /^anyOf_type_(.*)$/.exec(name)?.[1] ?? (name === 'config_type_subnet' ? 'subnet' : null);
    return type === null
      ? []
      : Object.keys(properties)
          .filter((key) => isUnknown(type, key))
          .map((key) => `${type}.${key}`);
  });
}

function isUnknown(type: string, key: string): boolean {
  const inner = key === 'type' ? '' : `, ${key}: x`;
  const command =
    type === 'subnet' ? `{type: physical, name: a, subnets: [{type: dhcp4${inner}}]}` : `{type: ${type}${inner}}`;
  const text = `version: 1\nconfig:\n  - ${command}\n`;
  const { root } = parseYamlTree({ path: 'network-config', text });
  assert.ok(root?.kind === 'map' && valueOf(root, 'config') !== undefined, text);
  return checkConfig(root, 1, 'eni').some(
    ({ kind, place }) => kind === 'unknown-key' && text.slice(place.span.start, place.span.end) === key,
  );
}

test('a key that no schema has is unknown to us too', () => {
  assert.equal(isUnknown('physical', 'macaddress'), true);
  assert.equal(isUnknown('subnet', 'adress'), true);
  assert.equal(isUnknown('physical', 'mac_address'), false);
});

test("every key of Debian 13's schema for version 1", (context) => {
  const schema = readSchema('trixie');
  if (schema === null) {
    if (process.env['CI'] === 'true') throw new Error('the oracle tree trixie is missing');
    return context.skip('the oracle tree trixie is missing');
  }
  const unknown = keysUnknownToUs(schema);
  assert.ok(Object.keys(schema.$defs).length > 5, 'the schema was read');
  return assert.deepEqual(unknown, []);
});

test("unstable's schema: what it has more is news", (context) => {
  const schema = readSchema('sid-network');
  if (schema === null) return context.skip('the oracle tree sid-network is missing');
  return context.diagnostic(`not in our tables: ${keysUnknownToUs(schema).join(' ') || 'nothing'}`);
});
