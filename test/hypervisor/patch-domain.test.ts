import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { allRules } from '../../src/findings/settle.ts';
import { isPersistent, readDomain, teamedPairs } from '../../src/hypervisor/domain.ts';
import { lintDomain } from '../../src/hypervisor/lint-domain.ts';
import { exampleDomain, goodPrimary, goodStandby, noHost } from '../../src/hypervisor/rules/rule.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { needsLibvirt } from './beside-libvirt.ts';
import { defineDomains } from './hypervisors.ts';

const mac = '52:54:00:00:12:53';
const teaming = / *<(?:teaming|alias|link).*\n/g;
const nic = goodStandby.replace(teaming, '');
const passed = goodPrimary.replace(teaming, '');
const base = ['host', 'domain-xml', '--mac', mac];

async function patch(text: string, args: readonly string[]) {
  const system = memorySystem({}, { stdin: text });
  const status = await main([...base, '--patch', '-', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

async function mustPatch(text: string, args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await patch(text, args);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What is left of a text when the words that were put in are taken out again, in order. */
function isSubsequence(lines: readonly string[], of: readonly string[]): boolean {
  let at = 0;
  for (const line of of) if (line === lines[at]) at += 1;
  return at === lines.length;
}

const vf = ['--vf', '0000:42:02.5'];

test('a virtio NIC that is there becomes the persistent one, a VF that is there is teamed, nothing else changes', async () => {
  const other = nic.replace(mac, '52:54:00:00:99:99').replace('virtio', 'e1000e');
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['the NIC', `${nic}\n${other}`, vf],
    ['the NIC, and a VF of a pool', `${other}\n${nic}`, ['--vf-pool', 'vfs']],
    ['both', `${nic}\n${passed}`, []],
    ['both, in the other order', `${passed}\n${other}\n${nic}`, vf],
    ['the VF', passed, ['--bridge', 'br0']],
    ['neither', other, ['--bridge', 'br0', ...vf]],
  ];
  for (const [name, devices, args] of cases) {
    const before = exampleDomain(devices);
    const after = await mustPatch(before, [...args, '--link-down']);
    assert.ok(isSubsequence(before.split('\n'), after.split('\n')), `${name}\n${after}`);
    const { domain } = readDomain({ path: 'vm.xml', text: after });
    assert.ok(domain !== null);
    const [pair, ...more] = teamedPairs(domain);
    assert.deepEqual([pair?.persistent.alias, pair?.persistent.mac, more], ['ua-failover0', mac, []], name);
    assert.equal(domain.devices.filter(isPersistent).length, 1);
    assert.deepEqual(lintDomain({ path: 'vm.xml', text: after }, noHost, allRules), [], after);
    assert.equal(await mustPatch(after, [...args, '--link-down']), after, `${name}: patched twice`);
  }
});

test("the NIC keeps an alias that begins with 'ua-', another one is replaced, a taken one is avoided or refused", async () => {
  const named = (alias: string) => nic.replace('</interface>', `  <alias name='${alias}'/>\n</interface>`);
  const aliasAfter = async (devices: string, args: readonly string[] = []) =>
    /<teaming type='transient' persistent='([^']+)'/.exec(
      await mustPatch(exampleDomain(devices), [...vf, ...args]),
    )?.[1];
  assert.equal(await aliasAfter(named('ua-mine')), 'ua-mine');
  assert.equal(await aliasAfter(named('ua-mine'), ['--alias', 'ua-new']), 'ua-new');
  assert.equal(await aliasAfter(named('net0')), 'ua-failover0');
  const disk = "<disk type='file'>\n  <alias name='ua-failover0'/>\n</disk>";
  assert.equal(await aliasAfter(`${nic}\n${disk}`), 'ua-failover1');
  const { status, stderr } = await patch(exampleDomain(`${nic}\n${disk}`), [...vf, '--alias', 'ua-failover0']);
  assert.equal(status, 3);
  assert.match(stderr, /-:\d+:\d+: the alias 'ua-failover0' is taken: choose another with --alias/);
});

test('link state, tap and queues are set where they are asked for, and left alone where not', async () => {
  const up = nic.replace('</interface>', "  <link state='up'/>\n  <target dev='tap7'/>\n</interface>");
  assert.match(await mustPatch(exampleDomain(up), vf), /<link state='up'\/>\n.*<target dev='tap7'\/>/);
  const asked = await mustPatch(exampleDomain(up), [...vf, '--link-down', '--tap', 'tap8', '--queues', '4']);
  assert.match(asked, /<link state='down'\/>\n.*<target dev='tap8'\/>\n.*<driver name='vhost' queues='4'\/>/);
});

