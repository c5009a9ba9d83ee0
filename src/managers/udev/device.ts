/**
 * What a link answers to udev's rules. In all of it `undefined` is "not known", and null "there is none".
 *
 * A link of a failover group sits on a virtio or PCI device; a link without a parent's driver (null) is virtual.
 */
import type { GroupKind } from '../../topology/failover-group.ts';
import type { DeviceFacts, DeviceLevel, Fact } from './device-facts.ts';
import type { Verdict } from '../claim.ts';
import { compareAttribute } from './compare-fact.ts';
import type { RuleToken } from './rule-model.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';

/** All that rules can ask: facts that most ask for, and answers, so that it can be noted which were asked for (run.ts). */
export interface Device {
  readonly facts: DeviceFacts;
  /** ATTR==: a guest's own MAC is nothing that rules tell guests apart by where they only ask whether it is another. */
  readonly compares: (token: RuleToken) => Verdict;
  /** A few values an attribute may have; one of them is the true one. Null: the attribute is missing. */
  readonly attribute: (name: string) => readonly Fact[];
  /** TEST==: is there such a file? The path is as it is written where what it names is not known. */
  readonly exists: (path: string) => boolean | undefined;
  /** A property in udev's database, or null. */
  readonly property: (name: string) => string | null;
}

export function describeDevice(guest: Guest, phase: Phase, link: LinkFacts, action: string): Device {
  const kernelName = action === 'add' ? link.kernelName : link.name;
  const { driver, parentDriver, idPath, properties } = link;
  const { architecture, virtualization, kernelCommandLine, systemdVersion } = guest.host;
  return {
    facts: {
      driver,
      parentDriver,
      idPath,
      action,
      kernelName,
      levels: levelsOf(link, kernelName, kindOf(guest, link)),
      host: { architecture, virtualization, kernelCommandLine, systemdVersion },
      hasProperties: properties !== undefined,
    },
    property: (name) => properties?.get(name) ?? null,
    compares: (token) => compareAttribute(token, attributeOf(guest, phase, link, token.attribute ?? '')),
    attribute: (name) => attributeOf(guest, phase, link, name),
    exists: (path) => existsFor(guest, phase, link, path),
  };
}

/** Netdevs have no driver of their own; DRIVERS== finds those of the devices below. */
function levelsOf(
  { parentDriver, idPath }: LinkFacts,
  kernelName: string | undefined,
  kind: GroupKind | undefined,
): readonly DeviceLevel[] {
  const link: DeviceLevel = { kernel: kernelName, subsystem: 'net', driver: null };
  if (parentDriver === null) return [link];
  const slot = idPath === null ? null : /^pci-(.*)$/.exec(idPath ?? '')?.[1];
  if (parentDriver === 'virtio_net')
    return [
      link,
      { kernel: undefined, subsystem: 'virtio', driver: 'virtio_net' },
      { kernel: slot, subsystem: 'pci', driver: 'virtio-pci' },
      pciBridge,
    ];
  if (parentDriver === 'hv_netvsc') return [link, { kernel: undefined, subsystem: 'vmbus', driver: 'hv_netvsc' }];
  // Hyper-V's VF: a PCI device on a bus that hv_pci makes for it (drivers/pci/controller/pci-hyperv.c)
  if (kind === 'netvsc')
    return [
      link,
      { kernel: slot, subsystem: 'pci', driver: parentDriver },
      { kernel: undefined, subsystem: 'vmbus', driver: 'hv_pci' },
    ];
  if (slot === null || slot === undefined)
    return [link, { kernel: undefined, subsystem: undefined, driver: parentDriver }];
  return [link, { kernel: slot, subsystem: 'pci', driver: parentDriver }, pciBridge];
}

/** A root port, or the root of the bus. */
const pciBridge: DeviceLevel = { kernel: undefined, subsystem: 'pci', driver: 'pcieport' };

/** VIRTIO_NET_F_STANDBY is bit 62 of 64; the other bits are not known. */
const standbyFeatures = ['0'.repeat(62) + '10', '1'.repeat(62) + '11'];
const ordinaryFeatures = ['0'.repeat(64), '1'.repeat(62) + '01'];

