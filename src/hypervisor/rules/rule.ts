/** What a rule about libvirt domains is: the same as a rule of src/lint/rules, but for what it looks at. */
import type { Finding, Severity } from '../../findings/finding.ts';
import type { Place } from '../../text/source.ts';
import type { XmlElement } from '../../text/xml-element.ts';
import { attributePlace, type Domain } from '../domain.ts';
import type { VirtualFunction } from '../virtual-function.ts';

export interface DomainRule {
  /** FO5xx. Never reused. */
  readonly id: string;
  /** What it forbids. */
  readonly name: string;
  readonly severity: Severity;
  /** What it looks for, in a sentence or two. */
  readonly what: string;
  /** What happens in the field. */
  readonly why: string;
  /** Where that is known from. */
  readonly source: string;
  /** Domain XML that yields exactly this rule, and XML that yields nothing. */
  readonly bad: readonly string[];
  readonly good: readonly string[];
  /** The host that the examples are for, where the rule depends on one. */
  readonly exampleHost?: HostView;
  readonly check: (domain: Domain, host: HostView) => readonly DomainFinding[];
}

/** What a rule says; the rest of the finding is the rule's own. */
export interface DomainFinding {
  readonly message: string;
  readonly place: Place;
  /** Where it is not the rule's. */
  readonly severity?: Severity;
  readonly related?: Finding['related'];
  readonly help?: string;
  readonly fix?: Finding['fix'];
}

/** What is known of the host that the domain is linted on, and of the guest inside. Null or empty: not known. */
export interface HostView {
  /** The VF at a PCI address, or why it is none; null where this host has no PCI devices to look at. */
  readonly virtualFunction: (address: string) => VirtualFunction | string | null;
  /** What the PF's table says of a VF. */
  readonly vfSettings: (vf: VirtualFunction) => VfSettings | null;
  /** libvirt's networks. */
  readonly networks: readonly HostNetwork[];
  /** [9, 0, 0]. */
  readonly libvirtVersion: readonly number[] | null;
  readonly qemuVersion: readonly number[] | null;
  /** Of a snapshot of the guest. */
  readonly guest: GuestView | null;
}

export interface VfSettings {
  readonly spoofChecked: boolean | null;
  readonly trusted: boolean | null;
}

/** A libvirt network. Source: libvirt's formatnetwork. */
export interface HostNetwork {
  readonly name: string;
  /** nat, route, open, bridge, hostdev …; null: an isolated network, which has no <forward>. */
  readonly forward: string | null;
  /** "virbr0", "br0". */
  readonly bridge: string | null;
  readonly mtu: number | null;
  /** Its tags as "5" or "5,6 trunk"; null: none. */
  readonly vlan: string | null;
}

export interface GuestView {
  /** Failover masters with other MACs than their own on what stands on them, or behind it. */
  readonly otherMacs: readonly OtherMacs[];
  /** Each master's MTU. */
  readonly mtus: readonly { readonly mac: string; readonly master: string; readonly mtu: number }[];
}

export interface OtherMacs {
  readonly mac: string;
  readonly master: string;
  /** The bridge that they are on or behind, or a link with a MAC of its own: a macvlan. */
  readonly link: string;
  readonly isBridge: boolean;
}

/** Of a domain that is linted away from any host. */
export const noHost: HostView = {
  virtualFunction: () => null,
  vfSettings: () => null,
  networks: [],
  libvirtVersion: null,
  qemuVersion: null,
  guest: null,
};

/** A finding of a rule's domain, at an attribute of an element or at its start tag. */
export function placeIn(domain: Domain, element: XmlElement, attribute?: string): Place {
  return attributePlace(domain.document, element, attribute);
}

/**
 * An example domain: q35, with these devices inside. Each element stands on a line of its own, so that frames are
 * readable.
 */
export function exampleDomain(devices: string, machine = 'q35'): string {
  return `<domain type='kvm'>
  <name>vm-01</name>
  <memory unit='GiB'>1</memory>
  <os>
    <type arch='x86_64' machine='${machine}'>hvm</type>
  </os>
  <devices>
${devices.trim().replace(/^(?=.)/gm, '    ')}
  </devices>
</domain>
`;
}

/** The two halves of a sound pair, for examples. */
export const goodStandby = `<interface type='bridge'>
  <mac address='52:54:00:00:12:53'/>
  <source bridge='br0'/>
  <model type='virtio'/>
  <link state='down'/>
  <teaming type='persistent'/>
  <alias name='ua-failover0'/>
</interface>`;
export const goodPrimary = `<interface type='hostdev' managed='yes'>
  <mac address='52:54:00:00:12:53'/>
  <source>
    <address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/>
  </source>
  <teaming type='transient' persistent='ua-failover0'/>
</interface>`;
export const goodPair = `${goodStandby}\n${goodPrimary}`;
