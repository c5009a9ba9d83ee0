/** What the kernel does with what stands on a master, untouched and with the remedy. In one guest, in this order; nothing configures links. */

export interface StackStep {
  readonly name: string;
  /** For sh, behind prelude.sh. */
  readonly script: string;
  /** What it prints: its lines, with " | " between them. Null: that is only told. */
  readonly prints: string | null;
}

const set = (modes: string) => `for link in $M $V $S; do ip link set $link ${modes}; done`;

export const kernelSteps: readonly StackStep[] = [
  {
    name: 'a bridge on the master with a MAC of its own, and a container behind it (e1000e filters by MAC as a VF does, but for one that hashes as a multicast group does)',
    script: `${set('up')}
await has_carrier $V
ip link add br0 address 02:00:00:7a:3b:5c type bridge stp_state 0 forward_delay 0
ip link set $M master br0 && ip link set br0 up && ip address add 10.66.0.30/24 dev br0
make_container 10.66.0.31/24
echo "guest $(reach $host), container $(behind)"; promiscuity; problems bridge-behind-vf`,
    prints: 'guest dark, container dark | promiscuity 1 0 0 | bridge-behind-vf',
  },
  {
    name: "the bridge with the master's MAC: the guest is reached, over a re-plug and without the VF; the container never",
    script: `ip link set br0 address "$(cat /sys/class/net/$M/address)"
echo "guest $(reach $host), container $(behind)"
plug_out; echo "no VF: guest $(reach $host), container $(behind)"
ip link set $S promisc on; echo "standby promiscuous: container $(behind)"; ip link set $S promisc off
plug_in; await has_carrier $V; echo "guest $(reach $host), container $(behind)"`,
    prints:
      'guest reached, container dark | no VF: guest reached, container dark | standby promiscuous: container reached | guest reached, container dark',
  },
  {
    name: 'the VF set promiscuous by hand: until the next re-plug',
    script: `ip link set $V promisc on; echo "container $(behind)"; replug; echo "container $(behind)"; promiscuity`,
    prints: 'container reached | container dark | promiscuity 1 0 0',
  },
  {
    name: 'install --bridge: over three re-plugs, and without the VF; taken back with the bridge, and by uninstall',
    script: `files() { find /etc /usr/local /var/lib/failoverctl 2>/dev/null | sort; }
before=$(files)
failoverctl install --bridge --manager networkd --guard-only --now >/run/lab/told 2>&1 || { cat /run/lab/told; exit 1; }
echo "container $(behind)"; promiscuity; problems bridge-behind-vf
for _ in 1 2 3; do replug; echo "container $(behind)"; done
plug_out; echo "no VF: container $(behind)"; plug_in; await has_carrier $V
ip link set $M nomaster; sleep 2; promiscuity; ip link set $M master br0; sleep 2; promiscuity
failoverctl uninstall --now >/run/lab/told 2>&1 || cat /run/lab/told
promiscuity; [ "$(files)" = "$before" ] && echo 'every file as before'; systemctl is-active net-failover-promiscuity.service
ip link delete br0; ip link delete v0; ip netns delete c`,
    prints:
      'container reached | promiscuity 1 1 1 |  | container reached | container reached | container reached | no VF: container reached | promiscuity 0 0 0 | promiscuity 1 1 1 | promiscuity 1 0 0 | every file as before | inactive',
  },
  {
    name: 'a VLAN: the kernel gives it to the VF that comes back',
    script: `ip link add link $M name vlan10 type vlan id 10 && ip link set vlan10 up && ip address add 10.67.0.5/24 dev vlan10
reach 10.67.0.1; replug; reach 10.67.0.1; plug_out; reach 10.67.0.1; plug_in; await has_carrier $V; reach 10.67.0.1
ip link delete vlan10`,
    prints: 'reached | reached | reached | reached',
  },
  {
    name: 'a macvlan with a MAC of its own, in a namespace: the kernel gives its MAC to the VF that comes back',
    script: `ip netns add c; ip link add link $M name mv0 address 02:00:00:7a:3b:5d type macvlan mode bridge
ip link set mv0 netns c; ip -n c link set mv0 up; ip -n c address add 10.66.0.32/24 dev mv0
behind; replug; behind; plug_out; behind; plug_in; await has_carrier $V; behind; promiscuity; ip netns delete c`,
    prints: 'reached | reached | reached | reached | promiscuity 0 0 0',
  },
  {
    name: 'a macvtap: its MAC is in the filters of both slaves, over a re-plug',
    script: `filters() { for link in $V $S; do bridge fdb show dev $link | grep -q 02:00:00:7a:3b:5e && echo has || echo lacks; done | paste -s -d' '; }
ip link add link $M name mt0 address 02:00:00:7a:3b:5e type macvtap mode bridge; ip link set mt0 up
filters; replug; filters; ip link delete mt0; filters`,
    prints: 'has has | has has | lacks lacks',
  },
  {
    name: "an IPvlan, which has the master's MAC, in a namespace",
    script: `ip netns add c; ip link add link $M name iv0 type ipvlan mode l2
ip link set iv0 netns c; ip -n c link set iv0 up; ip -n c address add 10.66.0.33/24 dev iv0
behind; replug; behind; plug_out; behind; plug_in; await has_carrier $V; behind; ip netns delete c`,
    prints: 'reached | reached | reached | reached',
  },
  {
    name: "WireGuard over the master, to a peer beyond the segment's relay: it needs no more than the master's address",
    script: `ip netns add c; ip link add link $M name mv0 address 02:00:00:7a:3b:5d type macvlan mode bridge
ip link set mv0 netns c; ip -n c link set mv0 up; ip -n c address add 10.66.0.32/24 dev mv0; ip address add 10.66.0.30/24 dev $M
umask 077; for end in a b; do wg genkey >/run/lab/$end; done
ip link add wg0 type wireguard; wg set wg0 private-key /run/lab/a listen-port 51820 peer "$(wg pubkey </run/lab/b)" endpoint $host:51820 allowed-ips 10.68.0.2/32
ip -n c link add wg1 type wireguard; container wg set wg1 private-key /run/lab/b listen-port 51820 peer "$(wg pubkey </run/lab/a)" endpoint $host:51821 allowed-ips 10.68.0.1/32 persistent-keepalive 1
ip address add 10.68.0.1/24 dev wg0; ip link set wg0 up; ip -n c address add 10.68.0.2/24 dev wg1; ip -n c link set wg1 up
reach 10.68.0.2; replug; reach 10.68.0.2; plug_out; reach 10.68.0.2; plug_in; await has_carrier $V; reach 10.68.0.2
ip link delete wg0; ip netns delete c; ip address flush dev $M scope global`,
    prints: 'reached | reached | reached | reached',
  },
  {
    name: 'a VRF with the master as its port, over a re-plug',
    script: `ip link add vrf0 type vrf table 10 && ip link set vrf0 up && ip link set $M master vrf0
ip address add 10.66.0.30/24 dev $M
reach $host ip vrf exec vrf0; replug; reach $host ip vrf exec vrf0; plug_out; reach $host ip vrf exec vrf0; plug_in
ip address flush dev $M scope global; ip link set $M nomaster; ip link delete vrf0`,
    prints: 'reached | reached | reached',
  },
  {
    name: 'a bond: refused as second port and in other modes, unless fail_over_mac=active',
    script: `bond() { ip link add bond0 type bond "$@"; ip link add dummy0 type dummy; ip link set dummy0 down; ip link set $M down; }
away() { ip link delete bond0; ip link delete dummy0; }
bond mode active-backup; echo "first: $(refused ip link set $M master bond0)"; away
bond mode active-backup; ip link set dummy0 master bond0; echo "second: $(refused ip link set $M master bond0)"; away
bond mode balance-rr; echo "balance-rr: $(refused ip link set $M master bond0)"; away
bond mode balance-rr fail_over_mac active; echo "balance-rr, fail_over_mac: $(refused ip link set $M master bond0)"; away
bond mode active-backup fail_over_mac active; ip link set dummy0 master bond0
echo "fail_over_mac: $(refused ip link set $M master bond0)"
ip link set bond0 up; ip link set dummy0 nomaster; ip address add 10.66.0.30/24 dev bond0; reach $host; replug; reach $host
away; ip link set $M up; ip link set $S up`,
    prints:
      'first: taken | second: refused | balance-rr: refused | balance-rr, fail_over_mac: refused | fail_over_mac: taken | reached | reached',
  },
  {
    name: "an MTU above the VF's: the VF that comes is refused; lowered and plugged again it is enslaved",
    script: `plug_out; ip link set $M mtu 9500; plug_in; sleep 2
enslaved $V; dmesg | grep -q 'unable to change mtu of .* to 9500' && echo 'the kernel says so'; problems unpaired-twin
plug_out; ip link set $M mtu 1500; plug_in; enslaved $V`,
    prints: 'free | the kernel says so | unpaired-twin | enslaved',
  },
  {
    name: 'the standby down: nothing is wrong until the VF goes; set up, it carries',
    script: `ip address add 10.66.0.30/24 dev $M; ip link set $V up; await has_carrier $V
ip link set $S down; reach $host; problems standby-down; plug_out; echo "no VF: $(reach $host)"
ip link set $S up; reach $host; plug_in; await has_carrier $V; problems standby-down`,
    prints: 'reached | standby-down | no VF: dark | reached | ',
  },
  {
    name: 'the VF set down by hand: dark, and the master shows carrier; up again it carries, and so it does after a re-plug',
    script: `ip link set $V down; echo "$(reach $host), carrier $(cat /sys/class/net/$M/carrier)"; problems receive-black-hole
ip link set $V up; await has_carrier $V; reach $host; ip link set $V down; replug; reach $host`,
    prints: 'dark, carrier 1 | receive-black-hole | reached | reached',
  },
  {
    name: 'set on the VF and gone with it: a qdisc, an altname, a sysctl; on the master they stay',
    script: `sysctl() { cat "/proc/sys/net/ipv4/conf/$1/rp_filter"; }
qdisc() { tc qdisc show dev "$1" root | cut -d' ' -f2; }
names() { ip link show dev "$1" | grep -c 'altname lab'; }
for link in $V $M; do
  tc qdisc replace dev $link root bfifo; ip link property add dev $link altname lab$link; echo 2 >/proc/sys/net/ipv4/conf/$link/rp_filter
  echo "$(qdisc $link) $(names $link) $(sysctl $link)"
done
replug
for link in $V $M; do echo "$([ "$(qdisc $link)" = bfifo ] && echo bfifo || echo another) $(names $link) $([ "$(sysctl $link)" = 2 ] && echo 2 || echo another)"; done`,
    prints: 'bfifo 1 2 | bfifo 1 2 | another 0 another | bfifo 1 2',
  },
  {
    name: 'set on the VF and gone with it: a tc filter, an XDP program; on the master they stay',
    script: `filters() { tc filter show dev "$1" ingress 2>/dev/null | grep -c matchall; }
programs() { ip link show dev "$1" | grep -c 'prog/xdp'; }
for link in $V $M; do
  tc qdisc add dev $link clsact; tc filter add dev $link ingress matchall action ok; python3 /run-lab/attach-xdp.py $link
  echo "$([ "$(filters $link)" -gt 0 ] && echo filter) $(programs $link)"
done
replug
for link in $V $M; do echo "$([ "$(filters $link)" -gt 0 ] && echo filter || echo none) $(programs $link)"; done
tc qdisc delete dev $M clsact; ip link set dev $M xdpgeneric off`,
    prints: 'filter 1 | filter 1 | none 0 | filter 1',
  },
  {
    name: 'nftables: a netdev hook and an index on the VF are lost, and the file is refused without it; on the master they stay',
    script: `write() { printf 'table netdev f {\\n chain c {\\n type filter hook ingress device "%s" priority 0\\n }\\n}\\ntable inet g {\\n chain c {\\n iif "%s" accept\\n }\\n}\\n' $1 $1 >/run/lab/rules; }
loaded() { nft -f /run/lab/rules 2>/dev/null && echo loaded || echo refused; }
kept() { nft list ruleset | grep -c -E "(device|iif) \\"$1\\""; }
for link in $V $M; do
  write $link; loaded; echo "$(kept $link) of 2"; replug; echo "re-plugged: $(kept $link) of 2"; nft flush ruleset
  plug_out; echo "no VF: $(loaded)"; nft flush ruleset; plug_in; await has_carrier $V
done`,
    prints:
      'loaded | 2 of 2 | re-plugged: 0 of 2 | no VF: refused | loaded | 2 of 2 | re-plugged: 2 of 2 | no VF: loaded',
  },
  {
    name: "the master's counters start from 0 at an unplug, carrier_changes stay",
    script: `read_it() { cat "/sys/class/net/$M/$1"; }
ping -q -c 20 -i 0.05 $host >/dev/null; before=$(read_it statistics/rx_packets) changes=$(read_it carrier_changes)
plug_out; after=$(read_it statistics/rx_packets); [ "$after" -lt "$before" ] && echo fewer || echo "$before $after"
[ "$(read_it carrier_changes)" -ge "$changes" ] && echo kept; plug_in; ip address flush dev $M scope global`,
    prints: 'fewer | kept',
  },
];

