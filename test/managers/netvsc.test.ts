/**
 * A Hyper-V pair, on facts from the kernel's source (drivers/net/hyperv/netvsc_drv.c, drivers/pci/controller/pci-hyperv.c of
 * 6.12): no guest of ours runs on Hyper-V. The VF has IFF_SLAVE before its uevent, its master is the synthetic NIC.
 */
import { unknownHost } from '../../src/topology/guest.ts';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderNetworkd } from '../../src/managers/networkd/render.ts';
import { renderUdev } from '../../src/managers/udev/render.ts';
import { applyUdevRules } from '../../src/managers/udev/predict.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { assumeGuest } from '../../src/topology/guest-assumed.ts';
import { configFile } from './config-file.ts';
import { azure, dhcp } from './master-configs.ts';
import type { ConfigFile } from '../../src/managers/claim.ts';

const config = { ...dhcp, masters: [azure] };
const ours = [...renderUdev(config), ...renderNetworkd(config)].map(({ path, text }) => configFile(path, text));

/** The properties of each link, by role, in each phase. */
function propertiesOf(files: readonly ConfigFile[], systemdVersion: number) {
  const guest = assumeGuest({ kind: 'netvsc' }, { ...unknownHost, systemdVersion }, [azure.mac]);
  return applyUdevRules(files, guest).phases.map(({ name, links }) => ({
    phase: name,
    master: links.find(({ role }) => role === 'master'),
    vf: links.find(({ role }) => role !== 'master'),
  }));
}

for (const version of [252, 257]) {
  test(`systemd ${version}: our rules keep managers off the VF, and leave them the synthetic NIC`, () => {
    for (const { phase, master, vf } of propertiesOf(ours, version)) {
      assert.equal(master?.properties?.get('ID_NET_FAILOVER'), 'master', phase);
      assert.equal(master?.properties?.has('NM_UNMANAGED'), false, phase);
      assert.equal(master?.properties?.has('ID_NET_MANAGED_BY'), false, phase);
      if (vf === undefined || vf.role === 'pending') continue;
      assert.equal(vf.properties?.get('ID_NET_FAILOVER'), 'primary', phase);
      assert.equal(vf.properties?.get('ID_NET_MANAGED_BY'), 'unmanaged', phase);
      assert.equal(vf.properties?.get('NM_UNMANAGED'), '1', phase);
    }
  });
}

/** Debian's package, unpacked by test/setup-oracles.mjs. */
const tree = join(
  process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'),
  'azure-vm-utils',
);
const rulesOfAzure = `${tree}/usr/lib/udev/rules.d/10-azure-unmanaged-sriov.rules`;
const guardOfAzure = `${tree}/usr/lib/systemd/network/01-azure-unmanaged-sriov.network`;
const missing = [rulesOfAzure, guardOfAzure].find((path) => !existsSync(path));

test(
  'beside azure-vm-utils: neither undoes the other',
  { skip: missing !== undefined && process.env['CI'] !== 'true' ? `skipped: ${missing} is missing` : false },
  () => {
    const theirs = [rulesOfAzure, guardOfAzure].map((path) =>
      configFile(path.slice(tree.length), readFileSync(path, 'utf8')),
    );
    for (const version of [252, 257]) {
      const together = propertiesOf([...theirs, ...ours], version);
      const alone = propertiesOf(theirs, version);
      for (const [index, { phase, master, vf }] of together.entries()) {
        // what theirs says stays said
        for (const [name, value] of alone[index]?.vf?.properties ?? []) {
          if (!name.startsWith('ID_NET_FAILOVER')) assert.equal(vf?.properties?.get(name), value, `${phase} ${name}`);
        }
        assert.equal(master?.properties?.has('NM_UNMANAGED'), false, phase);
        if (vf?.role !== 'primary') continue;
        assert.equal(vf.properties?.get('AZURE_UNMANAGED_SRIOV'), '1', phase);
        assert.equal(vf.properties?.get('ID_NET_FAILOVER'), 'primary', phase);
      }
    }
  },
);

test('lint: a test of IFF_SLAVE is right on Hyper-V, and wrong in a triple', async () => {
  const rule = 'SUBSYSTEM=="net", ACTION!="remove", ATTR{flags}=="0x1803", ENV{NM_UNMANAGED}="1"\n';
  const idsFor = async (guest: string) => {
    const system = memorySystem({ '/etc/udev/rules.d/95-guard.rules': rule });
    await main(['lint', '--assume', guest, '--json', '/etc/udev/rules.d/95-guard.rules'], system);
    return (JSON.parse(system.stdout) as { findings: { rule: string }[] }).findings.map(({ rule: id }) => id);
  };
  assert.ok((await idsFor('triple')).includes('FO302'));
  assert.ok(!(await idsFor('pair')).includes('FO302'));
});

for (const manager of ['networkd', 'netplan', 'ifupdown']) {
  test(`${manager}: what is generated for any guest configures the synthetic NIC, never the VF, and lints clean`, async () => {
    const made = memorySystem({});
    assert.equal(await main(['generate', manager, '--generic', '--out', '/'], made), 0, made.stderr);
    const paths = made.stdout.trim().split('\n');
    const files = Object.fromEntries(
      paths.map((path) => {
        const text = made.read(path);
        assert.ok(typeof text === 'string', path);
        const state = made.stat(path);
        return [path, { text, mode: isFailure(state) ? 0 : state.mode }];
      }),
    );
    const interfaces = '/etc/network/interfaces';
    const source = manager === 'ifupdown' ? { [interfaces]: 'source /etc/network/interfaces.d/*\n' } : {};
    const entries = { ...files, ...source };
    interface Decision {
      readonly winners: readonly { readonly effects: readonly { readonly kind: string }[] }[];
    }
    const effectsOn = async (link: string) => {
      const system = memorySystem(entries);
      await main(['explain', link, '--assume', 'pair', '--json', ...Object.keys(entries)], system);
      const { decisions } = JSON.parse(system.stdout) as { decisions: readonly Decision[] };
      return decisions.flatMap(({ winners }) => winners.flatMap(({ effects }) => effects.map(({ kind }) => kind)));
    };
    assert.ok((await effectsOn('master')).includes('dhcp4'), 'the master');
    const onVf = await effectsOn('primary');
    assert.ok(onVf.length > 0 && !onVf.includes('dhcp4'), 'the VF');
    const system = memorySystem(entries);
    await main(['lint', '--assume', 'pair', '--json', ...Object.keys(entries)], system);
    assert.deepEqual((JSON.parse(system.stdout) as { findings: readonly unknown[] }).findings, []);
  });
}
