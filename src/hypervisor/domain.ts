/**
 * A libvirt domain as far as failover is concerned: its network devices, which of them are teamed, and where each says
 * so. Source: libvirt's formatdomain, "Teaming a virtio/hostdev NIC pair" (libvirt ≥ 6.1.0; hostdev ≥ 7.1.0).
 */
import { parseXml } from '../text/xml.ts';
import type { XmlDocument } from '../text/xml-element.ts';
import { attributeOf, childOf, childrenOf, valueOf, type XmlElement } from '../text/xml-element.ts';
import type { Place, Source, Span } from '../text/source.ts';

export interface Domain {
  readonly document: XmlDocument;
  /** The <domain> element, also where it stands below <domainsnapshot> or a save file's wrapper. */
  readonly element: XmlElement;
  readonly name: string | undefined;
  /** qemu, kvm, test, xen …: which driver will read it. */
  readonly type: string | undefined;
  /** <type arch= machine=>: "pc-q35-7.2". */
  readonly machine: string | undefined;
  readonly architecture: string | undefined;
  readonly devices: readonly NetDevice[];
  /** The guest agent's channel, of a running domain: has the guest opened it? Undefined: it has none, or is not running. */
  readonly agentChannel: 'connected' | 'disconnected' | undefined;
}

/** An <interface>, or a <hostdev> of mode subsystem. */
export interface NetDevice {
  readonly element: XmlElement;
  readonly kind: 'interface' | 'hostdev';
  /** The element's type: network, bridge, hostdev, user …; for a <hostdev> pci, usb, mdev … */
  readonly type: string | undefined;
  /** As it is written. A <hostdev> has none: the MAC is set on the PF beforehand. */
  readonly mac: string | undefined;
  readonly model: string | undefined;
  readonly alias: string | undefined;
  readonly managed: string | undefined;
  /** <link state=>; absent means up. */
  readonly linkState: string | undefined;
  /** <target dev=>: the tap on the host. */
  readonly tap: string | undefined;
  /** <source bridge=>, also of a running network's interface. */
  readonly bridge: string | undefined;
  readonly network: string | undefined;
  /** The host's PCI address that is passed through: "0000:42:02.5". */
  readonly hostAddress: string | undefined;
  readonly teaming: readonly Teaming[];
  /** The element as it is written. */
  readonly xml: string;
}

export interface Teaming {
  readonly element: XmlElement;
  readonly type: string | undefined;
  readonly persistent: string | undefined;
}

/** A persistent NIC with the transient one that points at it. */
export interface TeamedPair {
  readonly persistent: NetDevice;
  readonly transient: NetDevice;
}

/** Reads domain XML. Null: there is no <domain> in it; the document's faults say more. */
export function readDomain(source: Source): { document: XmlDocument; domain: Domain | null } {
  const document = parseXml(source);
  const element = document.root === null ? null : findDomain(document.root);
  if (element === null) return { document, domain: null };
  const machine = childOf(childOf(element, 'os'), 'type');
  const devices = childrenOf(element, 'devices').flatMap(({ children }) => children);
  const domain: Domain = {
    document,
    element,
    name: childOf(element, 'name')?.text.trim(),
    type: valueOf(element, 'type'),
    machine: valueOf(machine, 'machine'),
    architecture: valueOf(machine, 'arch'),
    devices: devices
      .filter(({ name }) => name === 'interface' || name === 'hostdev')
      .map((device) => readNetDevice(device, source)),
    agentChannel: agentChannelOf(devices),
  };
  return { document, domain };
}

/** <channel><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>: formatdomain, "Channel". */
function agentChannelOf(devices: readonly XmlElement[]): Domain['agentChannel'] {
  const targets = devices.filter(({ name }) => name === 'channel').map((channel) => childOf(channel, 'target'));
  const agent = targets.find((target) => valueOf(target, 'name') === 'org.qemu.guest_agent.0');
  const state = valueOf(agent, 'state');
  return state === 'connected' || state === 'disconnected' ? state : undefined;
}

function findDomain(element: XmlElement): XmlElement | null {
  if (element.name === 'domain') return element;
  for (const child of element.children) {
    const found = findDomain(child);
    if (found !== null) return found;
  }
  return null;
}

