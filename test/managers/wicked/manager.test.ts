import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findManagers } from '../../../src/inventory/managers-in-use.ts';
import { main } from '../../../src/main.ts';
import { wicked } from '../../../src/managers/wicked/manager.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest } from '../guest.ts';

function judge(files: Readonly<Record<string, string>>) {
  const list = Object.entries(files).map(([name, text]) => configFile(`/etc/sysconfig/network/${name}`, text));
  return wicked.judge(list, assumedGuest(252), { include: () => [] });
}

function effects(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const told = judge(files).decisions.flatMap(({ link, winners }) =>
    winners.map(({ verdict, effects: list }) => {
      const kinds = list.filter(({ kind }) => kind !== 'client-id');
      return [link.name, `${verdict} ${kinds.map(({ kind, detail }) => [kind, detail].join(' ').trim()).join(', ')}`];
    }),
  );
  return Object.fromEntries(told) as Readonly<Record<string, string>>;
}

test('the file’s name is the link’s, and a link without one is left alone', () => {
  assert.deepEqual(effects({ 'ifcfg-ens11': "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n" }), {
    ens11: 'yes up, dhcp4, dhcp6, ra',
  });
  assert.deepEqual(effects({ 'ifcfg-eth9': 'BOOTPROTO=dhcp\nSTARTMODE=auto\n', 'ifcfg-lo': '' }), {});
  for (const suffix of ['~', '.bak', '.old', '.orig', '.rpmsave', '.rpmnew'])
    assert.deepEqual(effects({ [`ifcfg-ens10${suffix}`]: 'STARTMODE=auto\n' }), {}, suffix);
});

test('STARTMODE: off and manual, which is its default, bring nothing up', () => {
  for (const mode of ['STARTMODE=off\n', 'STARTMODE=manual\n', '', 'STARTMODE=\n'])
    assert.deepEqual(effects({ 'ifcfg-ens10': `BOOTPROTO=dhcp\n${mode}` }), {}, mode);
  for (const mode of ['auto', 'hotplug', 'ifplugd', 'nfsroot', 'onboot'])
    assert.deepEqual(effects({ 'ifcfg-ens10': `BOOTPROTO=dhcp4\nSTARTMODE=${mode}\n` }), {
      ens10: 'yes up, dhcp4, ra',
    });
});

test('addresses, a MAC, an MTU', () => {
  const text =
    "STARTMODE=auto\nBOOTPROTO=static\nIPADDR='192.0.2.5/24'\nIPADDR_1=192.0.2.6\nPREFIXLEN_1=25\nMTU=1400\nLLADDR=52:54:00:00:12:53\n";
  assert.deepEqual(effects({ 'ifcfg-ens10': text }), {
    ens10: 'yes up, address 192.0.2.5/24, address 192.0.2.6/25, ra, mtu 1400, mac 52:54:00:00:12:53',
  });
  assert.deepEqual(effects({ 'ifcfg-ens10': 'STARTMODE=auto\nBOOTPROTO=none\nIPADDR=192.0.2.5/24\n' }), {
    ens10: 'yes up',
  });
});

test('a bridge, a bond and a VLAN name their ports themselves', () => {
  const bridge = "STARTMODE=auto\nBOOTPROTO=dhcp\nBRIDGE=yes\nBRIDGE_PORTS='ens10 eth7'\n";
  assert.deepEqual(effects({ 'ifcfg-br0': bridge }), { ens10: 'yes enslave br0' });
  const bond =
    "STARTMODE=auto\nBONDING_MASTER=yes\nBONDING_SLAVE0=ens10\nBONDING_MODULE_OPTS='mode=802.3ad miimon=100'\n";
  const { netdevs = [] } = judge({ 'ifcfg-bond0': bond });
  assert.deepEqual(
    netdevs.map(({ kind, mode, ports }) => [kind, mode?.value, ports.map(({ value }) => value)]),
    [['bond', '802.3ad', ['ens10']]],
  );
  assert.deepEqual(effects({ 'ifcfg-vlan5': 'STARTMODE=auto\nETHERDEVICE=ens10\nVLAN_ID=5\n' }), {
    ens10: 'yes stack vlan5',
  });
});

