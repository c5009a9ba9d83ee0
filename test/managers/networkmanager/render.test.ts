import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isProfileName } from '../../../src/managers/link-names.ts';
import { guardPath, renderNetworkManager } from '../../../src/managers/networkmanager/render.ts';
import { topOf } from '../../../src/managers/master-config.ts';
import { allConfigs, azure, dhcp, ens10, fileAt, fixed, settings, stackConfigs } from '../master-configs.ts';

const profilePath = '/etc/NetworkManager/system-connections/failover-ens10.nmconnection';
const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

test('the guard of this guest leaves out its masters', () => {
  const guard = fileAt(renderNetworkManager({ ...dhcp, masters: [ens10, azure] }), guardPath);
  assert.equal(guard.mode, 0o644);
  assert.equal(
    settings(guard),
    `[device-failover-standby]
match-device=interface-name:*nsby
managed=0

[device-failover-slaves]
match-device=mac:52:54:00:00:12:53,mac:00:0d:3a:00:00:01,except:interface-name:=ens10,except:interface-name:=eth0
managed=0`,
  );
});

test('a profile is for root alone, and bound to the name', () => {
  const profile = fileAt(renderNetworkManager(dhcp), profilePath);
  assert.equal(profile.mode, 0o600);
  assert.equal(
    settings(profile),
    `[connection]
id=failover-ens10
type=ethernet
interface-name=ens10
autoconnect-priority=100

[ipv4]
method=auto
dhcp-client-id=mac

[ipv6]
method=link-local`,
  );
});

test('static addresses, gateways with a metric, name servers, MTU', () => {
  assert.equal(
    settings(fileAt(renderNetworkManager(fixed), profilePath)).split('autoconnect-priority=100\n\n')[1],
    `[ethernet]
mtu=1400

[ipv4]
method=manual
address1=192.0.2.5/24
address2=198.51.100.5/24
gateway=192.0.2.1
dns=192.0.2.53;
route-metric=50

[ipv6]
method=manual
address1=2001:db8::5/64
gateway=2001:db8::1
dns=2001:db8::53;
route-metric=50`,
  );
});

test('in any guest the profile yields to every other, but not to a wired connection of NetworkManager itself', () => {
  const files = renderNetworkManager({ ...dhcp, masters: null });
  const profile = fileAt(files, '/etc/NetworkManager/system-connections/failover-master.nmconnection');
  assert.match(
    profile.text,
    /^autoconnect-priority=-998\nmulti-connect=3\n\n\[match\]\ndriver=virtio_net;hv_netvsc;$/m,
  );
  for (const { text } of files) assert.doesNotMatch(text, /[0-9a-f]{2}(?::[0-9a-f]{2}){5}|ens10/);
});

test('a name that a device spec or a file name cannot hold is told', () => {
  for (const name of ['ens10', 'enp1s0', 'eth0.5', 'a-b_c']) assert.ok(isProfileName(name), name);
  for (const name of ['a;b', 'a,b', 'a*', '..', '-x', '$(id)', '=a', 'a b', 'a\\b', ''])
    assert.ok(!isProfileName(name), name);
});

test(
  'nmcli reads every profile and keeps what it says',
  { skip: hasProgram('nmcli') ? false : 'nmcli (network-manager) is not installed' },
  () => {
    for (const config of [...allConfigs, ...stackConfigs]) {
      for (const { path, text } of renderNetworkManager(config).filter((file) => file.path.endsWith('.nmconnection'))) {
        const { status, stdout, stderr } = spawnSync(
          'nmcli',
          ['--offline', 'connection', 'modify', 'connection.stable-id', 'x'],
          { input: text, encoding: 'utf8' },
        );
        assert.equal(stderr, '', path);
        assert.equal(status, 0);
        const said = settings({ path, text, mode: 0 })
          .split('\n')
          .filter((line) => line !== '' && !/^gateway=|^address1=/.test(line));
        const kept = new Set(stdout.split('\n'));
        // In its own form the gateway is a part of the first address.
        assert.deepEqual(
          said.filter((line) => !kept.has(line)),
          [],
          stdout,
        );
        // what carries the link with the addresses has none
        if (config.stack !== undefined && !path.endsWith(`failover-${topOf(config.stack)}.nmconnection`)) continue;
        for (const address of config.addresses) assert.match(stdout, new RegExp(`^address\\d=${address}`, 'm'));
        for (const gateway of config.gateways)
          assert.match(stdout, new RegExp(`^address\\d=.*,${gateway}$|^gateway=${gateway}$`, 'm'));
      }
    }
  },
);

test(
  'NetworkManager reads the guard',
  { skip: hasProgram('NetworkManager') ? false : 'NetworkManager is not installed' },
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'failoverctl-nm-'));
    try {
      const file = join(directory, 'guard.conf');
      writeFileSync(file, fileAt(renderNetworkManager(dhcp), guardPath).text);
      const { status, stdout, stderr } = spawnSync(
        'NetworkManager',
        ['--print-config', `--config=${file}`, '--config-dir=/none', '--system-config-dir=/none'],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^match-device=mac:52:54:00:00:12:53,except:interface-name:=ens10$/m);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