/** Reads one <interface> or <hostdev>, in a domain or by itself (the kernel document's vf.xml). */
export function readNetDevice(element: XmlElement, { text }: Source): NetDevice {
  const source = childOf(element, 'source');
  return {
    element,
    kind: element.name === 'hostdev' ? 'hostdev' : 'interface',
    type: valueOf(element, 'type'),
    mac: valueOf(childOf(element, 'mac'), 'address'),
    model: valueOf(childOf(element, 'model'), 'type'),
    alias: valueOf(childOf(element, 'alias'), 'name'),
    managed: valueOf(element, 'managed'),
    linkState: valueOf(childOf(element, 'link'), 'state'),
    tap: valueOf(childOf(element, 'target'), 'dev'),
    bridge: valueOf(source, 'bridge'),
    network: valueOf(source, 'network'),
    hostAddress: hostAddressOf(childOf(source, 'address')),
    teaming: childrenOf(element, 'teaming').map((teaming) => ({
      element: teaming,
      type: valueOf(teaming, 'type'),
      persistent: valueOf(teaming, 'persistent'),
    })),
    xml: text.slice(element.span.start, element.span.end),
  };
}

/** "0000:42:02.5", as sysfs spells it, from <address domain='0x0000' bus='0x42' slot='0x02' function='0x5'/>. */
function hostAddressOf(address: XmlElement | undefined): string | undefined {
  if (address === undefined || (valueOf(address, 'type') ?? 'pci') !== 'pci') return undefined;
  const part = (name: string, width: number): string | undefined => {
    const text = valueOf(address, name) ?? (name === 'domain' ? '0' : undefined);
    if (text === undefined || !/^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text)) return undefined;
    return Number(text).toString(16).padStart(width, '0');
  };
  const [domain, bus, slot, unit] = [part('domain', 4), part('bus', 2), part('slot', 2), part('function', 1)];
  if (domain === undefined || bus === undefined || slot === undefined || unit === undefined) return undefined;
  return `${domain}:${bus}:${slot}.${unit}`;
}

/** Is it passed to the guest from the host: a <hostdev>, or an interface of type hostdev? */
export function isHostDevice({ kind, type }: NetDevice): boolean {
  return kind === 'hostdev' || type === 'hostdev';
}

export function isTransient(device: NetDevice): boolean {
  return device.teaming.some(({ type }) => type === 'transient');
}

export function isPersistent(device: NetDevice): boolean {
  return device.teaming.some(({ type }) => type === 'persistent');
}

const pairsOf = new WeakMap<Domain, readonly TeamedPair[]>();

/**
 * The pairs that libvirt would team: a transient whose `persistent=` is the alias of a persistent one. Found once for each
 * domain, since most rules ask.
 */
export function teamedPairs(domain: Domain): readonly TeamedPair[] {
  const known = pairsOf.get(domain);
  if (known !== undefined) return known;
  const persistents = firstBy(domain.devices.filter(isPersistent), ({ alias }) => alias);
  const pairs = domain.devices.filter(isTransient).flatMap((transient): readonly TeamedPair[] => {
    const alias = transient.teaming.find(({ type }) => type === 'transient')?.persistent;
    const persistent = alias === undefined ? undefined : persistents.get(alias);
    return persistent === undefined ? [] : [{ persistent, transient }];
  });
  pairsOf.set(domain, pairs);
  return pairs;
}

/** The first of those that have the same key; those without one are left out. */
export function firstBy<T>(list: readonly T[], keyOf: (one: T) => string | undefined): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const one of list) {
    const key = keyOf(one);
    if (key !== undefined && !found.has(key)) found.set(key, one);
  }
  return found;
}

/** The place of an attribute's value, or of the start tag where there is no such attribute. */
export function attributePlace({ source }: XmlDocument, element: XmlElement, name?: string): Place {
  const span: Span = (name === undefined ? undefined : attributeOf(element, name)?.span) ?? element.tag;
  return { source, span };
}

/** Lower case, so that two spellings of one MAC compare equal. */
export function normalMac(mac: string | undefined): string | undefined {
  return mac?.trim().toLowerCase();
}