test('what needs a shell is maybe, with the reason; a word that is none is told', () => {
  const files = { 'ifcfg-ens10': 'STARTMODE=auto\nBOOTPROTO="$PROTO"\nexport MTU=9\n' };
  const { decisions, problems } = judge(files);
  const [claim] = decisions.find(({ link }) => link.name === 'ens10')?.winners ?? [];
  assert.deepEqual(
    [claim?.verdict, claim?.reason],
    ['maybe', 'the file is called ifcfg-ens10; BOOTPROTO needs a shell'],
  );
  assert.deepEqual(
    problems.map(({ kind }) => kind),
    ['bad-value', 'ignored'],
  );
  assert.match(judge({ 'ifcfg-ens10': 'STARTMODE=yes\n' }).problems[0]?.message ?? '', /^STARTMODE=yes; expected auto/);
});

const sles: Readonly<Record<string, MemoryEntry>> = {
  '/mnt/etc/os-release': 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.6"\n',
  '/mnt/usr/sbin/wicked': '',
  '/mnt/usr/sbin/ifup': { link: 'wicked' },
  '/mnt/etc/systemd/system/network.service': { link: '/usr/lib/systemd/system/wicked.service' },
  '/mnt/usr/lib/systemd/system/wicked.service': '[Service]\n',
  '/mnt/etc/sysconfig/network/ifcfg-enp2s0': "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n",
};

test('a SLES tree: who claims what, and install says what to do instead', async () => {
  const lint = memorySystem(sles);
  assert.equal(await main(['lint', '--root', '/mnt', '--format', 'concise'], lint), 1);
  assert.match(lint.stdout + lint.stderr, /wicked/);
  const fixes = memorySystem(sles);
  await main(['lint', '--root', '/mnt', '--diff'], fixes);
  assert.doesNotMatch(fixes.stdout, /92-net-failover/, 'the udev rules alone do not keep wicked off');
  const install = memorySystem(sles);
  assert.equal(await main(['install', '--root', '/mnt'], install), 3);
  assert.match(install.stderr, /STARTMODE=off in them; nothing has been changed/);
});

test('a link of another name may be the master of a guest whose names are assumed; a bridge, or what is not started, is not', async () => {
  const lint = async (name: string, text: string) => {
    const { '/mnt/etc/sysconfig/network/ifcfg-enp2s0': _, ...rest } = sles;
    const system = memorySystem({ ...rest, [`/mnt/etc/sysconfig/network/${name}`]: text });
    await main(['lint', '--root', '/mnt', '--format', 'concise'], system);
    return /FO112/.test(system.stdout);
  };
  assert.equal(await lint('ifcfg-eth0', 'STARTMODE=auto\nBOOTPROTO=dhcp\n'), false);
  assert.equal(await lint('ifcfg-eth0', 'STARTMODE=off\nBOOTPROTO=dhcp\n'), true);
  assert.equal(await lint('ifcfg-br0', 'STARTMODE=auto\nBOOTPROTO=dhcp\nBRIDGE=yes\n'), true);
  assert.equal(await lint('ifcfg-br0', 'STARTMODE=auto\nBOOTPROTO=dhcp\nBRIDGE=yes\nBRIDGE_PORTS=eth0\n'), false);
  assert.equal(await lint('ifcfg-vlan5', 'STARTMODE=auto\nBOOTPROTO=dhcp\nETHERDEVICE=eth0\n'), false);
});

test('in use where it is started, not where NetworkManager is', () => {
  const uses = (alias: string) =>
    findManagers(
      memorySystem({
        '/usr/sbin/wicked': '',
        '/usr/sbin/NetworkManager': '',
        '/etc/systemd/system/network.service': { link: alias },
      }),
      new Set(),
    ).uses.find(({ manager }) => manager === 'wicked')?.inUse;
  assert.equal(uses('/usr/lib/systemd/system/wicked.service'), true);
  assert.equal(uses('/usr/lib/systemd/system/NetworkManager.service'), false);
});
