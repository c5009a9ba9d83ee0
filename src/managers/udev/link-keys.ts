/**
 * Which keys systemd knows in .link files, and since which version. Facts of systemd.link(5) and of the daemon's own tables
 * (src/udev/net/link-config-gperf.gperf) in 247 to 257; the notation is systemd-keys.ts's.
 */
import type { SectionTable } from '../systemd/keys.ts';

export const linkKeys: SectionTable = {
  Match:
    'MACAddress PermanentMACAddress OriginalName Path Driver Type Kind@251 Property Host Virtualization ' +
    'KernelCommandLine KernelVersion Credential@252 Architecture Firmware@251',
  Link:
    'Description Property@256 ImportProperty@256 UnsetProperty@256 MACAddressPolicy MACAddress NamePolicy Name ' +
    'AlternativeName AlternativeNamesPolicy Alias TransmitQueues@248 ReceiveQueues@248 TransmitQueueLength@248 ' +
    'MTUBytes BitsPerSecond Duplex AutoNegotiation~ WakeOnLan WakeOnLanPassword@250 Port ReceiveChecksumOffload~ ' +
    'TransmitChecksumOffload~ GenericSegmentationOffload~ TCPSegmentationOffload~ TCP6SegmentationOffload~ ' +
    'UDPSegmentationOffload! GenericReceiveOffload~ GenericReceiveOffloadHardware~@250 LargeReceiveOffload~ ' +
    'ReceiveVLANCTAGHardwareAcceleration~@250 TransmitVLANCTAGHardwareAcceleration~@250 ReceiveVLANCTAGFilter~@250 ' +
    'TransmitVLANSTAGHardwareAcceleration~@250 NTupleFilter~@250 RxChannels TxChannels OtherChannels CombinedChannels ' +
    'Advertise RxBufferSize RxMiniBufferSize RxJumboBufferSize TxBufferSize RxFlowControl~ TxFlowControl~ ' +
    'AutoNegotiationFlowControl~ GenericSegmentOffloadMaxBytes@248 GenericSegmentOffloadMaxSegments@248 ' +
    'RxCoalesceSec@250 RxMaxCoalescedFrames@250 RxCoalesceIrqSec@250 RxMaxCoalescedIrqFrames@250 TxCoalesceSec@250 ' +
    'TxMaxCoalescedFrames@250 TxCoalesceIrqSec@250 TxMaxCoalescedIrqFrames@250 StatisticsBlockCoalesceSec@250 ' +
    'UseAdaptiveRxCoalesce~@250 UseAdaptiveTxCoalesce~@250 CoalescePacketRateLow@250 RxCoalesceLowSec@250 ' +
    'RxMaxCoalescedLowFrames@250 TxCoalesceLowSec@250 TxMaxCoalescedLowFrames@250 CoalescePacketRateHigh@250 ' +
    'RxCoalesceHighSec@250 RxMaxCoalescedHighFrames@250 TxCoalesceHighSec@250 TxMaxCoalescedHighFrames@250 ' +
    'CoalescePacketRateSampleIntervalSec@250 ReceivePacketSteeringCPUMask@256 MDI@251 SR-IOVVirtualFunctions@251',
  'SR-IOV':
    'VirtualFunction@251 VLANId@251 QualityOfService@251 VLANProtocol@251 MACSpoofCheck@251 ' +
    'QueryReceiveSideScaling@251 Trust@251 LinkState@251 MACAddress@251',
};
