/**
 * What `generate` writes for a bridge and a VLAN, under each manager in turn, started in a running guest: address on top, a
 * container behind the bridge, over re-plugs. And NetworkManager told to manage the VF, against our guard.
 */
import type { StackStep } from './kernel.ts';

export interface StackManager {
  readonly name: string;
  /** The words of `generate`. */
  readonly generate: string;
  readonly start: string;
  /** Its links are taken away after it. */
  readonly stop: string;
}

const networkd = {
  start: 'systemctl start systemd-networkd',
  stop: 'systemctl stop systemd-networkd.socket systemd-networkd 2>/dev/null',
};
const networkmanager = { start: 'systemctl start NetworkManager', stop: 'systemctl stop NetworkManager' };

export const stackManagers: readonly StackManager[] = [
  { name: 'networkd', generate: 'networkd', ...networkd },
  { name: 'netplan, networkd', generate: 'netplan', ...networkd, start: `netplan generate; ${networkd.start}` },
  {
    name: 'ifupdown',
    generate: 'ifupdown',
    start: 'ifup -a >/dev/null 2>&1',
    stop: 'ifdown -a >/dev/null 2>&1',
  },
  { name: 'NetworkManager', generate: 'networkmanager', ...networkmanager },
  {
    name: 'netplan, NetworkManager',
    generate: 'netplan --renderer NetworkManager',
    start: `netplan generate; ${networkmanager.start}`,
    stop: networkmanager.stop,
  },
];

/** Written and started; waits until `top` has an address. */
export function beginStack({ generate, start }: StackManager, options: string, top: string): string {
  return `failoverctl generate ${generate} --master $M ${options} --out / >/run/lab/written || exit 1
udevadm control --reload; udevadm trigger --action=change --subsystem-match=net; udevadm settle --timeout=100; systemctl daemon-reload
${start}
(await has_address ${top})`;
}

/** Taken away, with what a container had. */
export function endStack({ stop }: StackManager): string {
  return `${stop}
xargs -d '\\n' rm -f </run/lab/written; rm -rf /run/netplan /run/systemd/network/10-netplan* /run/NetworkManager/system-connections/* /run/NetworkManager/conf.d/* /run/udev/rules.d/*netplan*
for link in br0 vlan10 v0; do ip link delete $link; done 2>/dev/null
ip netns delete c 2>/dev/null
systemctl stop net-failover-promiscuity.service 2>/dev/null; systemctl daemon-reload; udevadm control --reload
udevadm trigger --action=change --subsystem-match=net; udevadm settle --timeout=100; ip address flush dev $M scope global; rm -rf /run/net-failover`;
}

/** Judged by `judge` as soon as `top` has an address; what fails there does not keep it from being taken away. */
function tryStack(manager: StackManager, options: string, top: string, judge: string): string {
  return [beginStack(manager, options, top), `(\n${judge}\n)`, endStack(manager)].join('\n');
}

const told = (link: string) =>
  `echo "${link} $(addresses ${link}), master $(addresses $M), VF $(addresses $V), standby $(addresses $S)"`;

const withBridge = (manager: StackManager): StackStep => ({
  name: `${manager.name}: --bridge br0, by DHCP`,
  script: tryStack(
    manager,
    '--bridge br0',
    'br0',
    `reach $host; ${told('br0')}
[ "$(cat /sys/class/net/br0/address)" = "$(cat /sys/class/net/$M/address)" ] && echo "the master's MAC"
make_container 10.66.0.31/24; echo "container $(behind)"; replug; echo "guest $(reach $host), container $(behind)"; ${told('br0')}
plug_out; echo "no VF: guest $(reach $host), container $(behind)"; plug_in; await has_carrier $V; promiscuity`,
  ),
  prints: [
    'reached | br0 1, master 0, VF 0, standby 0',
    "the master's MAC | container reached",
    'guest reached, container reached | br0 1, master 0, VF 0, standby 0',
    'no VF: guest reached, container reached | promiscuity 1 1 1',
  ].join(' | '),
});

