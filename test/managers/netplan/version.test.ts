import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { probeMachine } from '../../../src/inventory/probe.ts';
import { isAtLeast, readNetplanVersion } from '../../../src/managers/netplan/version.ts';
import { memorySystem } from '../../../src/system/memory.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { rootedSystem } from '../../../src/system/rooted.ts';
import { trixie } from '../namespace.ts';

const read = (...paths: readonly string[]) =>
  readNetplanVersion(probeMachine(memorySystem(Object.fromEntries(paths.map((path) => [path, '']))))).value;

test('numbers are compared as numbers, part by part', () => {
  assert.equal(isAtLeast('0.106', '0.99'), true);
  assert.equal(isAtLeast('0.106', '0.107'), false);
  assert.equal(isAtLeast('1.0', '1.0.1'), false);
  assert.equal(isAtLeast('1.0.1', '1.0'), true);
  assert.equal(isAtLeast('1.1~rc2', '1.1'), true);
});

test('what is not known counts as the newest, and a major version as the newest of its own', () => {
  assert.equal(isAtLeast(undefined, '9.9'), true);
  assert.equal(isAtLeast('1', '1.2'), true);
  assert.equal(isAtLeast('1', '2.0'), false);
  assert.equal(isAtLeast('1', '0.107'), true);
});

test("the major version by the library's name; before 1.0, and of two, it does not tell", () => {
  assert.equal(read('/usr/lib/x86_64-linux-gnu/libnetplan.so.1'), '1');
  assert.equal(read('/usr/lib64/libnetplan.so.1'), '1');
  assert.equal(read('/usr/lib64/libnetplan.so.1', '/usr/lib/libnetplan.so.2'), undefined);
  assert.equal(read('/usr/lib/x86_64-linux-gnu/libnetplan.so.0.0'), undefined);
  assert.equal(read('/usr/lib64/libnetplan.so', '/usr/lib64/libnetplan.so.1.bak'), undefined);
});

const library = `${trixie}/usr/lib/x86_64-linux-gnu/libnetplan.so.1`;
const skip = existsSync(library) ? false : `${library} is missing (node test/setup-oracles.mjs makes it)`;

test("Debian 13's netplan 1.1.2", { skip }, () => {
  assert.equal(readNetplanVersion(probeMachine(rootedSystem(nodeSystem(), trixie))).value, '1');
});
