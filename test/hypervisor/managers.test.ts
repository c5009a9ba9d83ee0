import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRules } from '../../src/findings/settle.ts';
import { lintDomain } from '../../src/hypervisor/lint-domain.ts';
import { noHost } from '../../src/hypervisor/rules/rule.ts';

/* Domains in the shape that managers of hypervisors write, values replaced: see docs/hypervisor-managers.md for the sources. */

const domain = (metadata: string, devices: string) => `<?xml version='1.0' encoding='utf-8'?>
<domain type="kvm"${metadata.includes('ovirt-vm:') ? ' xmlns:ovirt-vm="http://ovirt.org/vm/1.0"' : ''}>
  <name>guest-1</name>
  <uuid>11111111-2222-4333-8444-555555555555</uuid>
  <metadata>${metadata}</metadata>
  <memory unit="KiB">1048576</memory>
  <os><type arch="x86_64" machine="pc-q35-rhel9.4.0">hvm</type></os>
  <devices>${devices}</devices>
</domain>
`;

const ovirtMetadata = `
    <ovirt-vm:vm><ovirt-vm:device alias="ua-aaaa" mac_address="52:54:00:00:12:53"/></ovirt-vm:vm>
  `;
const ovirtPair = `
    <interface type="bridge">
      <mac address="52:54:00:00:12:53"/><model type="virtio"/><link state="up"/>
      <source bridge="ovirtmgmt"/><mtu size="1500"/><alias name="ua-aaaa"/><teaming type="persistent"/>
    </interface>
    <interface managed="no" type="hostdev">
      <mac address="52:54:00:00:12:53"/>
      <source><address bus="0x42" domain="0x0000" function="0x5" slot="0x02" type="pci"/></source>
      <link state="up"/><driver name="vfio"/><alias name="ua-bbbb"/>
      <teaming type="transient" persistent="ua-aaaa"/>
    </interface>
  `;

const kubevirtMetadata = '<kubevirt xmlns="http://kubevirt.io"><uid>1</uid></kubevirt>';
const kubevirtVf = (teaming: string) => `
    <interface type="ethernet">
      <source></source><target dev="tap0" managed="no"></target><model type="virtio-non-transitional"></model>
      <mac address="52:54:00:00:12:53"></mac><mtu size="1500"></mtu><alias name="ua-default"></alias>${teaming.includes('teaming') ? '<teaming type="persistent"/>' : ''}
    </interface>
    <hostdev type="pci" managed="no" mode="subsystem">
      <source><address type="pci" domain="0x0000" bus="0x42" slot="0x02" function="0x5"></address></source>
      <alias name="ua-sriov-blue"></alias>${teaming}
    </hostdev>
  `;

const novaPort = `
    <interface type='hostdev' managed='yes'>
      <mac address='fa:16:3e:00:12:53'/>
      <source><address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/></source>
      <vlan><tag id='5'/></vlan>
    </interface>
  `;

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['oVirt, a failover profile', domain(ovirtMetadata, ovirtPair), ['FO511']],
  ['the same, without oVirt', domain('', ovirtPair), ['FO511', 'FO512']],
  ['KubeVirt, an SR-IOV interface', domain(kubevirtMetadata, kubevirtVf('')), []],
  [
    'KubeVirt, teamed by a hook',
    domain(kubevirtMetadata, kubevirtVf('<teaming type="transient" persistent="ua-default"/>')),
    ['FO511'],
  ],
  ['OpenStack, a direct port', domain('', novaPort), []],
];

for (const [name, text, expected] of cases) {
  test(`${name}: ${expected.join(', ') || 'nothing'}`, () => {
    const findings = lintDomain({ path: 'vm.xml', text }, noHost, allRules);
    assert.ok(typeof findings !== 'string', String(findings));
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      expected,
    );
  });
}
