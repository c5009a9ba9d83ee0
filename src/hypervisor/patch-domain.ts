/**
 * The pair put into a domain: a virtio NIC and a VF that are there already are teamed, one that is missing is added. Every
 * other byte stays as it was.
 */
import type { Edit } from '../findings/finding.ts';
import { childOf, childrenOf, type XmlElement } from '../text/xml-element.ts';
import { escapeXml } from '../text/xml-characters.ts';
import {
  carryStrings,
  renderPrimary,
  renderStandby,
  type OemString,
  type PairRequest,
  type PatchRefusal,
} from './domain-xml.ts';
import { isHostDevice, isPersistent, isTransient, normalMac, type Domain, type NetDevice } from './domain.ts';
import { insertFirst, insertInto, setAttribute } from './xml-edits.ts';

/** A pair as it is asked for. Null: as the domain has it, or, for the alias, one that is free. */
export interface PatchRequest extends Omit<PairRequest, 'source' | 'vf' | 'alias'> {
  readonly source: PairRequest['source'] | null;
  readonly vf: PairRequest['vf'] | null;
  readonly alias: string | null;
}

/** What becomes of a domain. */
export interface PatchPlan {
  readonly domain: Domain;
  readonly request: PatchRequest;
  readonly alias: string;
  /** The NIC that becomes the persistent one, or what it is to be plugged into when it is added. */
  readonly standby: NetDevice | PairRequest['source'];
  /** The device that becomes the transient one, or the VF to add. */
  readonly primary: NetDevice | PairRequest['vf'];
}

export function planPatch(domain: Domain, request: PatchRequest): PatchPlan | PatchRefusal {
  const { mac, source, vf } = request;
  const devices = childrenOf(domain.element, 'devices').at(-1);
  if (devices === undefined) return { element: domain.element, message: 'the domain has no <devices>' };
  const vfs = domain.devices.filter((device) => isWantedVf(device, request));
  const nics = domain.devices.filter(
    (device) => device.kind === 'interface' && normalMac(device.mac) === mac && !vfs.includes(device),
  );
  const [nic, secondNic] = nics;
  const [passedThrough, secondVf] = vfs;
  if (secondNic !== undefined)
    return { element: secondNic.element, message: `a second NIC with MAC ${mac}: expected one` };
  if (secondVf !== undefined) return { element: secondVf.element, message: 'a second VF for this NIC: expected one' };
  const standby = nic ?? source;
  const primary = passedThrough ?? vf;
  if (standby === null) {
    return { element: devices, message: `no virtio NIC has MAC ${mac}: expected --bridge or --network, to add one` };
  }
  if (primary === null) {
    return { element: devices, message: `no VF has MAC ${mac}: expected --vf or --vf-pool, to add one` };
  }
  const refusal = refuseStandby(nic, source) ?? refusePrimary(passedThrough, vf, nic);
  if (refusal !== null) return refusal;
  const alias = chooseAlias(domain, devices, request.alias, nic);
  if (typeof alias !== 'string') return alias;
  const rival = domain.devices.find(
    (device) => device !== passedThrough && device.teaming.some(({ persistent }) => persistent === alias),
  );
  if (rival !== undefined) return { element: rival.element, message: `another VF is teamed with '${alias}' already` };
  return { domain, request, alias, standby, primary };
}

/** A VF that is passed through: by its address on the host, by the MAC, or one of the pool that is asked for with the MAC. */
function isWantedVf(device: NetDevice, { mac, vf }: PatchRequest): boolean {
  if (vf?.kind === 'address' && device.hostAddress === vf.name) return true;
  if (normalMac(device.mac) !== mac) return false;
  return isHostDevice(device) || isTransient(device) || (vf?.kind === 'network' && device.network === vf.name);
}

function refuseStandby(nic: NetDevice | undefined, source: PatchRequest['source']): PatchRefusal | null {
  if (nic === undefined) return null;
  const refuse = (message: string): PatchRefusal => ({ element: nic.element, message });
  if (nic.model?.startsWith('virtio') !== true) {
    return refuse(
      `the NIC with this MAC has model '${nic.model ?? 'none'}': expected 'virtio', which alone can be a standby`,
    );
  }
  const plugged = nic.type === 'network' ? nic.network : nic.bridge;
  if (source !== null && (nic.type !== source.kind || plugged !== source.name)) {
    return refuse(
      `the NIC with this MAC is on ${nic.type ?? 'nothing'} '${plugged ?? ''}': expected no --${source.kind}, or that one`,
    );
  }
  return null;
}

