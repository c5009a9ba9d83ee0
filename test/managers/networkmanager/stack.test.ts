/** A bridge on a master has its MAC, and so have the slaves that the guard tells by it: NetworkManager itself is asked. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderNetworkManager } from '../../../src/managers/networkmanager/render.ts';
import { dhcp } from '../master-configs.ts';
import { askNetworkManager } from './daemon.ts';

const mac = '52:54:00:00:12:53';
const tree = join(homedir(), '.cache/failoverctl-oracles/trixie-network');

/** e0 is the master, e1 a slave: they get the MAC that the files name before NetworkManager reads them. */
const command = `
for link in e0 e1; do ip link set $link down; ip link set $link address ${mac}; ip link set $link up; done
chmod 600 $at/etc/NetworkManager/system-connections/*
nmcli general reload conf; nmcli connection reload
try=0
until nmcli -t -f DEVICE,STATE device | grep -q '^br0:connected' || [ $try -gt 60 ]; do sleep 0.5; try=$((try+1)); done
states() { nmcli -t -f DEVICE,STATE device | grep -E '^(e0|br0):' | sort; }
states
ip -o -4 address show dev br0 | sed 's/.*inet \\([^ ]*\\) .*/\\1/'; cat $at/sys/class/net/br0/address
readlink $at/sys/class/net/e0/master | sed 's/.*net.//'
kill $(cat $at/run/NetworkManager/NetworkManager.pid); sleep 3
NetworkManager --no-daemon > $1/log2 2>&1 &
try=0
until nmcli -t -f DEVICE,STATE device 2>/dev/null | grep -q '^br0:\\(connected\\|unmanaged\\)' || [ $try -gt 60 ]; do sleep 0.5; try=$((try+1)); done
sleep 2; states
`;

for (const [title, root] of [
  ['this machine', ''],
  ['Debian 13', tree],
] as const)
  test(
    `${title}: the guard by MAC leaves the bridge to NetworkManager, also when that starts again`,
    { skip: root === '' || existsSync(root) ? false : `${root} is missing` },
    (context) => {
      const files = renderNetworkManager({
        ...dhcp,
        masters: [{ kind: 'net_failover', name: 'e0', mac }],
        dhcp4: false,
        addresses: ['192.0.2.5/24'],
        stack: { bridge: 'br0', vlan: null },
      });
      const said = askNetworkManager(
        context,
        Object.fromEntries(files.map(({ path, text }) => [path, text])),
        command,
        root,
      );
      if (said === null) return;
      assert.equal(said, `br0:connected\ne0:connected\n192.0.2.5/24\n${mac}\n../br0\nbr0:connected\ne0:connected\n`);
    },
  );
