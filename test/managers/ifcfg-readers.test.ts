import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeMachine } from '../../src/inventory/probe.ts';
import { findManagers } from '../../src/inventory/managers-in-use.ts';
import { tellIfcfgReaders } from '../../src/managers/ifcfg-readers.ts';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const release = (id: string, version: string, like = ''): Tree => ({
  '/etc/os-release': `ID="${id}"\nID_LIKE="${like}"\nVERSION_ID="${version}"\n`,
});
const manager: Tree = {
  '/usr/sbin/NetworkManager': '',
  '/usr/lib/systemd/system/NetworkManager.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/NetworkManager.service': {
    link: '/usr/lib/systemd/system/NetworkManager.service',
  },
};
const plugins = '/usr/lib64/NetworkManager/1.40.16-1.el8';
const file: Tree = { '/etc/sysconfig/network-scripts/ifcfg-ens11': 'DEVICE=ens11\nBOOTPROTO=dhcp\n' };
const scripts: Tree = { '/etc/rc.d/init.d/network': '', '/usr/sbin/ifup': '', ...file };
const service: Tree = { '/etc/rc.d/rc3.d/S10network': { link: '../init.d/network' } };

const cases: readonly (readonly [name: string, tree: Tree, readers: string])[] = [
  ['RHEL 9', { ...release('rhel', '9.4', 'fedora'), ...manager, ...file }, 'NetworkManager'],
  ['a rebuild of RHEL 8', { ...release('rocky', '8.10', 'rhel centos fedora'), ...manager }, 'NetworkManager'],
  ['RHEL 10', { ...release('rhel', '10.0', 'fedora'), ...manager, ...file }, ''],
  ['Fedora 40', { ...release('fedora', '40'), ...manager }, ''],
  ['Fedora 34', { ...release('fedora', '34'), ...manager }, 'NetworkManager'],
  ['Debian', { ...release('debian', '12'), ...manager, ...file }, ''],
  ['the plugin itself', { ...manager, [`${plugins}/libnm-settings-plugin-ifcfg-rh.so`]: '' }, 'NetworkManager'],
  [
    'a directory of plugins without it',
    { ...release('rhel', '9.4', 'fedora'), ...manager, [`${plugins}/libnm-device-plugin-team.so`]: '' },
    '',
  ],
  [
    'plugins=keyfile',
    {
      ...release('rhel', '8.10', 'fedora'),
      ...manager,
      '/etc/NetworkManager/conf.d/9.conf': '[main]\nplugins=keyfile\n',
    },
    '',
  ],
  [
    "what the distribution ships in /usr/lib is read before an administrator's own plugins=",
    {
      ...release('rhel', '8.10', 'fedora'),
      ...manager,
      '/usr/lib/NetworkManager/conf.d/90-keyfile.conf': '[main]\nplugins=keyfile\n',
      '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=ifcfg-rh\n',
    },
    'NetworkManager',
  ],
  ...(
    [
      ['+=ifcfg-rh', 'keyfile', 'NetworkManager'],
      ['-=ifcfg-rh', 'keyfile,ifcfg-rh', ''],
      ['-=ifcfg-rh', null, ''],
      ['+=ibft', null, 'NetworkManager'],
    ] as const
  ).map(([change, first, readers]): readonly [string, Tree, string] => [
    `plugins${change} after ${first ?? 'nothing'}`,
    {
      ...release('rhel', '8.10', 'fedora'),
      ...manager,
      ...(first === null ? {} : { '/etc/NetworkManager/NetworkManager.conf': `[main]\nplugins=${first}\n` }),
      '/etc/NetworkManager/conf.d/9.conf': `[main]\nplugins${change}\n`,
    },
    readers,
  ]),
  ['the scripts alone', scripts, 'scripts'],
  [
    'both installed, the service off',
    { ...release('rhel', '8.10', 'fedora'), ...manager, ...scripts },
    'NetworkManager',
  ],
  [
    'both, the service on',
    { ...release('rhel', '7.9', 'fedora'), ...manager, ...scripts, ...service },
    'NetworkManager scripts',
  ],
  ['the service masked', { ...scripts, ...service, '/etc/systemd/system/network.service': { link: '/dev/null' } }, ''],
];

for (const [name, tree, readers] of cases)
  test(`${name}: ${readers || 'nobody'}`, () => {
    const { networkManager, scripts: byScripts } = tellIfcfgReaders(probeMachine(memorySystem(tree)));
    assert.equal([networkManager ? 'NetworkManager' : '', byScripts ? 'scripts' : ''].join(' ').trim(), readers);
  });

test('who acts on a tree with a file: NetworkManager by it, or the scripts', () => {
  const inUse = (tree: Tree) =>
    findManagers(memorySystem(tree), new Set())
      .uses.filter((use) => use.inUse)
      .map((use) => use.manager);
  assert.deepEqual(inUse({ ...release('rhel', '9.4', 'fedora'), ...manager, ...file }), ['ifcfg', 'networkmanager']);
  assert.deepEqual(inUse({ ...release('rhel', '9.4', 'fedora'), ...manager }), ['networkmanager']);
  assert.deepEqual(inUse(scripts), ['ifcfg']);
});

const below = (tree: Tree): Tree => Object.fromEntries(Object.entries(tree).map(([at, entry]) => [`/mnt${at}`, entry]));

test('a tree of nothing but ifcfg files is judged, file and line named', async () => {
  const system = memorySystem(
    below({ '/etc/sysconfig/network-scripts/ifcfg-wan': 'TYPE=Ethernet\nDEVICE="$NIC"\nBOOTPROTO=dhcp\n' }),
  );
  assert.equal(await main(['lint', '--root', '/mnt', '--format', 'concise'], system), 1);
  assert.match(system.stdout, /ifcfg-wan:3:1: FO101 warning/);
  assert.match(system.stdout + system.stderr, /ifcfg \(1 file\)/);
});

const cloudInit = (version: string): Tree => ({
  ...release('rhel', '9.2', 'fedora'),
  ...manager,
  '/usr/lib/systemd/systemd': '',
  '/usr/bin/cloud-init': '',
  '/usr/lib/python3.9/site-packages/cloudinit/version.py': `__VERSION__ = "${version}"\n`,
  '/etc/cloud/cloud.cfg': 'system_info: {distro: rhel, network: {renderers: [sysconfig, eni, netplan]}}\n',
  '/var/lib/cloud/seed/nocloud/network-config':
    'version: 1\nconfig:\n- type: physical\n  name: enp1s0\n  mac_address: "52:54:00:00:12:53"\n  subnets: [{type: dhcp}]\n',
});

test('cloud-init on RHEL is judged by the ifcfg files that it writes', async () => {
  const lint = async (version: string) => {
    const system = memorySystem(below(cloudInit(version)));
    await main(['lint', '--root', '/mnt', '--format', 'concise'], system);
    return system.stdout;
  };
  assert.match(
    await lint('22.4.2'),
    /FO112 error enp1s0: no network manager configures this master/,
    'NM_CONTROLLED=no leaves the master alone',
  );
  assert.doesNotMatch(await lint('25.1.4'), /FO112/);
});

test('install is refused where the scripts act, with what to do instead', async () => {
  const system = memorySystem(below(scripts));
  assert.equal(await main(['install', '--root', '/mnt'], system), 3);
  assert.match(system.stderr, /network-scripts runs no hook .* nothing has been changed/);
});
