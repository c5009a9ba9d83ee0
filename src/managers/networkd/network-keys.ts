/**
 * Which keys systemd knows in .network files, and since which version. Facts of systemd.network(5) and of the daemon's own tables
 * (src/network/networkd-network-gperf.gperf) in 247 to 257, and in 262's binary;
 * the notation is systemd/keys.ts's.
 */
import type { SectionTable } from '../systemd/keys.ts';

export const networkKeys: SectionTable = {
  Match:
    'MACAddress PermanentMACAddress Path Driver Type Kind@251 WLANInterfaceType SSID BSSID Name Property Host ' +
    'Virtualization KernelCommandLine KernelVersion Credential@252 Architecture Firmware@249 MachineTag@262 ' +
    'Version@258',
  Link:
    'MACAddress:mac(any)~ MTUBytes:size(1024,0,4294967295) Group:any~>252:int(0,2147483647)~ ARP~ Multicast~ ' +
    'AllMulticast~ Promiscuous~@248 Unmanaged? ActivationPolicy:one(up,always-up,manual,always-down,down,bound)@248 ' +
    'RequiredForOnline:bool+operational~ RequiredFamilyForOnline:one(any,ipv4,ipv6,both)@249',
  'SR-IOV':
    'VirtualFunction:int(0,2147483646)~ VLANId:int(1,4095)~ QualityOfService:int(0,4294967295)~ ' +
    'VLANProtocol:one(802.1Q,802.1ad)~ MACSpoofCheck~ QueryReceiveSideScaling~ Trust~ LinkState:bool+one(auto)~ ' +
    'MACAddress:mac(6)~',
  Network:
    'Description KeepMaster?@250 BatmanAdvanced:ifname(15)~@248 Bond:any~>252:ifname(15)~ ' +
    'Bridge:any~>252:ifname(15)~ VRF:any~>252:ifname(15)~ IPoIB:ifname(15)>262:words(ifname(15))~@250 ' +
    'IPVLAN:any~>252:ifname(15)>262:words(ifname(15))~ IPVTAP:any~>252:ifname(15)>262:words(ifname(15))~ L2TP!251 ' +
    'MACsec:any~>252:ifname(15)>262:words(ifname(15))~ MACVLAN:any~>252:ifname(15)>262:words(ifname(15))~ ' +
    'MACVTAP:any~>252:ifname(15)>262:words(ifname(15))~ Tunnel:any~>252:ifname(15)>262:words(ifname(15))~ ' +
    'VLAN:any~>252:ifname(15)>262:words(ifname(15))~ VXLAN:any~>252:ifname(15)>262:words(ifname(15))~ ' +
    'Xfrm:any~>252:ifname(15)>262:words(ifname(15))~ DHCP:bool+one(ipv4,ipv6)+old(both,none,v4,v6) DHCPServer? ' +
    'LinkLocalAddressing:bool+one(ipv4,ipv6)+old(fallback,ipv4-fallback) ' +
    'IPv6LinkLocalAddressGenerationMode:one(eui64,none,stable-privacy,random) ' +
    'IPv6StableSecretAddress:address(6,set)~@249 IPv4LLStartAddress:linklocal~@252 IPv4LLRoute? ' +
    'DefaultRouteOnDevice? LLDP:bool+one(routers-only) ' +
    'EmitLLDP:bool+one(nearest-bridge,non-tpmr-bridge,customer-bridge)~ Address:own(class)>257:own()~ ' +
    'Gateway:address(46)>257:address(46)+one(dhcp4,ipv6ra)~ Domains:words(search)~ UseDomains:bool+one(route)@256 ' +
    'DNS:words(server)~ DNSDefaultRoute~ LLMNR:bool+one(resolve) MulticastDNS:bool+one(resolve) ' +
    'DNSOverTLS:bool+one(opportunistic) DNSSEC:bool+one(allow-downgrade) DNSSECNegativeTrustAnchors:words(domain)~ ' +
    'NTP:words(domainorip)~ IPForward:bool+one(ipv4,ipv6,kernel)!256 IPv4Forwarding~@256 IPv6Forwarding~@256 ' +
    'IPMasquerade:bool+one(ipv4,ipv6,both)~ IPv6PrivacyExtensions:bool+one(prefer-public,kernel) IPv6AcceptRA~ ' +
    'IPv6AcceptRouterAdvertisements~ IPv6DuplicateAddressDetection:int(-2147483648,2147483647) ' +
    'IPv6HopLimit:int(-2147483648,2147483647)>257:int(0,255) IPv6RetransmissionTimeSec:time(0,inf)@256 ' +
    'IPv6ProxyNDP~ IPv6MTUBytes:size(1024,1280,4294967295) IPv4AcceptLocal~ IPv4RouteLocalnet~@248 ActiveSlave? ' +
    'PrimarySlave? IPv4ProxyARP~ IPv4ProxyARPPrivateVLAN~@256 ProxyARP~ ' +
    'IPv6ProxyNDPAddress:address(6,set)~>262:address(46,local)~ IPv4ReversePathFilter:one(no,strict,loose)@255 ' +
    'MulticastIGMPVersion:one(no,v1,v2,v3)@257 BindCarrier:quoted()~ ConfigureWithoutCarrier? ' +
    'IgnoreCarrierLoss:bool+time(0,inf)~ ' +
    'KeepConfiguration:bool+one(static,dhcp,dhcp-on-stop)>257:bool+one(static,dhcp,dhcp-on-stop,dynamic,dynamic-on-stop)~ ' +
    'IPv6SendRA:bool+one(static,dhcpv6) DHCPPrefixDelegation~@250 IPv4LL:any~>252:bool IPv6Token:token~ ' +
    'IPv6PrefixDelegation:bool+one(static,dhcpv6) DHCPv6PrefixDelegation~ DHCPRelay:one(upstream,downstream)~@261 ' +
    'IPv4DuplicateAddressDetectionTimeoutSec:time(0,inf)@258 IPv4SrcValidMark~@261 MPLSRouting~@258 ' +
    'ProxyNeighbor:address(46,local)~@262',
  Address:
    'Address:own(class)>257:own()~ Peer:prefix(46)>257:prefix(46)~ Broadcast:any~>252:bool+address(4,set)~ ' +
    'Label:label~ PreferredLifetime:one(forever,infinity,0)~ HomeAddress:bool>257:bool~ ' +
    'ManageTemporaryAddress:bool>257:bool~ PrefixRoute:bool>257:bool~ AddPrefixRoute:bool>257:bool~ ' +
    'AutoJoin:bool>257:bool~ ' +
    'DuplicateAddressDetection:one(ipv4,ipv6,both,none)+bool>257:one(ipv4,ipv6,both,none)+bool~ ' +
    'Scope:int(0,255)+one(global,site,link,host,nowhere)>257:int(0,255)+one(global,site,link,host,nowhere)~ ' +
    'RouteMetric:int(0,4294967295)@249 NetLabel:text~@252 NFTSet:words(nftset)~@255',
  IPv6AddressLabel: 'Prefix:labelprefix>257:labelprefix~ Label:int(0,4294967294)>257:int(0,4294967294)~',
  Neighbor: 'Address:address(46)~ LinkLayerAddress:mac(any)~ MACAddress:mac(any)~',
  RoutingPolicyRule:
    'TypeOfService:int(0,255) Priority:int(0,4294967295)~ GoTo:int(1,4294967295)@257 Table:any~>252:table(1) ' +
    'FirewallMark:fwmark From:prefix(46)>257:prefix(46)~ To:prefix(46)>257:prefix(46)~ ' +
    'IncomingInterface:any~>252:ifname(15)>257:ifname(15)~ OutgoingInterface:any~>252:ifname(15)>257:ifname(15)~ ' +
    'IPProtocol:protocol(255)~ SourcePort:range(1,65535) DestinationPort:range(1,65535) InvertRule:bool>257:bool~ ' +
    'L3MasterDevice?@256 Family:one(ipv4,ipv6,both)>257:one(ipv4,ipv6,both)~ User:users ' +
    'SuppressInterfaceGroup:int(0,2147483647)~@250 SuppressPrefixLength:int(0,128)>257:int(0,128)~ ' +
    'Type:one(blackhole,unreachable,prohibit)>257:one(table,goto,nop,blackhole,unreachable,prohibit)@248',
  Route:
    'Gateway:address(46)+one(_dhcp4,_dhcp,_ipv6ra)~ Destination:prefix(46) Source:prefix(46) ' +
    'Metric:int(0,4294967295) Scope:int(0,255)+one(global,site,link,host,nowhere) ' +
    'PreferredSource:address(46)>262:address(46)+fold(no,n,false,f,off,0)~ Table:any~>252:table(1) ' +
    'GatewayOnLink:bool>257:bool~ GatewayOnlink:bool>257:bool~ IPv6Preference:one(low,medium,high) ' +
    'Protocol:int(0,255)+one(kernel,boot,static) ' +
    'Type:one(unicast,local,broadcast,anycast,multicast,blackhole,unreachable,prohibit,throw,nat,xresolve) ' +
    'MultiPathRoute:multipath~ NextHop:int(1,4294967295)~@248 ' +
    'MTUBytes:size(1024,0,4294967295)>257:size(1024,0,4294967295)~ ' +
    'TCPAdvertisedMaximumSegmentSize:size(1024,1,4294967295)~@248 HopLimit:int(1,255)~@255 ' +
    'InitialCongestionWindow:any~>252:int(1,1023)>257:int(1,1023)~ ' +
    'TCPRetransmissionTimeoutSec:time(1,4294967295000)~@255 ' +
    'InitialAdvertisedReceiveWindow:any~>252:int(1,1023)>257:int(1,1023)~ QuickAck:bool>257:bool~ ' +
    'TCPCongestionControlAlgorithm@252 FastOpenNoCookie:bool>257:bool~ TTLPropagate:bool>256:any~!256',
  NextHop:
    'Id:any~>252:int(1,4294967295)~>257:int(0,4294967295) Gateway:address(46)~ Family:one(ipv4,ipv6)~@248 ' +
    'OnLink~@248 Blackhole?@248 Group:words(member)~@249',
  DHCPv4:
    'RequestAddress:address(4,set)~@255 ClientIdentifier:one(mac,duid,duid-only)>257:one(mac,duid) ' +
    'UseDNS:bool>257:bool~ UseDNR~@257 RoutesToDNS? UseNTP:bool>257:bool~ RoutesToNTP?@249 UseSIP? ' +
    'UseCaptivePortal?@254 UseMTU? UseHostname? UseDomains:bool+one(route) UseRoutes? UseGateway~ QuickAck?@253 ' +
    'RequestOptions:words(int(1,254))~ Anonymize? SendHostname? Hostname:host~ Label:label~@250 ' +
    'RequestBroadcast~ VendorClassIdentifier:any~>252:text~ MUDURL:url~ ' +
    'MaxAttempts:int(1,18446744073709551615)+one(infinity)~ UserClass:quoted(c)~ IAID:int(0,4294967295) ' +
    'DUIDType:duidtype>257:duidtype(number) DUIDRawData:hexbytes~ RouteMetric:int(0,4294967295) ' +
    'RouteTable:any~>252:table(1) UseTimezone? ListenPort:int(0,65535) ServerPort:int(0,65535)@256 SendRelease? ' +
    'SendDecline? DenyList:words(prefix(4)+one(any,localhost,link-local,multicast))~ ' +
    'AllowList:words(prefix(4)+one(any,localhost,link-local,multicast))~ IPServiceType:one(none,CS4,CS6)~ ' +
    'SocketPriority:int(-2147483648,2147483647)~>262:int(0,15)~@253 SendOption:dhcpoption(4)~ ' +
    'SendVendorOption:dhcpoption(4)~ RouteMTUBytes:size(1024,68,4294967295) ' +
    'InitialCongestionWindow:int(1,1023)@255 InitialAdvertisedReceiveWindow:int(1,1023)@255 ' +
    'FallbackLeaseLifetimeSec:one(forever,infinity)~ Use6RD?@250 ' +
    'UnassignedSubnetPolicy:one(none,unreachable,prohibit,blackhole,throw)~@257 IPv6OnlyMode~@255 ' +
    'NetLabel:text~@252 NFTSet:words(nftset)~@255 RapidCommit~@255 ' +
    'BlackList:words(prefix(4)+one(any,localhost,link-local,multicast))~ UseDomainName:bool+one(route) ' +
    'CriticalConnection~ BOOTP?@258',
  DHCPv6:
    'UseAddress?@248 UseDelegatedPrefix?@250 UseDNS:bool>257:bool~ UseDNR~@257 UseHostname?@248 ' +
    'UseDomains:bool+one(route)@249 UseNTP:bool>257:bool~ UseCaptivePortal?@254 MUDURL:url~ SendHostname?@255 ' +
    'Hostname:host~@255 RequestOptions:words(int(1,254))~ UserClass:quoted(c)~ VendorClass:quoted(c)~ ' +
    'SendVendorOption:dhcpoption(6,vendor)~ PrefixDelegationHint:prefix(6,long) ' +
    'UnassignedSubnetPolicy:one(none,unreachable,prohibit,blackhole,throw)~@257 ' +
    'WithoutRA:one(no,information-request,solicit) SendOption:dhcpoption(6)~ IAID:int(0,4294967295)@249 ' +
    'DUIDType:duidtype>257:duidtype(number)@249 DUIDRawData:hexbytes~@249 RapidCommit? NetLabel:text~@252 ' +
    'SendRelease?@253 NFTSet:words(nftset)~@255 RouteMetric:int(0,4294967295) ForceDHCPv6PDOtherInformation!250 ' +
    'RouteTable:table(1)@261 UseSIP?@258',
  IPv6AcceptRA:
    'UseRedirect?@256 UseGateway?@250 UseRoutePrefix?@250 UseAutonomousPrefix? UseOnLinkPrefix? UsePREF64?@255 ' +
    'UseDNS:bool>257:bool~ UseDNR~@257 UseDomains:bool+one(route) UseMTU?@250 UseHopLimit?@255 ' +
    'UseReachableTime?@256 UseRetransmissionTime?@256 DHCPv6Client:bool+one(always) RouteTable:any~>252:table(1) ' +
    'RouteMetric:int(0,4294967295)@249 QuickAck?@253 UseCaptivePortal?@254 ' +
    'RouterAllowList:words(prefix(6)+one(any,localhost,link-local,multicast))~@248 ' +
    'RouterDenyList:words(prefix(6)+one(any,localhost,link-local,multicast))~@248 ' +
    'PrefixAllowList:words(prefix(6)+one(any,localhost,link-local,multicast))~@248 ' +
    'PrefixDenyList:words(prefix(6)+one(any,localhost,link-local,multicast))~@248 ' +
    'RouteAllowList:words(prefix(6)+one(any,localhost,link-local,multicast))~@248 ' +
    'RouteDenyList:words(prefix(6)+one(any,localhost,link-local,multicast))~@248 Token:token~@250 ' +
    'NetLabel:text~@252 NFTSet:words(nftset)~@255 ' +
    'DenyList:words(prefix(6)+one(any,localhost,link-local,multicast))~ ' +
    'BlackList:words(prefix(6)+one(any,localhost,link-local,multicast))~ UseICMP6RateLimit!256@255',
  DHCPServer:
    'ServerAddress:prefix(4,bare,served)~>257:prefix(4,bare,away)~@249 UplinkInterface:link(:auto,:none)~@249 RelayTarget:address(4,set)~@249 ' +
    'RelayAgentCircuitId:marked(string:)~@249 RelayAgentRemoteId:marked(string:)~@249 MaxLeaseTimeSec:time(0,inf) ' +
    'DefaultLeaseTimeSec:time(0,inf) IPv6OnlyPreferredSec:time(300000000,inf)~@255 EmitDNS? ' +
    'DNS:any~>252:words(address(4,set)+one(_server_address))~ EmitNTP? ' +
    'NTP:any~>252:words(address(4,set)+one(_server_address))~ EmitSIP? ' +
    'SIP:any~>252:words(address(4,set)+one(_server_address))~ EmitPOP3? ' +
    'POP3:any~>252:words(address(4,set)+one(_server_address))~ EmitSMTP? ' +
    'SMTP:any~>252:words(address(4,set)+one(_server_address))~ EmitLPR? ' +
    'LPR:any~>252:words(address(4,set)+one(_server_address))~ EmitRouter? Router:address(4,set)~@250 EmitTimezone? ' +
    'Timezone:zone~ PoolOffset:int(0,4294967295) PoolSize:int(0,4294967295) SendVendorOption:dhcpoption(4)~ ' +
    'SendOption:dhcpoption(4)~ BindToInterface?!261@249 BootServerAddress:address(4,set)~@251 ' +
    'BootServerName:domain~@251 BootFilename:text(ascii)~@251 RapidCommit?@255 ' +
    'PersistLeases:bool~>258:bool+one(runtime)@256 Domain:domain~@259 EmitDomain?@259 LocalLeaseDomain:domain~@259',
  DHCPServerStaticLease: 'Address:address(4,set)~@249 MACAddress:mac(6,unicast)~@249 Hostname:host~@259',
  Bridge:
    'Cost:int(0,4294967295) UseBPDU~ HairPin~ Isolated~@251 FastLeave~ AllowPortToBeRoot~ UnicastFlood~ ' +
    'MulticastFlood~ MulticastToUnicast~ NeighborSuppression~ Learning~ ProxyARP~ ProxyARPWiFi~ Priority:int(0,63) ' +
    'MulticastRouter:fold(no,false,n,f,off,0)+one(query,permanent,temporary) Locked~@258 MACAuthenticationBypass~@258 ' +
    'VLANTunnel~@258',
  BridgeFDB:
    'MACAddress:mac(6) VLANId:int(0,4094) Destination:address(46) VNI:int(0,16777215) ' +
    'AssociatedWith:one(use,self,master,router) OutgoingInterface:link()~@249',
  BridgeMDB: 'MulticastGroupAddress:address(46)>257:address(46)+mac(6) VLANId:int(0,4094)',
  BridgeVLAN:
    'PVID:int(0,4094)^>257:int(0,4094)+fold(no,off,false,n,f)~ VLAN:range(0,4094)>257:range(0,4094)~ ' +
    'EgressUntagged:range(0,4094)>257:range(0,4094)~',
  IPv6NDPProxyAddress: '',
  DHCPPrefixDelegation:
    'UplinkInterface:link(:auto,:self)~@250 SubnetId:hex(0,9223372036854775807)+one(auto)~@250 Announce?@250 ' +
    'Assign?@250 ManageTemporaryAddress?@250 Token:token~@250 RouteMetric:int(0,4294967295)@250 NetLabel:text~@252 ' +
    'NFTSet:words(nftset)~@255',
  IPv6SendRA:
    'RouterLifetimeSec:time(0,inf)~ ReachableTimeSec:time(0,4294967295000)+one(infinity)~@256 ' +
    'RetransmitSec:time(0,4294967295000)+one(infinity)~@255 Managed? OtherInformation? ' +
    'RouterPreference:one(high,medium,normal,default,low)>262:one(high,medium,normal,default,low)~ HopLimit:int(0,255)@255 EmitDNS? ' +
    'DNS:words(address(6,set)+one(_link_local))~ EmitDomains? Domains DNSLifetimeSec:time(0,inf) ' +
    'UplinkInterface:link(:auto,:none)~@250 HomeAgent?@255 HomeAgentLifetimeSec:time(1,65535000000)~@255 ' +
    'HomeAgentPreference:int(0,65535)@255',
  IPv6Prefix:
    'Prefix:prefix(6) OnLink? AddressAutoconfiguration? ' +
    'ValidLifetimeSec:any~>252:time(0,4294967294999999)+one(infinity) ' +
    'PreferredLifetimeSec:any~>252:time(0,4294967294999999)+one(infinity) Assign? RouteMetric:int(0,4294967295)@249 ' +
    'Token:token~@250',
  IPv6RoutePrefix:
    'Route:prefix(6) LifetimeSec:any~>252:time(0,4294967294999999)+one(infinity) ' +
    'Preference:one(high,medium,normal,default,low)~@258',
  IPv6PREF64Prefix: 'Prefix:prefixof(6,96,64,56,48,40,32)@255 LifetimeSec:time(0,65528000000)@255',
  LLDP: 'MUDURL:url~',
  CAN:
    'BitRate:size(1000,1,4294967295) SamplePoint:permille TimeQuantaNSec:nsec(1,4294967295)@250 ' +
    'PropagationSegment:int(0,4294967295)@250 PhaseBufferSegment1:int(0,4294967295)@250 ' +
    'PhaseBufferSegment2:int(0,4294967295)@250 SyncJumpWidth:int(0,4294967295)@250 ' +
    'DataBitRate:size(1000,1,4294967295) DataSamplePoint:permille DataTimeQuantaNSec:nsec(1,4294967295)@250 ' +
    'DataPropagationSegment:int(0,4294967295)@250 DataPhaseBufferSegment1:int(0,4294967295)@250 ' +
    'DataPhaseBufferSegment2:int(0,4294967295)@250 DataSyncJumpWidth:int(0,4294967295)@250 ' +
    'RestartSec:any~>252:time(0,4294967295000)+one(infinity) Loopback~@250 ListenOnly~ TripleSampling~ OneShot~@250 ' +
    'BusErrorReporting~@248 FDMode~ PresumeACK~@250 FDNonISO~ ClassicDataLengthCode~@250 ' +
    'Termination:bool+int(0,65535)~',
  QDisc: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~',
  BFIFO: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ LimitBytes:size(1024,0,4294967295)~',
  CAKE:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ Bandwidth:size(1000,0,18446744073709551616)~ ' +
    'AutoRateIngress~@250 OverheadBytes:int(-64,256)~ MPUBytes:int(1,256)~@250 ' +
    'CompensationMode:one(none,atm,ptm)~@250 UseRawPacketSize~@250 ' +
    'FlowIsolationMode:one(none,src-host,dst-host,hosts,flows,dual-src-host,dual-dst-host,triple)~@250 NAT~@250 ' +
    'PriorityQueueingPreset:one(diffserv3,diffserv4,diffserv8,besteffort,precedence)~@250 ' +
    'FirewallMark:int(1,4294967295)~@250 Wash~@250 SplitGSO~@250 RTTSec:time(1,4294967295)~@253 ' +
    'AckFilter:bool+one(aggressive)~@253',
  ControlledDelay:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~ ' +
    'TargetSec:time(0,inf)~ IntervalSec:time(0,inf)~ CEThresholdSec:time(0,inf)~ ECN~',
  DeficitRoundRobinScheduler: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~',
  DeficitRoundRobinSchedulerClass: 'Parent:handle+one(root) ClassId:handle~ QuantumBytes:size(1024,0,4294967295)~',
  EnhancedTransmissionSelection:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ Bands:int(0,16)~ StrictBands:int(0,16)~ ' +
    'QuantumBytes:words(size(1024,1,4294967295))~ PriorityMap:words(int(0,255))~',
  PFIFO: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~',
  PFIFOFast: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~',
  PFIFOHeadDrop: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~',
  QuickFairQueueing: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~',
  QuickFairQueueingClass:
    'Parent:handle+one(root) ClassId:handle~ Weight:int(1,1023)~ MaxPacketBytes:size(1024,512,65536)~',
  FairQueueing:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~ ' +
    'FlowLimit:int(0,4294967295)~ QuantumBytes:size(1024,0,4294967295)~ ' +
    'InitialQuantumBytes:size(1024,0,4294967295)~ MaximumRate:size(1000,0,34359738360)~ Buckets:int(0,4294967295)~ ' +
    'OrphanMask:int(0,4294967295)~ Pacing~ CEThresholdSec:time(0,4294967295)~ Quantum:size(1024,0,4294967295)~ ' +
    'InitialQuantum:size(1024,0,4294967295)~',
  FairQueueingControlledDelay:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~ ' +
    'MemoryLimitBytes:size(1024,0,4294967294)~ Flows:int(0,4294967295)~ QuantumBytes:size(1024,0,4294967294)~ ' +
    'TargetSec:time(0,inf)~ IntervalSec:time(0,inf)~ CEThresholdSec:time(0,inf)~ ECN~ ' +
    'MemoryLimit:size(1024,0,4294967294)~ Quantum:size(1024,0,4294967294)~',
  FlowQueuePIE: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(1,4294967295)~',
  GenericRandomEarlyDetection:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ VirtualQueues:int(0,16)~ ' +
    'DefaultVirtualQueue:int(0,16)~ GenericRIO~',
  HeavyHitterFilter: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~',
  HierarchyTokenBucket:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ DefaultClass:hex(0,4294967295)~ ' +
    'RateToQuantum:int(0,4294967295)~',
  HierarchyTokenBucketClass:
    'Parent:handle+one(root) ClassId:handle~ Priority:int(0,4294967295)~ QuantumBytes:size(1024,0,4294967295)~ ' +
    'MTUBytes:size(1024,0,4294967295)~ OverheadBytes:size(1024,0,65535)~ Rate:size(1000,0,18446744073709551616)~ ' +
    'CeilRate:size(1000,0,18446744073709551616)~ BufferBytes:size(1024,0,4294967295)~ ' +
    'CeilBufferBytes:size(1024,0,4294967295)~',
  ClassfulMultiQueueing: 'Parent:handle+one(root,clsact,ingress)@257 Handle:hex(0,65535)~@257',
  BandMultiQueueing: 'Parent:handle+one(root,clsact,ingress)@257 Handle:hex(0,65535)~@257',
  NetworkEmulator:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ DelaySec:time(0,inf)~ DelayJitterSec:time(0,inf)~ ' +
    'LossRate:share~ DuplicateRate:share~ PacketLimit:int(0,4294967295)~',
  PIE: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~',
  StochasticFairBlue: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PacketLimit:int(0,4294967295)~',
  StochasticFairnessQueueing:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ PerturbPeriodSec:time(0,inf)~',
  TokenBucketFilter:
    'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ Rate:size(1000,0,18446744073709551616)~ ' +
    'BurstBytes:size(1024,0,18446744073709551616)~ LimitBytes:size(1024,0,18446744073709551616)~ ' +
    'MTUBytes:size(1024,0,18446744073709551616)~ MPUBytes:size(1024,0,18446744073709551616)~ ' +
    'PeakRate:size(1000,0,18446744073709551616)~ LatencySec:time(0,inf)~ Burst:size(1024,0,18446744073709551616)~ ' +
    'LimitSize:size(1024,0,18446744073709551616)~',
  TrivialLinkEqualizer: 'Parent:handle+one(root,clsact,ingress) Handle:hex(0,65535)~ Id:int(0,2147483647)~',
  IPv6PrefixDelegation:
    'RouterLifetimeSec:time(0,inf) Managed? OtherInformation? RouterPreference:one(high,medium,normal,default,low)>262:one(high,medium,normal,default,low)~ ' +
    'EmitDNS? DNS:words(address(6,set)+one(_link_local))~ EmitDomains? Domains DNSLifetimeSec:time(0,inf)',
  DHCP:
    'ClientIdentifier:one(mac,duid,duid-only)>257:one(mac,duid) UseDNS:bool>257:bool~ UseNTP:bool>257:bool~ UseMTU? ' +
    'UseHostname? UseDomains:bool+one(route) UseDomainName:bool+one(route) UseRoutes? Anonymize? SendHostname? ' +
    'Hostname:host~ RequestBroadcast~ CriticalConnection~ VendorClassIdentifier:any~>252:text~ UserClass:quoted(c)~ ' +
    'IAID:int(0,4294967295) DUIDType:duidtype>257:duidtype(number) DUIDRawData:hexbytes~ ' +
    'RouteMetric:int(0,4294967295) RouteTable:any~>252:table(1) UseTimezone? ListenPort:int(0,65535) RapidCommit? ' +
    'ForceDHCPv6PDOtherInformation!250',
  DHCPv6PrefixDelegation:
    'SubnetId:hex(0,9223372036854775807)+one(auto)~ Announce? Assign? ManageTemporaryAddress?@248 Token:token~ ' +
    'RouteMetric:int(0,4294967295)@249',
  TrafficControlQueueingDiscipline:
    'Parent:handle+one(root,clsact,ingress) NetworkEmulatorDelaySec:time(0,inf)~ ' +
    'NetworkEmulatorDelayJitterSec:time(0,inf)~ NetworkEmulatorLossRate:share~ NetworkEmulatorDuplicateRate:share~ ' +
    'NetworkEmulatorPacketLimit:int(0,4294967295)~',
  DHCPRelay:
    'AgentAddress:address(4,set)~@261 CircuitId:optiondata~@261 ExtraOption:dhcpoption(4)~@261 ' +
    'GatewayAddress:address(4,set)~@261 InterfacePriority:int(-2147483648,2147483647)@261 ' +
    'VirtualSubnetSelection:optiondata~@261',
  MobileNetwork:
    'APN:text(ascii)~@260 AllowRoaming?@260 ' +
    'AllowedAuthenticationMechanisms:words(one(none,pap,chap,mschap,mschapv2,eap))~@260 ' +
    'IPFamily:one(ipv4,ipv6,both,any)~@260 OperatorId:text(ascii)~@260 PIN:text(ascii)~@260 ' +
    'Password:text(ascii)~@260 RouteMetric:int(0,4294967295)~@260 UseGateway~@260 User:text(ascii)~@260',
};
