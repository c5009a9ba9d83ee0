/** Every rule about libvirt domains, in the order of their numbers. */
import { domainNotWellFormed } from './fo500-domain-not-well-formed.ts';
import { teamingMalformed } from './fo501-teaming-malformed.ts';
import { teamingAliasDangling } from './fo502-teaming-alias-dangling.ts';
import { teamingAliasNotUa } from './fo503-teaming-alias-not-ua.ts';
import { teamingMacsDiffer } from './fo504-teaming-macs-differ.ts';
import { teamingShared } from './fo505-teaming-shared.ts';
import { persistentNotVirtio } from './fo506-persistent-not-virtio.ts';
import { transientNotHostdev } from './fo507-transient-not-hostdev.ts';
import { machineWithoutPcie } from './fo508-machine-without-pcie.ts';
import { transientOnRootBus } from './fo509-transient-on-root-bus.ts';
import { persistentAlone } from './fo510-persistent-alone.ts';
import { standbyLinkUp } from './fo511-standby-link-up.ts';
import { vfNotManaged } from './fo512-vf-not-managed.ts';
import { vfNotOnHost } from './fo513-vf-not-on-host.ts';
import { hostTooOld } from './fo514-host-too-old.ts';
import { transientSharesSlot } from './fo515-transient-shares-slot.ts';
import { transientBusWithoutHotplug } from './fo516-transient-bus-without-hotplug.ts';
import { pairOnTwoSegments } from './fo517-pair-on-two-segments.ts';
import { pairSettingsDiffer } from './fo518-pair-settings-differ.ts';
import { standbyMtu } from './fo519-standby-mtu.ts';
import { vfFiltersBridgedMacs } from './fo520-vf-filters-bridged-macs.ts';
import type { DomainRule } from './rule.ts';

export const domainRules: readonly DomainRule[] = [
  domainNotWellFormed,
  teamingMalformed,
  teamingAliasDangling,
  teamingAliasNotUa,
  teamingMacsDiffer,
  teamingShared,
  persistentNotVirtio,
  transientNotHostdev,
  machineWithoutPcie,
  transientOnRootBus,
  persistentAlone,
  standbyLinkUp,
  vfNotManaged,
  vfNotOnHost,
  hostTooOld,
  transientSharesSlot,
  transientBusWithoutHotplug,
  pairOnTwoSegments,
  pairSettingsDiffer,
  standbyMtu,
  vfFiltersBridgedMacs,
];
