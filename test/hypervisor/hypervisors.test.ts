import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainRules } from '../../src/hypervisor/rules/all.ts';
import { exampleDomain, goodPrimary, goodStandby } from '../../src/hypervisor/rules/rule.ts';
import { needsLibvirt } from './beside-libvirt.ts';
import { defineDomains, findHypervisors, startDevices, versionOf } from './hypervisors.ts';

/*
 * What libvirt defines and QEMU refuses, asked of both in three releases. QEMU refuses a primary when it is realized: at
 * the hot-plug, since it is hidden until then. One whose standby does not exist is not hidden, and is realized at start.
 */

const ports = [
  'pcie-root-port,id=r1,chassis=1,addr=2',
  'pcie-root-port,id=r2,chassis=2,addr=3,hotplug=off',
  'pcie-root-port,id=r3,chassis=3,addr=4',
  'pcie-pci-bridge,id=b1,bus=r3',
];
const primary = (fields: object) =>
  JSON.stringify({ driver: 'e1000e', id: 'p0', bus: 'r1', romfile: '', failover_pair_id: 'none', ...fields });
const standby = JSON.stringify({ driver: 'virtio-net-pci', id: 's0', bus: 'r3', romfile: '', failover: true });

test('QEMU refuses a primary that is not alone in its slot, not on PCI Express, or on a port without hot-plug', (t) => {
  if (!needsLibvirt(t)) return;
  for (const hypervisor of findHypervisors((line) => t.diagnostic(line))) {
    const version = versionOf(hypervisor);
    const start = (...devices: string[]) => startDevices(hypervisor, [...ports, ...devices]);
    t.diagnostic(`QEMU ${version}`);
    assert.equal(start(primary({})), null, version);
    const slot = /failover: primary device must be in its own PCI slot$/;
    assert.match(start(primary({ multifunction: true })) ?? '', slot, version);
    assert.match(start('e1000e,bus=r1,romfile=,multifunction=on', primary({ addr: '0.1' })) ?? '', slot, version);
    // QEMU has an igb since 8.0
    if (!version.startsWith('7.')) assert.match(start(primary({ driver: 'igb' })) ?? '', slot, version);
    const bridge = primary({ driver: 'e1000', bus: 'b1', addr: '1' });
    assert.match(start(bridge) ?? '', /failover primary device must be on PCIExpress bus$/, version);
    const withStandby = (fields: object) =>
      startDevices(hypervisor, [...ports.slice(0, 3), standby, primary({ failover_pair_id: 's0', ...fields })]);
    assert.equal(withStandby({}), null, version);
    assert.equal(withStandby({ multifunction: true }), null, `${version}: accepted while it is hidden`);
    assert.match(withStandby({ bus: 'r2' }) ?? '', /Bus 'r2' does not support hotplugging$/, version);
  }
});

/** Without the controllers that an example leaves to libvirt, and with those that its addresses need. */
function completed(text: string): string {
  const used = [...text.matchAll(/ bus='0x0([1-9])'(?! slot='0x02')/g)].map(([, bus]) => Number(bus));
  const highest = Math.max(0, ...used);
  const missing = Array.from({ length: highest }, (_, index) => index + 1).filter(
    (index) => !text.includes(`<controller type='pci' index='${index}'`),
  );
  const controllers = missing.map((index) => `<controller type='pci' index='${index}' model='pcie-root-port'/>`);
  return text.replace('<devices>', `<devices>${controllers.join('')}`).replace("type='kvm'", "type='qemu'");
}

test('libvirt defines what FO515 to FO519 report, in each release; MTU on a VF it refuses', (t) => {
  if (!needsLibvirt(t)) return;
  const cases = domainRules
    .filter(({ id }) => id >= 'FO515' && id <= 'FO519')
    .flatMap(({ id, bad, good }) => [...bad, ...good].map((text, index) => [`${id} example ${index}`, text] as const));
  const withMtu = exampleDomain(
    `${goodStandby}\n${goodPrimary.replace('</interface>', "<mtu size='1400'/></interface>")}`,
  );
  const domains = [...cases.map(([, text]) => completed(text)), completed(withMtu)];
  for (const hypervisor of findHypervisors((line) => t.diagnostic(line))) {
    const answers = defineDomains(hypervisor, domains);
    const refused = cases.flatMap(([name], index) => {
      const answer = answers[index] ?? null;
      return answer === null ? [] : [`${hypervisor.name}: ${name}: ${answer}`];
    });
    assert.deepEqual(refused, []);
    assert.match(answers.at(-1) ?? '', /setting MTU on interface type hostdev is not supported yet/);
    t.diagnostic(`${hypervisor.name}: ${cases.length} domains`);
  }
});
