/**
 * Which keys systemd knows in .netdev files, and since which version. Facts of systemd.netdev(5) and of the daemon's own tables
 * (src/network/netdev/netdev-gperf.gperf) in 247 to 257; the notation is systemd-keys.ts's.
 */
import type { SectionTable } from '../systemd/keys.ts';

export const netdevKeys: SectionTable = {
  Match: 'Host Virtualization KernelCommandLine KernelVersion Credential@252 Architecture Firmware@249',
  NetDev: 'Description Name Kind MTUBytes MACAddress',
  VLAN: 'Id Protocol@248 GVRP~ MVRP~ LooseBinding~ ReorderHeader~ EgressQOSMaps@248 IngressQOSMaps@248',
  MACVLAN: 'Mode SourceMACAddress BroadcastMulticastQueueLength@248 BroadcastQueueThreshold@256',
  MACVTAP: 'Mode SourceMACAddress',
  IPVLAN: 'Mode Flags',
  IPVTAP: 'Mode Flags',
  Tunnel:
    'Local Remote TOS TTL Key InputKey OutputKey DiscoverPathMTU IgnoreDontFragment?@254 Mode IPv6FlowLabel CopyDSCP? ' +
    'EncapsulationLimit Independent? AssignToLoopback? AllowLocalRemote~ FooOverUDP? FOUDestinationPort FOUSourcePort ' +
    'Encapsulation IPv6RapidDeploymentPrefix ERSPANVersion@252 ERSPANIndex ERSPANDirection@252 ERSPANHardwareId@252 ' +
    'SerializeTunneledPackets~ ISATAP~ External?@251',
  FooOverUDP: 'Protocol Encapsulation Port PeerPort Local Peer',
  L2TP:
    'TunnelId PeerTunnelId UDPSourcePort UDPDestinationPort Local Remote EncapsulationType UDPCheckSum? ' +
    'UDP6CheckSumRx? UDP6CheckSumTx?',
  L2TPSession: 'SessionId PeerSessionId Layer2SpecificHeader Name',
  Peer: 'Name MACAddress',
  VXCAN: 'Peer',
  VXLAN:
    'VNI Id Group Local Remote TOS TTL MacLearning? ARPProxy? ReduceARPProxy? L2MissNotification? L3MissNotification? ' +
    'RouteShortCircuit? UDPCheckSum? UDPChecksum? UDP6ZeroCheckSumRx? UDP6ZeroChecksumRx? UDP6ZeroCheckSumTx? ' +
    'UDP6ZeroChecksumTx? RemoteChecksumTx? RemoteChecksumRx? FDBAgeingSec GroupPolicyExtension? ' +
    'GenericProtocolExtension? MaximumFDBEntries PortRange DestinationPort FlowLabel IPDoNotFragment Independent?',
  GENEVE:
    'Id Remote TOS TTL UDPChecksum? UDP6ZeroCheckSumRx? UDP6ZeroChecksumRx? UDP6ZeroCheckSumTx? UDP6ZeroChecksumTx? ' +
    'DestinationPort IPDoNotFragment FlowLabel InheritInnerProtocol?@254',
  MACsec: 'Port Encrypt~',
  MACsecReceiveChannel: 'Port MACAddress',
  MACsecTransmitAssociation: 'PacketNumber KeyId Key KeyFile Activate UseForEncoding',
  MACsecReceiveAssociation: 'Port MACAddress PacketNumber KeyId Key KeyFile Activate',
  Tun: 'OneQueue! MultiQueue? PacketInfo? VNetHeader? User Group KeepCarrier?@252',
  Tap: 'OneQueue! MultiQueue? PacketInfo? VNetHeader? User Group KeepCarrier?@252',
  Bond:
    'Mode TransmitHashPolicy LACPTransmitRate AdSelect FailOverMACPolicy ARPIPTargets ARPValidate ARPAllTargets ' +
    'PrimaryReselectPolicy ResendIGMP PacketsPerSlave GratuitousARP AllSlavesActive? DynamicTransmitLoadBalancing~ ' +
    'MinLinks MIIMonitorSec UpDelaySec DownDelaySec ARPIntervalSec LearnPacketIntervalSec PeerNotifyDelaySec@256 ' +
    'AdActorSystemPriority AdUserPortKey AdActorSystem ARPMissedMax@256',
  Bridge:
    'HelloTimeSec MaxAgeSec AgeingTimeSec ForwardDelaySec Priority GroupForwardMask DefaultPVID MulticastQuerier~ ' +
    'MulticastSnooping~ VLANFiltering~ VLANProtocol STP~ MulticastIGMPVersion FDBMaxLearned@257',
  VRF: 'TableId Table',
  BareUDP: 'DestinationPort MinSourcePort@257 EtherType',
  WireGuard: 'FirewallMark FwMark ListenPort PrivateKey PrivateKeyFile RouteTable@250 RouteMetric@250',
  WireGuardPeer:
    'AllowedIPs Endpoint PublicKey PublicKeyFile@257 PresharedKey PresharedKeyFile PersistentKeepalive RouteTable@250 ' +
    'RouteMetric@250',
  Xfrm: 'InterfaceId Independent?',
  BatmanAdvanced:
    'Aggregation?@248 BridgeLoopAvoidance?@248 DistributedArpTable?@248 Fragmentation?@248 GatewayMode@248 ' +
    'GatewayBandwithDown@248 GatewayBandwithUp@248 GatewayBandwidthDown@249 GatewayBandwidthUp@249 HopPenalty@248 ' +
    'OriginatorIntervalSec@248 RoutingAlgorithm@248',
  IPoIB: 'PartitionKey@250 Mode@250 IgnoreUserspaceMulticastGroups~@250',
  WLAN: 'PhysicalDevice@251 Type@251 WDS~@251',
};
