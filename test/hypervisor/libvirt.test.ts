import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderPair, type PairRequest } from '../../src/hypervisor/domain-xml.ts';
import { readDomain } from '../../src/hypervisor/domain.ts';
import { domainRules } from '../../src/hypervisor/rules/all.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { childrenOf } from '../../src/text/xml-element.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby, noHost } from '../../src/hypervisor/rules/rule.ts';
import { besideLibvirt, judge, needsLibvirt } from './beside-libvirt.ts';

/*
 * libvirt itself as the judge, in three layers: its schema (virt-xml-validate), the rules of all its drivers
 * (test:///default), and the QEMU driver's (a libvirtd of our own, in namespaces of its own).
 */

function rulesFinding(text: string): readonly string[] {
  const { domain } = readDomain({ path: 'vm.xml', text });
  assert.ok(domain !== null);
  return domainRules.filter(({ check }) => check(domain, noHost).length > 0).map(({ id }) => id);
}

/** Rules about what libvirt accepts, and what fails, or only costs, afterwards. */
const beyondLibvirt = new Set([
  'FO502',
  'FO503',
  'FO504',
  'FO505',
  'FO508',
  'FO509',
  'FO510',
  'FO511',
  'FO512',
  'FO515',
  'FO516',
  'FO517',
  'FO518',
  'FO519',
  'FO520',
]);

const variants: Readonly<Record<string, string>> = {
  pair: goodPair,
  'unknown type': goodPair.replace("type='persistent'", "type='permanent'"),
  'upper-case type': goodPair.replace("type='persistent'", "type='PERSISTENT'"),
  'type missing': goodPair.replace("<teaming type='persistent'/>", "<teaming persistent='x'/>"),
  'transient without persistent': goodPair.replace(" persistent='ua-failover0'", ''),
  'transient with an empty persistent': goodPair.replace("persistent='ua-failover0'", "persistent=''"),
  'persistent with persistent': goodPair.replace("type='persistent'", "type='persistent' persistent='ua-x'"),
  'dangling alias': goodPair.replace("persistent='ua-failover0'", "persistent='ua-other'"),
  'no alias': goodPair.replace("  <alias name='ua-failover0'/>\n", ''),
  'alias without ua-': goodPair.replaceAll('ua-failover0', 'failover0'),
  'MACs differ': `${goodStandby}\n${goodPrimary.replace('12:53', '12:54')}`,
  'no MAC on the VF': `${goodStandby}\n${goodPrimary.replace(/ *<mac.*\n/, '')}`,
  'two VFs': `${goodPair}\n${goodPrimary.replace("function='0x5'", "function='0x6'")}`,
  'persistent alone': goodStandby,
  'second teaming': goodPair.replace(
    "<teaming type='persistent'/>",
    "<teaming type='persistent'/><teaming type='persistent'/>",
  ),
  'empty teaming': goodPair.replace("<teaming type='persistent'/>", '<teaming/>'),
  'persistent e1000e': goodPair.replace("model type='virtio'", "model type='e1000e'"),
  'transient bridge': `${goodStandby}\n${goodPrimary.replace("type='hostdev' managed='yes'", "type='bridge'").replace(/<source>[^]*<\/source>/, "<source bridge='br0'/>")}`,
  'transient network': `${goodStandby}\n${goodPrimary.replace("type='hostdev' managed='yes'", "type='network'").replace(/<source>[^]*<\/source>/, "<source network='vfs'/>")}`,
  'not managed': goodPair.replace(" managed='yes'", ''),
  'link up': goodPair.replace("  <link state='down'/>\n", ''),
};

test('where libvirt refuses, lint finds an error; where lint finds nothing, libvirt accepts', (t) => {
  if (!needsLibvirt(t)) return;
  const texts = Object.entries(variants).map(
    ([name, devices]) => [name, exampleDomain(devices).replace("'kvm'", "'qemu'")] as const,
  );
  const machine = ['i440fx', exampleDomain(goodPair, 'pc').replace("'kvm'", "'qemu'")] as const;
  const all = [...texts, machine];
  const verdicts = judge(all.map(([, text]) => text));
  const disagreements: string[] = [];
  for (const [index, [name, text]] of all.entries()) {
    const verdict = verdicts[index];
    const found = rulesFinding(text);
    const accepted = verdict?.common === true && verdict.qemu;
    const said = `${verdict?.schema === true ? 'schema ok' : 'schema no'}, ${verdict?.common === true ? 'test ok' : 'test no'}, ${verdict?.qemu === true ? 'qemu ok' : 'qemu no'}`;
    t.diagnostic(`${name}: libvirt ${said}; lint ${found.join(' ') || 'nothing'}`);
    const ownErrors = found.filter((id) => !beyondLibvirt.has(id));
    if (!accepted && ownErrors.length === 0)
      disagreements.push(`${name}: libvirt refuses, lint finds ${found.join(' ')}`);
    if (accepted && ownErrors.length > 0 && !silentlyDropped.has(name))
      disagreements.push(`${name}: libvirt accepts, lint finds ${ownErrors.join(' ')}`);
  }
  assert.deepEqual(disagreements, []);
});

/** What libvirt accepts and drops without a word: an error of ours all the same. */
const silentlyDropped = new Set(['second teaming', 'empty teaming']);

