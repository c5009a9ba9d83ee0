/**
 * Which keys systemd knows in .link files, and since which version. Facts of systemd.link(5) and of the daemon's own tables
 * (src/udev/net/link-config-gperf.gperf) in 247 to 257, and in 262's binary;
 * the notation is systemd/keys.ts's.
 */
import type { SectionTable } from '../systemd/keys.ts';

export const linkKeys: SectionTable = {
  Match:
    'MACAddress PermanentMACAddress OriginalName Path Driver Type Kind@251 Property Host Virtualization ' +
    'KernelCommandLine KernelVersion Credential@252 Architecture Firmware@251 MachineTag@262 Version@258',
  Link:
    'Description Property:words(assignment)~@256 ImportProperty:words(property)~@256 ' +
    'UnsetProperty:words(property)~@256 MACAddressPolicy:one(persistent,random,none)~ MACAddress:mac(any)~ ' +
    'NamePolicy:words(one(kernel,keep,database,onboard,slot,path,mac))~ Name:ifname(15)~ ' +
    'AlternativeName:words(ifname(127))~ AlternativeNamesPolicy:words(one(database,onboard,slot,path,mac))~ ' +
    'Alias:ascii~ TransmitQueues:int(1,4096)~>262:int(1,16384)~@248 ' +
    'ReceiveQueues:int(1,4096)~>262:int(1,16384)~@248 TransmitQueueLength:int(0,4294967294)~@248 ' +
    'MTUBytes:size(1024,0,4294967295) BitsPerSecond:size(1000,0,18446744073709551616) Duplex:one(full,half) ' +
    'AutoNegotiation~ WakeOnLan:words(one(phy,unicast,multicast,broadcast,arp,magic,secureon,off))~ ' +
    'WakeOnLanPassword:mac(6)+path~@250 Port:one(tp,aui,mii,fibre,bnc) ReceiveChecksumOffload~ ' +
    'TransmitChecksumOffload~ GenericSegmentationOffload~ TCPSegmentationOffload~ TCP6SegmentationOffload~ ' +
    'UDPSegmentationOffload! GenericReceiveOffload~ GenericReceiveOffloadHardware~@250 LargeReceiveOffload~ ' +
    'ReceiveVLANCTAGHardwareAcceleration~@250 TransmitVLANCTAGHardwareAcceleration~@250 ReceiveVLANCTAGFilter~@250 ' +
    'TransmitVLANSTAGHardwareAcceleration~@250 NTupleFilter~@250 RxChannels:int(1,4294967295)~ ' +
    'TxChannels:int(1,4294967295)~ OtherChannels:int(1,4294967295)~ CombinedChannels:int(1,4294967295)~ ' +
    'Advertise:words(linkmode)~ RxBufferSize:int(1,4294967295)~ RxMiniBufferSize:int(1,4294967295)~ ' +
    'RxJumboBufferSize:int(1,4294967295)~ TxBufferSize:int(1,4294967295)~ RxFlowControl~ TxFlowControl~ ' +
    'AutoNegotiationFlowControl~ GenericSegmentOffloadMaxBytes:size(1024,0,18446744073709551616)@248 ' +
    'GenericSegmentOffloadMaxSegments:int(0,4294967295)@248 RxCoalesceSec:time(0,4294967295)~@250 ' +
    'RxMaxCoalescedFrames:int(0,4294967295)~@250 RxCoalesceIrqSec:time(0,4294967295)~@250 ' +
    'RxMaxCoalescedIrqFrames:int(0,4294967295)~@250 TxCoalesceSec:time(0,4294967295)~@250 ' +
    'TxMaxCoalescedFrames:int(0,4294967295)~@250 TxCoalesceIrqSec:time(0,4294967295)~@250 ' +
    'TxMaxCoalescedIrqFrames:int(0,4294967295)~@250 StatisticsBlockCoalesceSec:time(1,4294967295)~@250 ' +
    'UseAdaptiveRxCoalesce~@250 UseAdaptiveTxCoalesce~@250 CoalescePacketRateLow:int(0,4294967295)~@250 ' +
    'RxCoalesceLowSec:time(0,4294967295)~@250 RxMaxCoalescedLowFrames:int(0,4294967295)~@250 ' +
    'TxCoalesceLowSec:time(0,4294967295)~@250 TxMaxCoalescedLowFrames:int(0,4294967295)~@250 ' +
    'CoalescePacketRateHigh:int(0,4294967295)~@250 RxCoalesceHighSec:time(0,4294967295)~@250 ' +
    'RxMaxCoalescedHighFrames:int(0,4294967295)~@250 TxCoalesceHighSec:time(0,4294967295)~@250 ' +
    'TxMaxCoalescedHighFrames:int(0,4294967295)~@250 CoalescePacketRateSampleIntervalSec:time(1,4294967295)~@250 ' +
    'ReceivePacketSteeringCPUMask:one(all,disable,4294967295)+cpus~@256 ' +
    'MDI:one(mdi,mdi-x,auto,straight,mdix,crossover,mdi-ii)~@251 SR-IOVVirtualFunctions:int(0,2147483647)~@251 ' +
    'GenericReceiveOffloadList~@260 GenericReceiveOffloadUDPForwarding~@260 IRQAffinity:cpus~@260 ' +
    'IRQAffinityNUMA:int(0,2147483648)+one(local)~@260 IRQAffinityPolicy:one(spread,single)~@260 ' +
    'PartialGenericSegmentationOffload~@258 ReceiveAll~@258 ReceiveFCS~@258 ScatterGather~@260 ' +
    'ScatterGatherFragmentList~@260 TCPECNSegmentationOffload~@260 TCPMangleIdSegmentationOffload~@260',
  'SR-IOV':
    'VirtualFunction:int(0,2147483646)~@251 VLANId:int(1,4095)~@251 QualityOfService:int(0,4294967295)~@251 ' +
    'VLANProtocol:one(802.1Q,802.1ad)~@251 MACSpoofCheck~@251 QueryReceiveSideScaling~@251 Trust~@251 ' +
    'LinkState:bool+one(auto)~@251 MACAddress:mac(6)~@251',
  EnergyEfficientEthernet:
    'Enable~@258 LinkMode:words(linkmode)~@258 TxLowPowerIdle~@258 TxLowPowerIdleSec:time(0,inf)@258',
};
