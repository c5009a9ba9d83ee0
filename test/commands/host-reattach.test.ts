import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleDomain, goodPair, goodPrimary } from '../../src/hypervisor/rules/rule.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

/** The plan of a preparation, which asks no libvirt, for the device in a file. */
async function prepare(text: string) {
  const system = memorySystem({ '/vf.xml': text });
  const args = [
    'host',
    'reattach',
    'vm',
    '--prepare',
    '--bridge',
    'br0',
    '--pf',
    'pf0',
    '--vf-number',
    '5',
    '--dry-run',
  ];
  const status = await main([...args, '--xml', '/vf.xml'], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('the VF is that of an <interface>, or the one teamed VF of a domain', async () => {
  for (const text of [
    goodPrimary,
    `\ufeff${goodPrimary}`,
    exampleDomain(goodPair),
    exampleDomain(goodPair).replaceAll('\n', '\r\n'),
  ]) {
    const { status, stdout, stderr } = await prepare(text);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /guest 52:54:00:00:12:53, bridge br0/);
  }
});

test('what holds no such VF is refused at its place', async () => {
  const second = goodPair.replaceAll('12:53', '12:54').replaceAll('ua-failover0', 'ua-failover1');
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^\S+ host reattach: --xml: \/vf\.xml:1:1: there is no element/],
    ['<network/>', /\/vf\.xml:1:1: <network>: expected <interface>, <hostdev> or <domain>/],
    ['<interface>\n  <mac address=x/>\n</interface>', /\/vf\.xml:2:8: the value of attribute 'address' is not quoted/],
    ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><interface>&b;</interface>', /:1:1: a document type with/],
    [exampleDomain(''), /\/vf\.xml:1:1: the domain has 0 teamed VFs: expected one/],
    [exampleDomain(`${goodPair}\n${second}`), /\/vf\.xml:1:1: the domain has 2 teamed VFs: expected one/],
    [' '.repeat(10 * 1024 * 1024 + 1), /'\/vf\.xml': the text is 10\.0 MiB: expected at most 10 MiB/],
  ];
  for (const [text, message] of cases) {
    const { status, stdout, stderr } = await prepare(text);
    assert.deepEqual([status, stdout], [3, ''], stderr);
    assert.match(stderr, message);
  }
});
