/** A profile for any guest's master, beside NICs that shall stay down: said by the image's files, asked of NetworkManager. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { anyGuestPath } from '../../src/managers/networkmanager/render.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { askNetworkManager } from '../managers/networkmanager/daemon.ts';
import { machine } from '../trials/machine.ts';

const keyfile = (name: string, text: string): Record<string, MemoryEntry> => ({
  [`/etc/NetworkManager/system-connections/${name}.nmconnection`]: {
    text: `[connection]\nid=${name}\ntype=ethernet\n${text}`,
    mode: 0o600,
  },
});
const atRest = 'autoconnect=false\n';
const rhel: Record<string, MemoryEntry> = {
  '/etc/os-release': 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.10"\n',
  '/usr/lib64/NetworkManager/1.40.16-1.el8/libnm-settings-plugin-ifcfg-rh.so': '',
};

async function install(files: Readonly<Record<string, MemoryEntry>>, ...options: readonly string[]) {
  const system = memorySystem({ ...machine('debian13', ['networkmanager']), ...files });
  const status = await main(['install', '--root', '/', ...options], system);
  assert.equal(status, 0, system.stderr);
  const written = system.files.get(anyGuestPath);
  return { text: written?.kind === 'file' ? written.text : null, said: system.stdout };
}

test('a NIC whose keyfile or ifcfg file is not started by itself is left out, by the name or the MAC that is there', async () => {
  for (const [files, line] of [
    [keyfile('a', `interface-name=eth1\n${atRest}`), /^interface-name=!eth1;$/m],
    [keyfile('a', `${atRest}\n[match]\ninterface-name=eth1;eth2*;\n`), /^interface-name=!eth1;!eth2\*;$/m],
    [
      keyfile('a', `${atRest}\n[ethernet]\nmac-address=52:54:00:AA:00:01\n`),
      /^mac-address-blacklist=52:54:00:aa:00:01;$/m,
    ],
    [
      {
        ...rhel,
        '/etc/sysconfig/network-scripts/ifcfg-eth1': 'TYPE=Ethernet\nDEVICE=eth1\nONBOOT=no\nBOOTPROTO=dhcp\n',
      },
      /^interface-name=!eth1;$/m,
    ],
  ] as const) {
    const { text, said } = await install(files);
    assert.ok(text !== null, said);
    assert.match(text, line);
    assert.match(said, /brings up an ordinary one too that no profile is for; /);
  }
});

test('nothing is left out where nothing is at rest, and a profile that is for any NIC is named', async () => {
  assert.doesNotMatch((await install({})).text ?? '', /^interface-name|^mac-address/m);
  const { text, said } = await install(keyfile('any', atRest));
  assert.doesNotMatch(text ?? '', /^interface-name|^mac-address/m);
  assert.match(said, /no profile is for, \S+\/any\.nmconnection:1 or not; /);
});

test('NetworkManager starts it on other NICs, and not on those', async (context) => {
  const atRestNics = {
    ...keyfile('a', `interface-name=e3\n${atRest}`),
    ...keyfile('b', `interface-name=e4\n${atRest}`),
  };
  const { text } = await install(atRestNics);
  assert.ok(text !== null);
  const files = Object.fromEntries([
    ...Object.entries(atRestNics).map(([path, entry]) => [path, (entry as { text: string }).text]),
    [
      anyGuestPath,
      text.replace('driver=virtio_net;hv_netvsc;', 'driver=veth;').replaceAll('method=auto', 'method=disabled'),
    ],
    ['/etc/NetworkManager/NetworkManager.conf', '[main]\nno-auto-default=*\n'],
  ]) as Readonly<Record<string, string>>;
  const command =
    'nmcli -t -f DEVICE,STATE,CONNECTION device; chmod 600 /etc/NetworkManager/system-connections/*; nmcli connection reload; sleep 3; nmcli -t -f DEVICE,STATE,CONNECTION device';
  const answer = askNetworkManager(context, files, command);
  if (answer === null) return;
  assert.match(answer, /^e1:connect(?:ed|ing).*:failover-master$/m);
  assert.doesNotMatch(answer, /^e[34]:connect/m);
});
