import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clearSecrets } from '../../src/secrets/clear.ts';
import { parseYamlTree } from '../../src/text/yaml-tree.ts';

/** The word `sesame` stands where a secret is; it may stand nowhere afterwards. `open` is needed and stays, `other` may go. */
const files: Readonly<Record<string, string>> = {
  '/etc/netplan/50-wifi.yaml': `network:
  version: 2
  wifis:
    wlopen:
      access-points:
        "open":
          password: "sesame and more"
        open2:
          auth:
            key-management: eap # other
            identity: sesame@example
            password: >-
              sesame
              sesame
            client-key-password: 'sesame'
      dhcp4: true
  tunnels:
    wgopen:
      mode: wireguard
      key: sesame=
      peers:
        - {keys: {public: sesame, shared: sesame}, allowed-ips: [10.0.0.0/8], endpoint: open}
  ethernets:
    open: {ipv6-address-token: "::2", dhcp-identifier: mac}
`,
  '/etc/netplan/60-broken.yaml': `network:
  password:
    sesame
  wifis: [open
  psk: "sesame"
`,
  '/etc/sysconfig/network-scripts/ifcfg-open': `DEVICE=open
ESSID="sesame" # sesame
IPADDR0=open
BONDING_OPTS="mode=open"
IPV6_PRIVACY=open
WPA_PSK="sesame"
KEY1=sesame
IEEE_8021X_PASSWORD='sesame and more'
export KEY=sesame
# sesame
`,
  '/etc/sysconfig/network-scripts/keys-open': 'KEY_PASSPHRASE1=sesame\n# sesame\n',
  '/etc/NetworkManager/system-connections/wifi.nmconnection': `[connection]
id=open
[wifi-security]
key-mgmt=wpa-psk
psk-flags=1
psk=sesame, with # and ; and spaces sesame
wep-key0=sesame
[802-1x]
identity=sesame
password-raw=1;2;sesame
private-key-password=sesame
[wireguard]
private-key=sesame
[wireguard-peer.open]
preshared-key=sesame
[vpn-secrets]
Xauth=sesame
[ipv6]
token=::1
method=open
`,
  '/etc/systemd/network/wg.netdev': `[NetDev]
Name=open
[WireGuard]
PrivateKey=sesame\\
 sesame
PrivateKeyFile=/open
# PresharedKey=sesame
[WireGuardPeer]
PresharedKey = sesame
[IPv6AcceptRA]
Token=::other
`,
  '/etc/network/interfaces': `auto open
iface open inet dhcp
    wpa-ssid other
    wpa-psk sesame
    wpa-passphrase sesame and sesame
    wireless-key s:sesame
    up connect --password sesame other
    up iw dev wlan0 connect other key 0:sesame
    # wpa-psk sesame
    up fetch https://user:sesame@other/
    up curl -H "Authorization: Bearer sesame" other
    up curl -u user:sesame other
`,
  '/etc/dhcp/dhclient.conf': `send host-name = other;
zone other { primary 127.0.0.1; key { algorithm other; secret sesame; } }
`,
  '/etc/cloud/cloud.cfg': `# password: sesame
system_info:
  default_user:
    sudo: ["ALL=(ALL) NOPASSWD:other"]
    groups: [other, "--password=sesame"] # token: sesame
users: [sesame]
datasource_list: [open]
`,
  '/var/lib/cloud/seed/nocloud/user-data': `#cloud-config
network: {version: 2, ethernets: {open: {}}}
users:
  - name: sesame
    lock_passwd: true
chpasswd: {list: "root:sesame"}
runcmd: [curl sesame]
`,
  '/var/lib/cloud/seed/nocloud-net/user-data': `#!/bin/sh
echo sesame
`,
  '/etc/cloud/cloud.cfg.d/90-x.cfg': `network: {config: disabled} # other
datasource: {MAAS: {consumer_key: sesame, token_secret: sesame}}
write_files:
  - content: |
      sesame
`,
  '/proc/cmdline': 'root=open luks.password=sesame quiet netroot=iscsi:user:sesame@other::::other',
  '/etc/machine-id': 'sesame\n',
  '/etc/udev/rules.d/x.rules':
    'ENV{ID_SECURITY_TOKEN}="open", RUN+="/bin/curl --token=sesame --password sesame", ENV{ID_X}="open"\n# -----BEGIN EC PRIVATE KEY-----\n# sesame\n# -----END EC PRIVATE KEY-----\n',
};