/** In a guest of its own: its host offers more than the master has. */
export const largeHostMtuSteps: readonly StackStep[] = [
  {
    name: 'host_mtu=9000: master and standby stay at 1500, until the master is given it',
    script: `mtus() { echo "master $(cat /sys/class/net/$M/mtu), standby $(cat /sys/class/net/$S/mtu), VF $(cat /sys/class/net/$V/mtu)"; }
${set('up')}
await has_carrier $V; mtus; enslaved $S; enslaved $V; ip link set $M mtu 9000; await has_carrier $V; mtus; replug; mtus; enslaved $V`,
    prints:
      'master 1500, standby 1500, VF 1500 | enslaved | enslaved | master 9000, standby 9000, VF 9000 | master 9000, standby 9000, VF 9000 | enslaved',
  },
];

/** In a guest of its own: its host offers an MTU that the master does not have. */
export const hostMtuSteps: readonly StackStep[] = [
  {
    name: 'host_mtu=1400: the standby is refused, and without the VF it is dark; told, and mended by the namespace move',
    script: `standby() { for path in /sys/class/net/*; do [ "$(cat "$path/phys_port_name" 2>/dev/null)" != sby ] || echo "\${path##*/}"; done; }
S=$(standby)
ip link set $M up; ip link set $V up; await has_carrier $V; ip address add 10.66.0.40/24 dev $M
echo "standby $(enslaved "$S"), MTU $(cat /sys/class/net/$M/mtu) $(cat "/sys/class/net/$S/mtu"), $(reach $host)"; problems standby-refused
plug_out; reach $host; plug_in; await has_carrier $V
ip link set $M mtu 1400; ip netns add aside; ip link set "$S" netns aside; ip -n aside link set "$S" netns 1; ip netns delete aside
ip link set "$S" up; await has_carrier $V; echo "standby $(enslaved "$S")"; problems standby-refused
for _ in 1 2 3; do plug_out; echo "no VF: $(reach $host)"; plug_in; await has_carrier $V; reach $host; done
ip address flush dev $M scope global; ip link set $M down; ip link set $V down; ip link set "$S" down`,
    prints:
      'standby free, MTU 1500 1400, reached | standby-refused | dark | standby enslaved |  | no VF: reached | reached | no VF: reached | reached | no VF: reached | reached',
  },
];