const corpus = '../shared/corpora/libvirt/teaming';

test("libvirt's own teamed domains: all three layers accept them, and lint finds nothing that libvirt would refuse", (t) => {
  if (!existsSync(corpus)) {
    t.skip(`${corpus} is missing`);
    return;
  }
  if (!needsLibvirt(t)) return;
  const files = readdirSync(corpus).filter((name) => name.endsWith('.xml'));
  const texts = files.map((name) =>
    readFileSync(join(corpus, name), 'utf8').replace(/<domain type='\w+'/, "<domain type='qemu'"),
  );
  for (const [index, verdict] of judge(texts).entries()) {
    const name = files[index] ?? '';
    const found = rulesFinding(texts[index] ?? '');
    t.diagnostic(`${name}: lint ${found.join(' ') || 'nothing'}`);
    assert.deepEqual(verdict, { schema: true, common: true, qemu: true }, name);
    assert.deepEqual(
      found.filter((id) => !beyondLibvirt.has(id)),
      [],
      name,
    );
  }
  assert.ok(files.length >= 3, String(files.length));
});

test('what domain-xml prints is accepted by all three layers and lints clean', (t) => {
  if (!needsLibvirt(t)) return;
  const base: PairRequest = {
    mac: '52:54:00:00:12:53',
    source: { kind: 'bridge', name: 'br0' },
    vf: { kind: 'address', name: '0000:42:02.5' },
    alias: 'ua-failover0',
    tap: null,
    linkDown: true,
    queues: null,
  };
  const requests: readonly PairRequest[] = [
    base,
    { ...base, vf: { kind: 'network', name: "vfs & 'more'" }, source: { kind: 'network', name: '<net>' } },
    { ...base, tap: 'vmtap01', queues: 4 },
  ];
  const domains = requests.map((request) => exampleDomain(renderPair(request)).replace("'kvm'", "'qemu'"));
  assert.deepEqual(
    judge(domains),
    requests.map(() => ({ schema: true, common: true, qemu: true })),
  );
  for (const text of domains) assert.deepEqual(rulesFinding(text), []);
});

test('the credentials of domain-xml are accepted by all three layers, and libvirt keeps each string', async (t) => {
  if (!needsLibvirt(t)) return;
  const wanted = ['--mac', '52:54:00:00:12:53', '--bridge', 'br0', '--vf', '0000:42:02.5', '--link-down'];
  const bare = exampleDomain('').replace("'kvm'", "'qemu'");
  const patch = async (text: string): Promise<string> => {
    const system = memorySystem({}, { stdin: text });
    const args = ['host', 'domain-xml', ...wanted, '--with-credentials', '--patch', '-'];
    assert.equal(await main(args, system), 0, system.stderr);
    return system.stdout;
  };
  const serial = "<sysinfo type='smbios'><system><entry name='serial'>s1</entry></system></sysinfo>";
  const strings = "<sysinfo type='smbios'><oemStrings><entry>mine: &lt;1&gt;</entry></oemStrings></sysinfo>";
  const domains = await Promise.all([
    patch(bare),
    patch(bare.replace('</domain>', `  ${serial}\n</domain>`)),
    patch(bare.replace('</domain>', `  ${strings}\n</domain>`).replace('</os>', "  <smbios mode='sysinfo'/>\n  </os>")),
  ]);
  assert.deepEqual(
    judge(domains),
    domains.map(() => ({ schema: true, common: true, qemu: true })),
  );
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [index, text] of domains.entries()) {
    assert.deepEqual(rulesFinding(text), []);
    writeFileSync(join(directory, `${index}.xml`), text);
  }
  const kept = besideLibvirt(
    `for file in ${directory}/?.xml; do virsh -c qemu:///system define $file >/dev/null || exit 8; virsh -c qemu:///system dumpxml vm-01; virsh -c qemu:///system undefine vm-01 >/dev/null; done; exit 0`,
  ).split(/(?<=<\/domain>)\s*/);
  for (const [index, text] of domains.entries()) {
    const given = oemStringsOf(text);
    assert.ok(given.length >= 4);
    assert.deepEqual(oemStringsOf(kept[index] ?? ''), given);
  }
  assert.equal(oemStringsOf(domains[2] ?? '')[0], 'mine: <1>', 'what was there is kept');
  const twice = memorySystem({}, { stdin: (domains[0] ?? '').replaceAll('52:54:00:00:12:53', '52:54:00:00:12:54') });
  assert.equal(
    await main(
      [
        'host',
        'domain-xml',
        ...wanted,
        '--vf',
        '0000:42:02.6',
        '--alias',
        'ua-other',
        '--with-credentials',
        '--patch',
        '-',
      ],
      twice,
    ),
    3,
  );
  assert.match(twice.stderr, / -:\d+:\d+: a credential 'systemd\.unit-dropin\.sysinit\.target' is there already/);
});

function oemStringsOf(text: string): readonly string[] {
  const { domain } = readDomain({ path: 'vm.xml', text });
  const sysinfo = childrenOf(domain?.element, 'sysinfo').flatMap((one) => childrenOf(one, 'oemStrings'));
  return sysinfo.flatMap((one) => childrenOf(one, 'entry').map((entry) => entry.text.trim()));
}