const faultsOf = (path: string, text: string) => parseYamlTree({ path, text }).faults.map(({ message }) => message);

for (const [path, text] of Object.entries(files)) {
  test(`no secret stays in ${path}, and everything else does`, () => {
    const { text: clear, secrets } = clearSecrets(path, text);
    assert.ok(!clear.includes('sesame'), clear);
    assert.equal(clear.length, text.length, 'every place stays where it was');
    assert.equal(clear.split('open').length, text.split('open').length, clear);
    assert.equal(clear.split('\n').length, text.split('\n').length);
    assert.ok(secrets.length > 0);
    if (/\.(?:yaml|cfg)$|-data$/.test(path)) assert.deepEqual(faultsOf(path, clear), faultsOf(path, text));
    const cleared = clearSecrets(path, clear);
    assert.equal(cleared.text, clear, 'nothing more is found afterwards');
  });
}

test('what is no secret stays as it is', () => {
  for (const [path, text] of [
    ['/etc/systemd/network/a.network', '[Match]\nName=en*\n[IPv6AcceptRA]\nToken=prefixstable\n[DHCPv4]\nUseMTU=yes\n'],
    ['/etc/netplan/a.yaml', 'network:\n  ethernets:\n    a: {dhcp-identifier: mac, passive: true}\n'],
    ['/usr/lib/udev/rules.d/a.rules', 'ENV{ID_SECURITY_TOKEN}=="1", PROGRAM="passwd --key=1"\n'],
    [
      '/etc/network/interfaces',
      '# failoverctl: ignore FO101 the passwords are kept elsewhere\niface eth0 inet dhcp\n  bridge-ports none\n',
    ],
  ] as const) {
    assert.deepEqual(clearSecrets(path, text).text, text);
  }
});

test('any text keeps its length and its lines', () => {
  const word = fc.constantFrom(
    'password',
    'psk',
    ':',
    '=',
    ' ',
    '\n',
    '"',
    "'",
    '|',
    '\\',
    '#',
    '{',
    '}',
    '-',
    'a',
    '\udc80',
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(files)), fc.array(word, { maxLength: 40 }), (path, words) => {
      const text = words.join('');
      const { text: clear } = clearSecrets(path, text);
      assert.equal(clear.length, text.length);
      assert.equal(clear.split('\n').length, text.split('\n').length);
    }),
    { numRuns: 2000 },
  );
});

test('secrets that stand in commands, in the environment and in dhcpcd.conf', () => {
  for (const [path, line] of [
    ['/etc/network/interfaces', '  pre-up sshpass -p hunter2-a ssh host true'],
    ['/etc/network/interfaces', '  pre-up wpa_passphrase "my net" hunter2-b >/run/wpa.conf'],
    ['/etc/dhcpcd.conf', 'authtoken 1 realm forever hunter2-c'],
    ['/proc/cmdline', 'root=/dev/vda1 cryptopass=hunter2-d quiet'],
    ['/etc/udev/rules.d/50-x.rules', 'ACTION=="add", ENV{TOKEN}="hunter2-e", NAME="lan0"'],
    ['/etc/default/networking', 'DROPBEAR_KEY=hunter2-f'],
  ] as const) {
    const { text, secrets } = clearSecrets(path, `${line}\n`);
    assert.doesNotMatch(text, /hunter2/, line);
    assert.equal(text.length, line.length + 1);
    assert.equal(secrets.length, 1, line);
  }
});