test('what cannot be a pair is refused at its place', async () => {
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    [nic.replace('virtio', 'e1000e'), vf, /model 'e1000e': expected 'virtio'/],
    [`${nic}\n${nic}`, vf, /a second NIC with MAC/],
    [`${nic}\n${passed}\n${passed.replace("'0x5'", "'0x6'")}`, [], /a second VF for this NIC/],
    [nic, [], /no VF has MAC .*: expected --vf or --vf-pool/],
    [passed, [], /no virtio NIC has MAC .*: expected --bridge or --network/],
    [nic, [...vf, '--bridge', 'br7'], /is on bridge 'br0': expected no --bridge, or that one/],
    [`${nic}\n${passed}`, ['--vf', '0000:42:02.6'], /the VF with this MAC is 0000:42:02.5/],
    [`${nic}\n${goodPrimary.replace('ua-failover0', 'ua-other')}`, [], /the VF is teamed with 'ua-other' already/],
  ];
  for (const [devices, args, message] of refused) {
    const { status, stdout, stderr } = await patch(exampleDomain(devices), args);
    assert.deepEqual([status, stdout], [3, ''], stderr);
    assert.match(stderr, /-:\d+:\d+: /);
    assert.match(stderr, message);
  }
});

test('all problems of the arguments are reported together', async () => {
  const system = memorySystem({});
  const args = ['--mac', 'x', '--alias', 'y', '--queues', '0', '--vf', 'z', '--tap', 'vnet1', '--print', 'w'];
  assert.equal(await main(['host', 'domain-xml', ...args], system), 2);
  for (const word of ['--mac', '--alias', '--queues', '--vf', '--tap', '--print', '--bridge and --network'])
    assert.match(system.stderr, new RegExp(word), word);
});

test("virt-xml's command lines make the same pair, and libvirt accepts it", async (t) => {
  if (!needsLibvirt(t)) return;
  if (spawnSync('virt-xml', ['--version']).status !== 0) {
    assert.notEqual(process.env['CI'], 'true', 'virtinst is not installed');
    t.skip('virtinst is not installed');
    return;
  }
  const pairOf = (text: string) => {
    const { domain } = readDomain({ path: 'vm.xml', text });
    assert.ok(domain !== null);
    return teamedPairs(domain).map(({ persistent, transient }) => ({
      persistent: [persistent.alias, persistent.mac, persistent.linkState, persistent.bridge, persistent.model],
      transient: [transient.mac, transient.type, transient.managed, transient.hostAddress, transient.network],
      count: domain.devices.length,
    }));
  };
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [nic, [...vf, '--link-down']],
    [`${nic}\n${passed}`, ['--alias', 'ua-mine']],
    [nic, ['--vf-pool', 'vfs, more']],
    [
      `${nic.replace(mac, '52:54:00:00:99:99')}\n${nic.replace('12:53', '12:53'.toUpperCase())}\n${passed}`,
      ['--queues', '4'],
    ],
    ['', ['--bridge', 'br0', ...vf]],
  ];
  const results: string[] = [];
  for (const [devices, args] of cases) {
    const text = exampleDomain(devices).replace("'kvm'", "'test'");
    const lines = (await mustPatch(text, [...args, '--print', 'virt-xml'])).trim().split('\n');
    const changed = lines.reduce((before, line) => {
      const command = line.replace('virt-xml vm-01 ', 'virt-xml --connect test:///default ');
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { input: before, encoding: 'utf8' });
      assert.equal(status, 0, `${line}\n${stderr}`);
      return stdout;
    }, text);
    assert.deepEqual(pairOf(changed), pairOf(await mustPatch(text, args)), lines.join('\n'));
    results.push(changed.replace(/type=["']test["']/, "type='qemu'"));
  }
  assert.deepEqual(
    defineDomains({ name: 'this machine', root: null }, results),
    results.map(() => null),
  );
});

test('virt-xml takes the printed lines for a domain whose name is like an option, or has quotes', async (t) => {
  if (!needsLibvirt(t) || spawnSync('virt-xml', ['--version']).status !== 0) return;
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-virt-xml-'));
  try {
    for (const name of ['--edit', "it's $(hostname)"]) {
      const text = exampleDomain(nic).replace("'kvm'", "'test'").replace('vm-01', name);
      const node = join(directory, 'node.xml');
      writeFileSync(node, `<node>${text}</node>`);
      for (const line of (await mustPatch(text, [...vf, '--print', 'virt-xml'])).trimEnd().split('\n')) {
        const command = line.replace('virt-xml ', `virt-xml --connect test://${node} --print-xml `);
        const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
        assert.equal(status, 0, `${command}\n${stderr}`);
        assert.match(stdout, /<teaming type=.(?:persistent|transient)/);
        assert.equal(readDomain({ path: 'vm.xml', text: stdout }).domain?.name, name);
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