function refusePrimary(
  device: NetDevice | undefined,
  vf: PatchRequest['vf'],
  nic: NetDevice | undefined,
): PatchRefusal | null {
  if (device === undefined) return null;
  const refuse = (message: string): PatchRefusal => ({ element: device.element, message });
  if (isPersistent(device)) return refuse('the VF is a persistent device: expected it to have no <teaming>');
  if (vf?.kind === 'address' && device.hostAddress !== vf.name) {
    return refuse(`the VF with this MAC is ${device.hostAddress ?? 'from a pool'}: expected no --vf, or that one`);
  }
  const other = device.teaming.find(({ persistent }) => persistent !== undefined)?.persistent;
  if (other !== undefined && other !== nic?.alias) return refuse(`the VF is teamed with '${other}' already`);
  return null;
}

/** The one asked for, the NIC's own if libvirt keeps it, or the first of ua-failover0, ua-failover1 … that is free. */
function chooseAlias(
  { devices: nics }: Domain,
  devices: XmlElement,
  asked: string | null,
  nic: NetDevice | undefined,
): string | PatchRefusal {
  const taken = new Map<string, XmlElement>();
  for (const element of [...devices.children, ...nics.map((one) => one.element)]) {
    const name = childOf(element, 'alias')?.attributes.find((attribute) => attribute.name === 'name')?.value;
    if (name !== undefined && element !== nic?.element) taken.set(name, element);
  }
  const kept = nic?.alias?.startsWith('ua-') === true && nic.alias.length > 3 ? nic.alias : null;
  const wanted = asked ?? kept;
  if (wanted === null) {
    for (let number = 0; ; number += 1) if (!taken.has(`ua-failover${number}`)) return `ua-failover${number}`;
  }
  const namesake = taken.get(wanted);
  if (namesake === undefined) return wanted;
  return { element: namesake, message: `the alias '${wanted}' is taken: choose another with --alias` };
}

/** The edits that put the pair, and perhaps OEM strings, into the domain. */
export function patchDomain(
  { domain, request, alias, standby, primary }: PatchPlan,
  strings: readonly OemString[],
): readonly Edit[] | PatchRefusal {
  const devices = childrenOf(domain.element, 'devices').at(-1) ?? domain.element;
  const added = [
    'element' in standby ? '' : renderStandby({ ...request, source: standby, alias }),
    'element' in primary ? '' : renderPrimary({ ...request, vf: primary, alias }),
  ].join('');
  const edits = [
    ...('element' in standby ? teamStandby(domain, standby, alias, request) : []),
    ...('element' in primary ? teamPrimary(domain, primary, alias, request.mac) : []),
    ...(added === '' ? [] : [insertInto(domain.document, devices, added)]),
  ];
  if (strings.length === 0) return edits;
  const carried = carryStrings(domain, strings);
  return 'message' in carried ? carried : [...carried, ...edits];
}

/** Attributes of children by their element's name; a child that is missing is added. */
type Children = Readonly<Record<string, Readonly<Record<string, string>>>>;

function setChildren({ document }: Domain, element: XmlElement, children: Children): readonly Edit[] {
  const missing: string[] = [];
  const edits: Edit[] = [];
  for (const [name, attributes] of Object.entries(children)) {
    const child = childOf(element, name);
    if (child === undefined) {
      const words = Object.entries(attributes).map(([key, value]) => ` ${key}='${escapeXml(value)}'`);
      missing.push(`<${name}${words.join('')}/>\n`);
      continue;
    }
    for (const [key, value] of Object.entries(attributes)) {
      const now = child.attributes.find((attribute) => attribute.name === key)?.value;
      if (now !== value) edits.push(setAttribute(document, child, key, value));
    }
  }
  return missing.length === 0 ? edits : [...edits, insertInto(document, element, missing.join(''))];
}

/** What the NIC is to have: also for virt-xml, which sets the same. */
export function standbyChildren(alias: string, { tap, queues, linkDown }: PatchRequest): Children {
  return {
    ...(tap === null ? {} : { target: { dev: tap } }),
    ...(queues === null ? {} : { driver: { name: 'vhost', queues: String(queues) } }),
    ...(linkDown ? { link: { state: 'down' } } : {}),
    teaming: { type: 'persistent' },
    alias: { name: alias },
  };
}

function teamStandby(domain: Domain, nic: NetDevice, alias: string, request: PatchRequest): readonly Edit[] {
  return setChildren(domain, nic.element, standbyChildren(alias, request));
}

function teamPrimary(domain: Domain, device: NetDevice, alias: string, mac: string): readonly Edit[] {
  const teaming = { teaming: { type: 'transient', persistent: alias } };
  // A <hostdev> has no <mac>: it is set on the PF.
  if (device.kind === 'hostdev') return setChildren(domain, device.element, teaming);
  const macElement = childOf(device.element, 'mac');
  if (macElement === undefined) {
    const first = insertFirst(domain.document, device.element, `<mac address='${escapeXml(mac)}'/>`);
    return [first, ...setChildren(domain, device.element, teaming)];
  }
  const same = normalMac(device.mac) === mac ? {} : { mac: { address: mac } };
  return setChildren(domain, device.element, { ...same, ...teaming });
}
