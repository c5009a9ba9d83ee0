/**
 * Which keys systemd knows in .netdev files, and since which version. Facts of systemd.netdev(5) and of the daemon's own tables
 * (src/network/netdev/netdev-gperf.gperf) in 247 to 257, and in 262's binary;
 * the notation is systemd/keys.ts's.
 */
import type { SectionTable } from '../systemd/keys.ts';

export const netdevKeys: SectionTable = {
  Match:
    'Host Virtualization KernelCommandLine KernelVersion Credential@252 Architecture Firmware@249 MachineTag@262 ' +
    'Version@258',
  NetDev:
    'Description Name:any~>252:ifname(15)~ Kind:netdevkind>258:netdevkind(hsr) MTUBytes:size(1024,0,4294967295) ' +
    'MACAddress:mac(6)+one(none)~',
  VLAN:
    'Id:int(0,4094) Protocol:fold(802.1q,802.1ad)~@248 GVRP~ MVRP~ LooseBinding~ ReorderHeader~ ' +
    'EgressQOSMaps:words(qosmap)~@248 IngressQOSMaps:words(qosmap)~@248',
  MACVLAN:
    'Mode:one(private,vepa,bridge,passthru,source) SourceMACAddress:words(mac(6))~ ' +
    'BroadcastMulticastQueueLength:int(0,4294967294)~@248 BroadcastQueueThreshold:int(0,2147483647)+one(no)~@256',
  MACVTAP: 'Mode:one(private,vepa,bridge,passthru,source) SourceMACAddress:words(mac(6))~',
  IPVLAN: 'Mode:one(L2,L3,L3S) Flags:one(bridge,private,vepa)',
  IPVTAP: 'Mode:one(L2,L3,L3S) Flags:one(bridge,private,vepa)',
  Tunnel:
    'Local:one(any,ipv4_link_local,ipv6_link_local,dhcp4,dhcp6,slaac)+address(46)~ Remote:one(any)+address(46)~ ' +
    'TOS:int(0,4294967295) TTL:int(0,4294967295) Key:int(0,4294967295)+address(4) ' +
    'InputKey:int(0,4294967295)+address(4) OutputKey:int(0,4294967295)+address(4) DiscoverPathMTU:bool>257:bool~ ' +
    'IgnoreDontFragment?@254 Mode:one(ip6ip6,ipip6,any) ' +
    'IPv6FlowLabel:int(-1,1048575)+one(inherit)>257:int(0,1048575)+one(inherit) CopyDSCP? ' +
    'EncapsulationLimit:int(0,255)+one(none) Independent? AssignToLoopback? AllowLocalRemote~ FooOverUDP? ' +
    'FOUDestinationPort:int(1,65535)~ FOUSourcePort:int(1,65535)~ ' +
    'Encapsulation:one(FooOverUDP,GenericUDPEncapsulation) IPv6RapidDeploymentPrefix:prefix(6,long) ' +
    'ERSPANVersion:int(0,2)~@252 ERSPANIndex:any~>252:int(0,1048575)~ ERSPANDirection:one(ingress,egress)~@252 ' +
    'ERSPANHardwareId:int(0,63)~@252 SerializeTunneledPackets~ ISATAP~ External?@251',
  FooOverUDP:
    'Protocol:protocol(4294967295)~>257:protocol(256)~ Encapsulation:one(FooOverUDP,GenericUDPEncapsulation) ' +
    'Port:int(1,65535)~ PeerPort:int(1,65535)~ Local:address(46) Peer:address(46)',
  L2TP:
    'TunnelId:int(1,4294967295) PeerTunnelId:int(1,4294967295) UDPSourcePort:int(1,65535)~ ' +
    'UDPDestinationPort:int(1,65535)~ Local:any~>252:tunnelsource~ Remote:any~>252:address(46,set)~ ' +
    'EncapsulationType:one(udp,ip) UDPCheckSum? UDP6CheckSumRx? UDP6CheckSumTx? UDP6ChecksumRx?@258 ' +
    'UDP6ChecksumTx?@258 UDPChecksum?@258',
  L2TPSession:
    'SessionId:int(1,4294967295) PeerSessionId:int(1,4294967295) Layer2SpecificHeader:one(none,default) ' +
    'Name:any~>252:ifname(15)',
  Peer: 'Name:any~>252:ifname(15)~ MACAddress:mac(6)+one(none)~',
  VXCAN: 'Peer:any~>252:ifname(15)~',
  VXLAN:
    'VNI:int(0,4294967295) Id:int(0,4294967295) Group:address(46,multicast)~ ' +
    'Local:address(46,unicast)+one(ipv4_link_local,ipv6_link_local,dhcp4,dhcp6,slaac)~ Remote:address(46,unicast)~ ' +
    'TOS:int(0,4294967295) TTL:int(0,255)+one(inherit) MacLearning? ARPProxy? ReduceARPProxy? L2MissNotification? ' +
    'L3MissNotification? RouteShortCircuit? UDPCheckSum? UDPChecksum? UDP6ZeroCheckSumRx? UDP6ZeroChecksumRx? ' +
    'UDP6ZeroCheckSumTx? UDP6ZeroChecksumTx? RemoteChecksumTx? RemoteChecksumRx? FDBAgeingSec:time(0,inf) ' +
    'GroupPolicyExtension? GenericProtocolExtension? MaximumFDBEntries:int(0,4294967295) PortRange:range(1,65535) ' +
    'DestinationPort:int(1,65535)~ FlowLabel:int(0,1048575) IPDoNotFragment:bool+one(inherit) Independent? ' +
    'External?@258 VNIFilter?@258',
  GENEVE:
    'Id:int(0,16777215) Remote:address(46,unicast) TOS:int(0,255) TTL:int(0,255)+one(inherit) UDPChecksum? ' +
    'UDP6ZeroCheckSumRx? UDP6ZeroChecksumRx? UDP6ZeroCheckSumTx? UDP6ZeroChecksumTx? DestinationPort:int(1,65535)~ ' +
    'IPDoNotFragment:bool+one(inherit) FlowLabel:int(0,1048575) InheritInnerProtocol?@254',
  MACsec: 'Port:int(1,65535) Encrypt~',
  MACsecReceiveChannel: 'Port:int(1,65535) MACAddress:mac(6)',
  MACsecTransmitAssociation:
    'PacketNumber:int(1,4294967295) KeyId:hexkey(0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16)~ Key:hexkey(16) ' +
    'KeyFile:path+marked(@)~ Activate~ UseForEncoding~',
  MACsecReceiveAssociation:
    'Port:int(1,65535) MACAddress:mac(6) PacketNumber:int(0,4294967295) ' +
    'KeyId:hexkey(0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16)~ Key:hexkey(16) KeyFile:path+marked(@)~ Activate~',
  Tun: 'OneQueue! MultiQueue? PacketInfo? VNetHeader? User:any~>252:text~ Group:any~>252:text~ KeepCarrier?@252',
  Tap: 'OneQueue! MultiQueue? PacketInfo? VNetHeader? User:any~>252:text~ Group:any~>252:text~ KeepCarrier?@252',
  Bond:
    'Mode:one(balance-rr,active-backup,balance-xor,broadcast,802.3ad,balance-tlb,balance-alb) ' +
    'TransmitHashPolicy:one(layer2,layer3+4,layer2+3,encap2+3,encap3+4,vlan+srcmac) LACPTransmitRate:one(slow,fast) ' +
    'AdSelect:one(stable,bandwidth,count) FailOverMACPolicy:one(none,active,follow) ARPIPTargets:words(address(4))~ ' +
    'ARPValidate:one(none,active,backup,all) ARPAllTargets:one(any,all) ' +
    'PrimaryReselectPolicy:one(always,better,failure) ResendIGMP:int(0,4294967295) ' +
    'PacketsPerSlave:int(0,4294967295) GratuitousARP:int(0,4294967295) AllSlavesActive? ' +
    'DynamicTransmitLoadBalancing~ MinLinks:int(0,4294967295) MIIMonitorSec:time(0,inf) UpDelaySec:time(0,inf) ' +
    'DownDelaySec:time(0,inf) ARPIntervalSec:time(0,inf) LearnPacketIntervalSec:time(0,inf) ' +
    'PeerNotifyDelaySec:time(0,inf)@256 AdActorSystemPriority:int(1,65535) AdUserPortKey:int(0,1023) ' +
    'AdActorSystem:mac(6,unicast) ARPMissedMax:int(0,255)@256',
  Bridge:
    'HelloTimeSec:time(0,inf) MaxAgeSec:time(0,inf) AgeingTimeSec:time(0,inf) ForwardDelaySec:time(0,inf) ' +
    'Priority:int(0,65535) GroupForwardMask:int(0,65535) DefaultPVID:int(0,4094)+one(none) MulticastQuerier~ ' +
    'MulticastSnooping~ VLANFiltering~ VLANProtocol:fold(802.1q,802.1ad)~ STP~ ' +
    'MulticastIGMPVersion:int(0,255)>262:int(2,3)~ FDBMaxLearned:int(0,4294967295)~@257 LinkLocalLearning~@258',
  VRF: 'TableId:int(0,4294967295) Table:int(0,4294967295)>261:table(1)',
  BareUDP: 'DestinationPort:int(1,65535)~ MinSourcePort:int(1,65535)~@257 EtherType:one(ipv4,ipv6,mpls-uc,mpls-mc)',
  WireGuard:
    'FirewallMark:int(0,4294967295) FwMark:int(0,4294967295) ListenPort:int(1,65535)+one(auto)~ ' +
    'PrivateKey:base64key~>257:base64key(credential)~ PrivateKeyFile:path~ RouteTable:table(0)+fold(off,no,false,n,f)~@250 ' +
    'RouteMetric:int(0,4294967295)~@250',
  WireGuardPeer:
    'AllowedIPs:allowedips~ Endpoint:any~>252:endpoint PublicKey:base64key~ PublicKeyFile:path~@257 ' +
    'PresharedKey:base64key~>257:base64key(credential)~ PresharedKeyFile:path~ PersistentKeepalive:int(0,65535)+one(off) ' +
    'RouteTable:table(0)+fold(off,no,false,n,f)~@250 RouteMetric:int(0,4294967295)~@250',
  Xfrm: 'InterfaceId:int(0,4294967295) Independent?',
  BatmanAdvanced:
    'Aggregation?@248 BridgeLoopAvoidance?@248 DistributedArpTable?@248 Fragmentation?@248 ' +
    'GatewayMode:one(off,client,server)@248 GatewayBandwithDown:size(1000,0,429496729500000)@248 ' +
    'GatewayBandwithUp:size(1000,0,429496729500000)@248 GatewayBandwidthDown:size(1000,0,429496729500000)@249 ' +
    'GatewayBandwidthUp:size(1000,0,429496729500000)@249 HopPenalty:int(0,255)@248 ' +
    'OriginatorIntervalSec:time(0,inf)@248 RoutingAlgorithm:one(batman-v,batman-iv)@248',
  IPoIB: 'PartitionKey:int(1,65535)~@250 Mode:one(datagram,connected)@250 IgnoreUserspaceMulticastGroups~@250',
  WLAN:
    'PhysicalDevice@251 ' +
    'Type:one(ad-hoc,station,ap,ap-vlan,wds,monitor,mesh-point,p2p-client,p2p-go,p2p-device,ocb,nan)~@251 WDS~@251',
  HSR: 'Ports:words(ifname(127))~@258 Protocol:fold(hsr,prp)@258 Supervision:int(0,255)@258',
};