/** HV_NIC_GUID of include/linux/hyperv.h: the class of a synthetic NIC. */
const netvscClass = '{f8615163-df3e-46c5-913f-f2d2f965ed0e}';

function kindOf({ groups }: Guest, { group }: LinkFacts): GroupKind | undefined {
  return group === null ? undefined : groups[group]?.kind;
}

function attributeOf(guest: Guest, phase: Phase, link: LinkFacts, name: string): readonly Fact[] {
  const kind = kindOf(guest, link);
  if (name.startsWith('master/')) {
    if (link.master === null) return [null];
    const master = phase.links.find((other) => other.name === link.master);
    return master === undefined ? [undefined] : attributeOf(guest, phase, master, name.slice('master/'.length));
  }
  switch (name) {
    case 'address':
      return [link.mac];
    case 'type':
      return [link.type === undefined ? undefined : link.type === 'loopback' ? '772' : '1'];
    case 'phys_port_name':
      // Only virtio_net's standby has one among a group's links: virtnet_get_phys_port_name().
      return [kind === 'net_failover' && link.role === 'standby' ? 'sby' : null];
    case 'flags':
      // netvsc sets IFF_SLAVE on its VF, net_failover on neither slave. Up or down. It does so before the uevent
      // (NETDEV_POST_INIT; netvsc_netdev_event() in drivers/net/hyperv/netvsc_drv.c of 6.12), if it is there by then.
      if (kind === undefined) return [undefined];
      if (kind === 'net_failover' || link.role === 'master' || phase.name === 'vf-first') return ['0x1002', '0x1003'];
      return link.role === 'primary' ? ['0x1802', '0x1803'] : ['0x1802', '0x1803', '0x1002', '0x1003'];
    case 'device/features':
      if (link.parentDriver === undefined) return [undefined];
      if (link.parentDriver !== 'virtio_net') return [null];
      return kind === 'net_failover' ? standbyFeatures : ordinaryFeatures;
    case 'device/class_id':
      return [link.parentDriver === 'hv_netvsc' ? netvscClass : link.parentDriver === undefined ? undefined : null];
    case 'addr_assign_type':
    case 'dev_port':
      return [link.role === 'none' ? undefined : '0'];
    case 'dev_id':
      return [link.role === 'none' ? undefined : '0x0'];
    // Symbolic links are no attributes (sd_device_get_sysattr_value()).
    case 'master':
    case 'device':
    case 'device/driver':
      return [null];
    default:
      return [undefined];
  }
}

/** Where the rule that failoverctl ships notes each master's MAC, and forgets it some time after the master has gone. */
const masterNotes = '/run/net-failover/';

function existsFor(guest: Guest, phase: Phase, link: LinkFacts, path: string): boolean | undefined {
  if (path.startsWith(masterNotes)) {
    const mac = path.slice(masterNotes.length);
    // in an image nobody knows the MAC, but the links of a group share it
    const isOwn = mac.startsWith('$attr{address}') && link.mac === undefined;
    if (isOwn && link.group === null) return undefined;
    return phase.links.some(
      ({ role, mac: other, group }) => role === 'master' && (isOwn ? group === link.group : other === mac),
    );
  }
  if (path.startsWith('master/')) {
    if (link.master === null) return false;
    const master = phase.links.find(({ name }) => name === link.master);
    return master === undefined ? undefined : existsFor(guest, phase, master, path.slice('master/'.length));
  }
  switch (path) {
    case 'master':
      return link.master !== null;
    case 'device':
      return link.parentDriver === undefined ? undefined : link.parentDriver !== null;
    case 'bonding_slave':
      return link.master === null || link.role !== 'none' ? false : undefined;
    case 'device/features':
    case 'phys_port_name': {
      const values = attributeOf(guest, phase, link, path);
      if (values.includes(undefined)) return undefined;
      // Until lately the file is there even where reading it fails.
      return values.includes(null) ? (path === 'phys_port_name' ? undefined : false) : true;
    }
    default:
      return undefined;
  }
}
