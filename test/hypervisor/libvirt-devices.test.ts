import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDomain } from '../../src/hypervisor/domain.ts';
import { shellQuote } from '../../src/hypervisor/shell.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby } from '../../src/hypervisor/rules/rule.ts';
import { escapeXml } from '../../src/text/xml-characters.ts';
import { besideLibvirt, needsLibvirt } from './beside-libvirt.ts';

/* Attaching and detaching by a real libvirt: what it refuses, and how it tells the two NICs of a pair apart. */

/** Links have 15 bytes at most. What libvirt itself refuses in a domain's name is left out: '/' and a newline. */
const names = [
  { domain: 'vm-01', tap: 'tap0', bridge: 'br0' },
  { domain: '--all', tap: '-t', bridge: '-b' },
  { domain: 'a \'b" $(id) \\ü;*', tap: 't\'"$;*\\ü', bridge: "b`id`&|<'" },
];

for (const { domain, tap, bridge } of names) {
  test(`a re-attach that a real libvirt refuses leaves guest, configuration and bridge as they were: '${domain}'`, (t) => {
    if (!needsLibvirt(t)) return;
    const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
    t.after(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'vf.xml'), goodPrimary);
    const standby = goodStandby.replace(
      "bridge='br0'/>",
      () => `bridge='${escapeXml(bridge)}'/>\n  <target dev='${escapeXml(tap)}'/>`,
    );
    writeFileSync(
      join(directory, 'vm.xml'),
      exampleDomain(standby)
        .replace("'kvm'", "'qemu'")
        .replace("unit='GiB'>1<", "unit='MiB'>64<")
        .replace('<name>vm-01<', () => `<name>${escapeXml(domain)}<`),
    );
    // The guest has no operating system: what is looked at is what libvirt and the host hold. The VF's address is no device.
    const output = besideLibvirt(`
cd ${directory}
export LIBVIRT_DEFAULT_URI=qemu:///system LC_ALL=C.UTF-8
domain=${shellQuote(domain)} tap=${shellQuote(tap)} bridge=${shellQuote(bridge)}
reattach() {
  '${process.execPath}' '${process.cwd()}/dist/failoverctl.cjs' host reattach --xml vf.xml --pf pf0 --vf-number 5 --carrier-wait 0 "$@" -- "$domain"
}
ip link add name "$bridge" type bridge && ip link set dev "$bridge" up
virsh define vm.xml >/dev/null && virsh start --domain "$domain" >/dev/null || exit 8
state() { virsh dumpxml --domain "$domain"; virsh dumpxml --inactive --domain "$domain"; virsh domif-getlink --domain "$domain" --interface "$tap"; bridge fdb show dev "$tap" | sort; }
virsh domif-setlink --domain "$domain" --interface "$tap" --state up >/dev/null
bridge fdb replace 52:54:00:00:12:53 dev "$tap" master static sticky
state >before
reattach 2>said
echo "status $?"
state >after
cmp before after && echo same
reattach --script >script.sh || exit 7
! command -v shellcheck >/dev/null || shellcheck script.sh
bash script.sh >/dev/null 2>script-said
echo "script $?"
state >after
cmp before after && echo same
grep -v '^ ' said
virsh destroy --domain "$domain" >/dev/null
exit 0`);
    assert.match(output, /^status 3\nsame\nscript 3\nsame\n/);
    assert.match(output, /attach the VF to the running guest: FAILED: 'virsh' ended with status 1: error: ./);
    assert.match(output, /^undoing: let the bridge learn where 52:54:00:00:12:53 is again$/m);
    assert.match(output, /^all that was begun is undone$/m);
  });
}

test('a domain that libvirt does not keep has no configuration to be changed', (t) => {
  if (!needsLibvirt(t)) return;
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'vf.xml'), goodPrimary);
  const text = exampleDomain(goodStandby).replace("'kvm'", "'qemu'").replace("unit='GiB'>1<", "unit='MiB'>64<");
  writeFileSync(join(directory, 'vm.xml'), text);
  const output = besideLibvirt(`
cd ${directory}
export LIBVIRT_DEFAULT_URI=qemu:///system
ip link add br0 type bridge
plan() {
  '${process.execPath}' '${process.cwd()}/dist/failoverctl.cjs' host reattach vm-01 --xml vf.xml --pf pf0 --vf-number 5 --dry-run 2>&1 |
    grep -E '^ *[0-9]+\\. attach|expected'
}
virsh define vm.xml >/dev/null || exit 8
plan
virsh start vm-01 >/dev/null || exit 8
plan
virsh destroy vm-01 >/dev/null; virsh undefine vm-01 >/dev/null; virsh create vm.xml >/dev/null || exit 8
plan
virsh destroy vm-01 >/dev/null
exit 0`);
  assert.deepEqual(output.trim().split('\n'), [
    "failoverctl host reattach: domain 'vm-01' is shut off: expected it to run",
    ' 2. attach the VF to the running guest',
    ' 3. attach the VF to the kept configuration',
    ' 2. attach the VF to the running guest',
  ]);
});

test('libvirt takes the VF out of the kept configuration and puts it back, told apart from its twin by its address', (t) => {
  if (!needsLibvirt(t)) return;
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'vm.xml'), exampleDomain(goodPair).replace("'kvm'", "'qemu'"));
  writeFileSync(join(directory, 'vf.xml'), goodPrimary);
  const output = besideLibvirt(`
cd ${directory}
export LIBVIRT_DEFAULT_URI=qemu:///system
virsh define vm.xml >/dev/null || exit 8
virsh detach-device --domain vm-01 --file vf.xml --config 2>&1 | grep -o 'multiple devices matching MAC' | head -n 1
virsh dumpxml --inactive vm-01
exit 0`);
  const [first, ...rest] = output.split('\n');
  assert.equal(first, 'multiple devices matching MAC', "the kernel document's vf.xml is refused");
  const { domain } = readDomain({ path: 'vm.xml', text: rest.join('\n') });
  const held = domain?.devices.find(({ type }) => type === 'hostdev');
  assert.ok(held !== undefined);
  writeFileSync(join(directory, 'held.xml'), held.xml);
  const again = besideLibvirt(`
cd ${directory}
export LIBVIRT_DEFAULT_URI=qemu:///system
virsh define vm.xml >/dev/null || exit 8
virsh dumpxml --inactive vm-01 >before
virsh detach-device --domain vm-01 --file held.xml --config >/dev/null || exit 7
cmp -s before <(virsh dumpxml --inactive vm-01) && exit 6
virsh attach-device --domain vm-01 --file held.xml --config >/dev/null || exit 5
virsh dumpxml --inactive vm-01 | cmp before - && echo same
exit 0`);
  assert.equal(again, 'same\n');
});
