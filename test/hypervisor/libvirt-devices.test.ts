import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDomain } from '../../src/hypervisor/domain.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby } from '../../src/hypervisor/rules/rule.ts';
import { besideLibvirt, needsLibvirt } from './beside-libvirt.ts';

/* Attaching and detaching by a real libvirt: what it refuses, and how it tells the two NICs of a pair apart. */

test('a re-attach that a real libvirt refuses leaves guest, configuration and bridge as they were', (t) => {
  if (!needsLibvirt(t)) return;
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'vf.xml'), goodPrimary);
  writeFileSync(
    join(directory, 'vm.xml'),
    exampleDomain(goodStandby).replace("'kvm'", "'qemu'").replace("unit='GiB'>1<", "unit='MiB'>64<"),
  );
  // The guest has no operating system: what is looked at is what libvirt and the host hold. The VF's address is no device.
  const output = besideLibvirt(`
cd ${directory}
export LIBVIRT_DEFAULT_URI=qemu:///system
ip link add br0 type bridge && ip link set br0 up
virsh define vm.xml >/dev/null && virsh start vm-01 >/dev/null || exit 8
state() { virsh dumpxml vm-01; virsh dumpxml --inactive vm-01; virsh domif-getlink vm-01 vnet0; bridge fdb show dev vnet0 | sort; }
virsh domif-setlink vm-01 vnet0 up >/dev/null
bridge fdb replace 52:54:00:00:12:53 dev vnet0 master static sticky
state >before
'${process.execPath}' '${process.cwd()}/dist/failoverctl.cjs' host reattach vm-01 --xml vf.xml --pf pf0 --vf-number 5 --carrier-wait 0 2>said
echo "status $?"
state >after
cmp before after && echo same
grep -v '^ ' said
virsh destroy vm-01 >/dev/null
exit 0`);
  assert.match(output, /^status 3\nsame\n/);
  assert.match(output, /attach the VF to the running guest: FAILED: 'virsh' ended with status 1: error: ./);
  assert.match(output, /^undoing: let the bridge learn where 52:54:00:00:12:53 is again$/m);
  assert.match(output, /^all that was begun is undone$/m);
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
