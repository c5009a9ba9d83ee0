import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

let count = 0;
const planted: string[] = [];
/** A secret of which no part is a word of ours. */
function plant(): string {
  count += 1;
  const secret = `Zq${count}j${(count * 7919).toString(36)}Vk`;
  planted.push(secret);
  return secret;
}
/** 32 bytes in base 64. */
const key = () => `${plant()}${'q7'.repeat(22)}`.slice(0, 43).replace(/.$/, 'A=').padEnd(44, 'A');

/** Every kind of file with every kind of secret in it, and mistakes beside them, so that frames and messages show the lines. */
const entries: Readonly<Record<string, MemoryEntry>> = {
  '/etc/systemd/network/10-wg.netdev': `[NetDev]
Name=wg0 # the name
Kind=wireguard
[WireGuard]
PrivateKey=${plant()}\\
# between ${plant()}
 ${plant()} # ${plant()}
[WireGuardPeer]
PresharedKey=${key()}
PublicKey=${plant()} ; x
Endpiont=${plant()}
${plant()}
`,
  '/etc/systemd/network/11-sec.netdev': `[NetDev]
Name=sec0
Kind=macsec
[MACsecTransmitAssociation]
Key=${plant()} # x
Passphrase=${plant()}
`,
  '/etc/systemd/network/20-all.network': `# the password is ${plant()}
[Match]
Name=en* # ${plant().slice(0, 0)}
SSID=guests
[Network]
DHCP=yes
IPv6StableSecretAddress=${plant()}
[MobileNetwork]
Password=${plant()}
User=${plant()} # x
[Nothing]
Token=${plant()}
`,
  '/etc/systemd/network/raw.key': `${plant()}\n`,
  '/etc/systemd/network/30-raw.network': `${plant()}\n${plant()} = x\n`,
  '/etc/systemd/system/networking.service.d/x.conf': `[Service]
Environment=${plant()}
ExecStartPre=/bin/curl ${plant()}
`,
  '/etc/netplan/50-all.yaml': `# ${plant()}
network:
  version: 2
  wifis:
    wl0:
      auth: {key-management: eap, identity: ${plant()}, anonymous-identity: ${plant()}, password: "${plant()}"}
      access-points:
        net1: {password: "${plant()}"}
        net2: {auth: {password: ${plant()}, client-key-password: ${plant()}, oddity: ${plant()}}}
  modems:
    m0: {apn: ${plant()}, pin: ${plant()}, username: ${plant()}, password: ${plant()}}
  tunnels:
    wg1:
      mode: wireguard
      key: ${plant()}
      peers: [{keys: {public: ${plant()}, shared: ${plant()}}}]
    gre1: {mode: gre, keys: {input: ${plant()}}}
  ethernets:
    en1:
      dhcp4: true
      unknown-key: ${plant()}
      networkmanager: {passthrough: {"802-1x.password": ${plant()}, "vpn.data": ${plant()}}}
`,
  '/etc/netplan/60-broken.yaml': `network:\n  wifis: [\n  password: ${plant()}\n`,
  '/etc/netplan/70-raw.yaml': `${plant()}\n`,
  '/etc/NetworkManager/system-connections/a.nmconnection': {
    mode: 0o600,
    text: `[connection]
id=a
type=ethernet
# ${plant()}
[ethernet]
wake-on-lan-password=${plant()}
mac-address=${plant().slice(0, 0)}xx
[wifi-security]
key-mgmt=wpa-psk
psk=${plant()}
wep-key0=${plant()}
[802-1x]
identity=${plant()}
password=${plant()}
pac-file=${plant()}
[gsm]
number=${plant()}
[vpn]
data=${plant()}
[vpn-secrets]
any=${plant()}
[wireguard]
private-key=${plant()}
[odd]
thing=${plant()}
[ipv4]
method=auto
${plant()}
`,
  },
  '/etc/network/interfaces': `# ${plant()}
auto enp1s0
iface enp1s0 inet dhcp # ${plant().slice(0, 0)}
  wpa-psk ${plant()}
  wireless-key s:${plant()}
  odd-option ${plant()}
  pre-up wpa_passphrase net ${plant()} > /run/x
  up /usr/bin/tool -x ${plant()}
  up ip link set enp1s0 up; echo ${plant()}
  post-up TOKEN=${plant()} /bin/x
  down \\
   curl -d ${plant()}
iface enp2s0 inet dhcp
  ${plant()}
  pre-up
${plant()}
source /etc/network/more/*
`,
  '/etc/network/more/a': `iface wl1 inet dhcp\n  wpa-passphrase ${plant()}\n`,
  '/etc/network/wifi.key': `${plant()}\n`,
  '/etc/network/if-up.d/vpn': { text: `#!/bin/sh\nvpn --with ${plant()}\n`, mode: 0o755 },
  '/etc/udev/rules.d/70-x.rules': `# ${plant()}
SUBSYSTEM=="net", ENV{MY_TOKEN}="${plant()}", RUN+="/bin/tool ${plant()}", PROGRAM="/bin/ask ${plant()}"
SUBSYSTEM=="net", ACTION=="add", NAM="${plant().slice(0, 0)}x", ENV{thing}="${plant()}"
`,
  '/etc/cloud/cloud.cfg': 'datasource_list: [NoCloud]\n',
  '/etc/cloud/cloud.cfg.d/50-x.cfg': `#cloud-config
users: [{name: a, passwd: ${plant()}, ssh_authorized_keys: [ssh-rsa ${plant()}]}]
chpasswd: {list: "root:${plant()}"}
ssh_keys: {rsa_private: ${plant()}}
write_files: [{path: /x, content: ${plant()}}]
runcmd: [[sh, -c, ${plant()}]]
system_info: {default_user: {plain_text_passwd: ${plant()}}, network: {renderers: [netplan]}}
network: {version: 2, wifis: {wl2: {access-points: {n: {password: ${plant()}}}}}}
datasource: {MAAS: {consumer_key: ${plant()}}}
`,
  '/etc/cloud/cloud.cfg.d/raw.txt': plant(),
  '/var/lib/cloud/seed/nocloud/user-data': `#cloud-config\npassword: ${plant()}\nbootcmd: ["${plant()}"]\n`,
  '/proc/cmdline': `root=/dev/vda1 ip=dhcp token=${plant()} luks.key="${plant()} x" netroot=iscsi:u:${plant()}@h::: quiet\n`,
  '/etc/kernel/cmdline': `root=/dev/vda1 ip=dhcp odd=${plant()}\n`,
  '/etc/default/grub': `GRUB_CMDLINE_LINUX="rd.neednet=1 ip=dhcp pw=${plant()}"\nGRUB_SECRET=${plant()}\n`,
  '/etc/initramfs-tools/initramfs.conf': `MODULES=most\nDROPBEAR=${plant()}\n`,
  '/etc/default/networking': `ODD="${plant()} x"\n`,
  '/etc/dhcpcd.conf': `authtoken 1 x forever ${plant()}\n`,
  '/etc/dhcp/dhclient.conf': `send dhcp-client-identifier "${plant()}";\n`,
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/sbin/netplan': '',
  '/usr/sbin/ifup': '',
  '/usr/sbin/NetworkManager': '',
  '/sys/class/net/enp1s0/ifindex': '2\n',
  '/sys/class/net/enp1s0/type': '1\n',
  '/sys/class/net/enp1s0/address': '52:54:00:00:12:53\n',
};

const commands: readonly (readonly string[])[] = [
  ['snapshot'],
  ...['human', 'json', 'sarif', 'github', 'concise'].map((format) => ['lint', '--format', format, '--fail-on', 'info']),
  ['explain', 'master', '--all'],
  ['explain', 'enp1s0', '--json', '--all'],
  ['doctor'],
  ['doctor', '--json'],
  ['status'],
  ['install', '--dry-run', '--diff'],
  ['detect', '--json'],
];

test('more than 60 kinds of secrets, and none in any output', async () => {
  assert.ok(planted.length > 60, String(planted.length));
  for (const command of commands) {
    const system = memorySystem(entries);
    await main(command, system);
    const said = system.stdout + system.stderr;
    assert.ok(said.length > 0, command.join(' '));
    const shown = planted.filter((secret) => said.includes(secret));
    const where = shown.map((secret) => said.split('\n').find((line) => line.includes(secret)));
    assert.deepEqual(where, [], command.join(' '));
  }
});

test('lint still shows what is wrong beside them', async () => {
  const system = memorySystem(entries);
  await main(['lint'], system);
  for (const part of ['Name=wg0', 'unknown-key', 'Endpiont', 'ip=dhcp']) {
    assert.ok(system.stdout.includes(part), part);
  }
});
