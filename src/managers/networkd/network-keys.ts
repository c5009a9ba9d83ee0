/**
 * Which keys systemd knows in .network files, and since which version. Facts of systemd.network(5) and of the daemon's own tables
 * (src/network/networkd-network-gperf.gperf) in 247 to 257; the notation is systemd-keys.ts's.
 */
import type { SectionTable } from '../systemd/keys.ts';

export const networkKeys: SectionTable = {
  Match:
    'MACAddress PermanentMACAddress Path Driver Type Kind@251 WLANInterfaceType SSID BSSID Name Property Host ' +
    'Virtualization KernelCommandLine KernelVersion Credential@252 Architecture Firmware@249',
  Link:
    'MACAddress MTUBytes Group ARP~ Multicast~ AllMulticast~ Promiscuous~@248 Unmanaged? ActivationPolicy@248 ' +
    'RequiredForOnline RequiredFamilyForOnline@249',
  'SR-IOV':
    'VirtualFunction VLANId QualityOfService VLANProtocol MACSpoofCheck QueryReceiveSideScaling Trust LinkState ' +
    'MACAddress',
  Network:
    'Description KeepMaster?@250 BatmanAdvanced@248 Bond Bridge VRF IPoIB@250 IPVLAN IPVTAP L2TP!251 MACsec MACVLAN ' +
    'MACVTAP Tunnel VLAN VXLAN Xfrm DHCP DHCPServer? LinkLocalAddressing IPv6LinkLocalAddressGenerationMode ' +
    'IPv6StableSecretAddress@249 IPv4LLStartAddress@252 IPv4LLRoute? DefaultRouteOnDevice? LLDP EmitLLDP Address ' +
    'Gateway Domains UseDomains@256 DNS DNSDefaultRoute~ LLMNR MulticastDNS DNSOverTLS DNSSEC ' +
    'DNSSECNegativeTrustAnchors NTP IPForward IPv4Forwarding~@256 IPv6Forwarding~@256 IPMasquerade ' +
    'IPv6PrivacyExtensions IPv6AcceptRA~ IPv6AcceptRouterAdvertisements~ IPv6DuplicateAddressDetection IPv6HopLimit ' +
    'IPv6RetransmissionTimeSec@256 IPv6ProxyNDP~ IPv6MTUBytes IPv4AcceptLocal~ IPv4RouteLocalnet~@248 ActiveSlave? ' +
    'PrimarySlave? IPv4ProxyARP~ IPv4ProxyARPPrivateVLAN~@256 ProxyARP~ IPv6ProxyNDPAddress IPv4ReversePathFilter@255 ' +
    'MulticastIGMPVersion@257 BindCarrier ConfigureWithoutCarrier? IgnoreCarrierLoss KeepConfiguration IPv6SendRA ' +
    'DHCPPrefixDelegation~@250 IPv4LL IPv6Token IPv6PrefixDelegation DHCPv6PrefixDelegation~',
  Address:
    'Address Peer Broadcast Label PreferredLifetime HomeAddress ManageTemporaryAddress PrefixRoute AddPrefixRoute ' +
    'AutoJoin DuplicateAddressDetection Scope RouteMetric@249 NetLabel@252 NFTSet@255',
  IPv6AddressLabel: 'Prefix Label',
  Neighbor: 'Address LinkLayerAddress MACAddress',
  RoutingPolicyRule:
    'TypeOfService Priority GoTo@257 Table FirewallMark From To IncomingInterface OutgoingInterface IPProtocol ' +
    'SourcePort DestinationPort InvertRule L3MasterDevice@256 Family User SuppressInterfaceGroup@250 ' +
    'SuppressPrefixLength Type@248',
  Route:
    'Gateway Destination Source Metric Scope PreferredSource Table GatewayOnLink GatewayOnlink IPv6Preference ' +
    'Protocol Type MultiPathRoute NextHop@248 MTUBytes TCPAdvertisedMaximumSegmentSize@248 HopLimit@255 ' +
    'InitialCongestionWindow TCPRetransmissionTimeoutSec@255 InitialAdvertisedReceiveWindow QuickAck ' +
    'TCPCongestionControlAlgorithm@252 FastOpenNoCookie TTLPropagate!256',
  NextHop: 'Id Gateway Family@248 OnLink@248 Blackhole@248 Group@249',
  DHCPv4:
    'RequestAddress@255 ClientIdentifier UseDNS UseDNR~@257 RoutesToDNS? UseNTP RoutesToNTP?@249 UseSIP? ' +
    'UseCaptivePortal?@254 UseMTU? UseHostname? UseDomains UseRoutes? UseGateway~ QuickAck?@253 RequestOptions ' +
    'Anonymize? SendHostname Hostname Label@250 RequestBroadcast VendorClassIdentifier MUDURL MaxAttempts UserClass ' +
    'IAID DUIDType DUIDRawData RouteMetric RouteTable UseTimezone? ListenPort ServerPort@256 SendRelease? ' +
    'SendDecline? DenyList AllowList IPServiceType SocketPriority@253 SendOption SendVendorOption RouteMTUBytes ' +
    'InitialCongestionWindow@255 InitialAdvertisedReceiveWindow@255 FallbackLeaseLifetimeSec Use6RD?@250 ' +
    'UnassignedSubnetPolicy@257 IPv6OnlyMode~@255 NetLabel@252 NFTSet@255 RapidCommit~@255 BlackList UseDomainName ' +
    'CriticalConnection~',
  DHCPv6:
    'UseAddress?@248 UseDelegatedPrefix?@250 UseDNS UseDNR~@257 UseHostname?@248 UseDomains@249 UseNTP ' +
    'UseCaptivePortal?@254 MUDURL SendHostname@255 Hostname@255 RequestOptions UserClass VendorClass SendVendorOption ' +
    'PrefixDelegationHint UnassignedSubnetPolicy@257 WithoutRA SendOption IAID@249 DUIDType@249 DUIDRawData@249 ' +
    'RapidCommit NetLabel@252 SendRelease?@253 NFTSet@255 RouteMetric ForceDHCPv6PDOtherInformation!250',
  IPv6AcceptRA:
    'UseRedirect?@256 UseGateway?@250 UseRoutePrefix?@250 UseAutonomousPrefix? UseOnLinkPrefix? UsePREF64?@255 UseDNS ' +
    'UseDNR~@257 UseDomains UseMTU?@250 UseHopLimit?@255 UseReachableTime?@256 UseRetransmissionTime?@256 ' +
    'DHCPv6Client RouteTable RouteMetric@249 QuickAck?@253 UseCaptivePortal?@254 RouterAllowList@248 ' +
    'RouterDenyList@248 PrefixAllowList@248 PrefixDenyList@248 RouteAllowList@248 RouteDenyList@248 Token@250 ' +
    'NetLabel@252 NFTSet@255 DenyList BlackList UseICMP6RateLimit!256@255',
  DHCPServer:
    'ServerAddress@249 UplinkInterface@249 RelayTarget@249 RelayAgentCircuitId@249 RelayAgentRemoteId@249 ' +
    'MaxLeaseTimeSec DefaultLeaseTimeSec IPv6OnlyPreferredSec@255 EmitDNS? DNS EmitNTP? NTP EmitSIP? SIP EmitPOP3? ' +
    'POP3 EmitSMTP? SMTP EmitLPR? LPR EmitRouter? Router@250 EmitTimezone? Timezone PoolOffset PoolSize ' +
    'SendVendorOption SendOption BindToInterface?@249 BootServerAddress@251 BootServerName@251 BootFilename@251 ' +
    'RapidCommit?@255 PersistLeases~@256',
  DHCPServerStaticLease: 'Address@249 MACAddress@249',
  Bridge:
    'Cost UseBPDU~ HairPin~ Isolated~@251 FastLeave~ AllowPortToBeRoot~ UnicastFlood~ MulticastFlood~ ' +
    'MulticastToUnicast~ NeighborSuppression~ Learning~ ProxyARP~ ProxyARPWiFi~ Priority MulticastRouter',
  BridgeFDB: 'MACAddress VLANId Destination VNI AssociatedWith OutgoingInterface@249',
  BridgeMDB: 'MulticastGroupAddress VLANId',
  BridgeVLAN: 'PVID VLAN EgressUntagged',
  IPv6NDPProxyAddress: '',
  DHCPPrefixDelegation:
    'UplinkInterface@250 SubnetId@250 Announce?@250 Assign?@250 ManageTemporaryAddress?@250 Token@250 RouteMetric@250 ' +
    'NetLabel@252 NFTSet@255',
  IPv6SendRA:
    'RouterLifetimeSec ReachableTimeSec@256 RetransmitSec@255 Managed? OtherInformation? RouterPreference ' +
    'HopLimit@255 EmitDNS? DNS EmitDomains? Domains DNSLifetimeSec UplinkInterface@250 HomeAgent?@255 ' +
    'HomeAgentLifetimeSec@255 HomeAgentPreference@255',
  IPv6Prefix:
    'Prefix OnLink AddressAutoconfiguration ValidLifetimeSec PreferredLifetimeSec Assign RouteMetric@249 Token@250',
  IPv6RoutePrefix: 'Route LifetimeSec',
  IPv6PREF64Prefix: 'Prefix@255 LifetimeSec@255',
  LLDP: 'MUDURL',
  CAN:
    'BitRate SamplePoint TimeQuantaNSec@250 PropagationSegment@250 PhaseBufferSegment1@250 PhaseBufferSegment2@250 ' +
    'SyncJumpWidth@250 DataBitRate DataSamplePoint DataTimeQuantaNSec@250 DataPropagationSegment@250 ' +
    'DataPhaseBufferSegment1@250 DataPhaseBufferSegment2@250 DataSyncJumpWidth@250 RestartSec Loopback@250 ListenOnly ' +
    'TripleSampling OneShot@250 BusErrorReporting@248 FDMode PresumeACK@250 FDNonISO ClassicDataLengthCode@250 ' +
    'Termination',
  QDisc: 'Parent Handle',
  BFIFO: 'Parent Handle LimitBytes',
  CAKE:
    'Parent Handle Bandwidth AutoRateIngress@250 OverheadBytes MPUBytes@250 CompensationMode@250 UseRawPacketSize@250 ' +
    'FlowIsolationMode@250 NAT@250 PriorityQueueingPreset@250 FirewallMark@250 Wash@250 SplitGSO@250 RTTSec@253 ' +
    'AckFilter@253',
  ControlledDelay: 'Parent Handle PacketLimit TargetSec IntervalSec CEThresholdSec ECN',
  DeficitRoundRobinScheduler: 'Parent Handle',
  DeficitRoundRobinSchedulerClass: 'Parent ClassId QuantumBytes',
  EnhancedTransmissionSelection: 'Parent Handle Bands StrictBands QuantumBytes PriorityMap',
  PFIFO: 'Parent Handle PacketLimit',
  PFIFOFast: 'Parent Handle',
  PFIFOHeadDrop: 'Parent Handle PacketLimit',
  QuickFairQueueing: 'Parent Handle',
  QuickFairQueueingClass: 'Parent ClassId Weight MaxPacketBytes',
  FairQueueing:
    'Parent Handle PacketLimit FlowLimit QuantumBytes InitialQuantumBytes MaximumRate Buckets OrphanMask Pacing ' +
    'CEThresholdSec Quantum InitialQuantum',
  FairQueueingControlledDelay:
    'Parent Handle PacketLimit MemoryLimitBytes Flows QuantumBytes TargetSec IntervalSec CEThresholdSec ECN ' +
    'MemoryLimit Quantum',
  FlowQueuePIE: 'Parent Handle PacketLimit',
  GenericRandomEarlyDetection: 'Parent Handle VirtualQueues DefaultVirtualQueue GenericRIO',
  HeavyHitterFilter: 'Parent Handle PacketLimit',
  HierarchyTokenBucket: 'Parent Handle DefaultClass RateToQuantum',
  HierarchyTokenBucketClass:
    'Parent ClassId Priority QuantumBytes MTUBytes OverheadBytes Rate CeilRate BufferBytes CeilBufferBytes',
  ClassfulMultiQueueing: 'Parent@257 Handle@257',
  BandMultiQueueing: 'Parent@257 Handle@257',
  NetworkEmulator: 'Parent Handle DelaySec DelayJitterSec LossRate DuplicateRate PacketLimit',
  PIE: 'Parent Handle PacketLimit',
  StochasticFairBlue: 'Parent Handle PacketLimit',
  StochasticFairnessQueueing: 'Parent Handle PerturbPeriodSec',
  TokenBucketFilter: 'Parent Handle Rate BurstBytes LimitBytes MTUBytes MPUBytes PeakRate LatencySec Burst LimitSize',
  TrivialLinkEqualizer: 'Parent Handle Id',
  IPv6PrefixDelegation:
    'RouterLifetimeSec Managed? OtherInformation? RouterPreference EmitDNS? DNS EmitDomains? Domains DNSLifetimeSec',
  DHCP:
    'ClientIdentifier UseDNS UseNTP UseMTU? UseHostname? UseDomains UseDomainName UseRoutes? Anonymize? SendHostname ' +
    'Hostname RequestBroadcast CriticalConnection~ VendorClassIdentifier UserClass IAID DUIDType DUIDRawData ' +
    'RouteMetric RouteTable UseTimezone? ListenPort RapidCommit ForceDHCPv6PDOtherInformation!250',
  DHCPv6PrefixDelegation: 'SubnetId Announce? Assign? ManageTemporaryAddress?@248 Token RouteMetric@249',
  TrafficControlQueueingDiscipline:
    'Parent NetworkEmulatorDelaySec NetworkEmulatorDelayJitterSec NetworkEmulatorLossRate ' +
    'NetworkEmulatorDuplicateRate NetworkEmulatorPacketLimit',
};