const withVlan = (manager: StackManager, bridge: boolean): StackStep => ({
  name: `${manager.name}: --vlan 10${bridge ? ' --bridge br0' : ''}, a static address`,
  script: tryStack(
    manager,
    `--vlan 10 ${bridge ? '--bridge br0 ' : ''}--address 10.67.0.5/24`,
    bridge ? 'br0' : 'vlan10',
    `reach 10.67.0.1; ${told(bridge ? 'br0' : 'vlan10')}
replug; reach 10.67.0.1; ${bridge ? 'make_container 10.67.0.31/24; echo "container $(behind 10.67.0.1)"; replug; echo "container $(behind 10.67.0.1)"' : ':'}
plug_out; reach 10.67.0.1; plug_in; await has_carrier $V`,
  ),
  prints: [
    `reached | ${bridge ? 'br0' : 'vlan10'} 1, master 0, VF 0, standby 0 | reached`,
    ...(bridge ? ['container reached | container reached'] : []),
    'reached',
  ].join(' | '),
});

const guardAgainstNmcli: StackStep = {
  name: "NetworkManager's guard: 'nmcli device set VF managed yes' and 'nmcli connection up' on the VF, over a re-plug",
  script: `failoverctl install --manager networkmanager --dhcp4 >/run/lab/told 2>&1 || { cat /run/lab/told; exit 1; }
udevadm control --reload; udevadm trigger --action=change --subsystem-match=net; udevadm settle --timeout=100
systemctl start NetworkManager; await has_address $M; reach $host
state() { nmcli -g GENERAL.STATE device show $V | sed 's/ .*//'; }
told() { echo "$1: state $(state), VF $(addresses $V), master $(addresses $M), $(reach $host)"; }
told 'at first'
nmcli device set $V managed yes; sleep 3; told 'managed yes'
replug; sleep 3; told 're-plugged'
nmcli connection add type ethernet ifname $V con-name lab >/dev/null; nmcli --wait 60 connection up lab >/dev/null 2>&1; sleep 3; told 'connection up'
replug; sleep 3; told 're-plugged'
nmcli connection delete lab >/dev/null; systemctl stop NetworkManager; failoverctl uninstall >/dev/null 2>&1; ip address flush dev $M scope global`,
  prints: null,
};

const networkdPromiscuous: StackStep = {
  name: "networkd's own [Link] Promiscuous= for the slaves, in place of the guard's Unmanaged=: over re-plugs",
  script: tryStack(
    { name: '', generate: 'networkd', ...networkd },
    '--bridge br0',
    'br0',
    `${networkd.stop}; systemctl stop net-failover-promiscuity.service; rm -f /etc/udev/rules.d/93-net-failover-promiscuity.rules; udevadm control --reload
sed -i 's/^Unmanaged=yes/Promiscuous=yes\\nRequiredForOnline=no/' /etc/systemd/network/05-failover-slaves*.network
printf '\\n[Network]\\nLinkLocalAddressing=no\\nKeepMaster=yes\\n' | tee -a /etc/systemd/network/05-failover-slaves.network >>/etc/systemd/network/05-failover-slaves-by-mac.network
sed -i 's/, ENV{ID_NET_MANAGED_BY}="unmanaged"//' /etc/udev/rules.d/92-net-failover.rules; udevadm control --reload; udevadm trigger --action=change --subsystem-match=net; udevadm settle
${networkd.start}; reach $host; make_container 10.66.0.31/24; sleep 3; promiscuity; echo "container $(behind)"
for _ in 1 2 3; do replug; sleep 3; echo "$(promiscuity), container $(behind), standby $(enslaved $S), VF $(enslaved $V), $(addresses $V)"; done
networkctl --no-pager --no-legend list | sed 's/  */ /g'`,
  ),
  prints: null,
};

export const managedSteps: readonly StackStep[] = [
  ...stackManagers.map(withBridge),
  guardAgainstNmcli,
  ...stackManagers.map((manager) => withVlan(manager, true)),
  ...stackManagers.map((manager) => withVlan(manager, false)),
  networkdPromiscuous,
];
