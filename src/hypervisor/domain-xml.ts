/**
 * The pair of interfaces that makes a failover guest, as libvirt XML, and the patch that puts it into a domain with every
 * other byte as it was.
 */
import type { Edit } from '../lint/finding.ts';
import { childOf, childrenOf, escapeXml, type XmlElement } from '../text/xml.ts';
import { normalMac, type Domain } from './domain.ts';
import { insertInto } from './xml-edits.ts';

export interface PairRequest {
  /** The MAC of both, lower case. */
  readonly mac: string;
  /** What the virtio NIC is plugged into on the host. */
  readonly source: { readonly kind: 'bridge' | 'network'; readonly name: string };
  /** The VF: a PCI address of this host ("0000:42:02.5"), or a libvirt network that is a pool of VFs. */
  readonly vf: { readonly kind: 'address' | 'network'; readonly name: string };
  /** The alias that joins the two: "ua-failover0". Without `ua-` libvirt drops it silently. */
  readonly alias: string;
  /** A fixed name for the tap on the host, or null. */
  readonly tap: string | null;
  /** Starts the virtio NIC without carrier, so that the host sends nothing to it while a VF is in use. */
  readonly linkDown: boolean;
  /** Queues of the virtio NIC, or null for libvirt's default. */
  readonly queues: number | null;
}

/** An OEM string (SMBIOS type 11) that carries a systemd credential: "io.systemd.credential.binary:NAME=BASE64". */
export type OemString = string;

/** The two <interface> elements, indented by two spaces a level, from column 1. */
export function renderPair(request: PairRequest): string {
  const { mac, source, vf, alias, tap, linkDown, queues } = request;
  const address = `<mac address='${escapeXml(mac)}'/>`;
  const standby = [
    address,
    `<source ${source.kind}='${escapeXml(source.name)}'/>`,
    ...(tap === null ? [] : [`<target dev='${escapeXml(tap)}'/>`]),
    `<model type='virtio'/>`,
    ...(queues === null ? [] : [`<driver name='vhost' queues='${queues}'/>`]),
    ...(linkDown ? [`<link state='down'/>`] : []),
    `<teaming type='persistent'/>`,
    `<alias name='${escapeXml(alias)}'/>`,
  ];
  const primary = [
    address,
    ...(vf.kind === 'network'
      ? [`<source network='${escapeXml(vf.name)}'/>`]
      : ['<source>', `  ${renderHostAddress(vf.name)}`, '</source>']),
    `<teaming type='transient' persistent='${escapeXml(alias)}'/>`,
  ];
  const opening = vf.kind === 'network' ? `<interface type='network'>` : `<interface type='hostdev' managed='yes'>`;
  return [
    ...element(`<interface type='${source.kind}'>`, standby, '</interface>'),
    ...element(opening, primary, '</interface>'),
    '',
  ].join('\n');
}

/** The elements that carry OEM strings into the guest: <sysinfo> goes into <domain>, <smbios> into its <os>. */
export function renderSysinfo(strings: readonly OemString[]): string {
  const entries = strings.map((text) => `<entry>${escapeXml(text)}</entry>`);
  return `${element(`<sysinfo type='smbios'>`, element('<oemStrings>', entries, '</oemStrings>'), '</sysinfo>').join('\n')}\n`;
}

export const smbiosElement = `<smbios mode='sysinfo'/>`;

function element(opening: string, inside: readonly string[], closing: string): readonly string[] {
  return [opening, ...inside.map((line) => `  ${line}`), closing];
}

/** "0000:42:02.5" as libvirt spells it. */
function renderHostAddress(address: string): string {
  const [domain = '', bus = '', slot = '', unit = ''] = address.split(/[:.]/);
  return `<address type='pci' domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${unit}'/>`;
}

/** What stands in the way of a patch, with the element to point at. */
export interface PatchRefusal {
  readonly element: XmlElement;
  readonly message: string;
}

/** The edits that put a pair, and perhaps OEM strings, into a domain. Nothing that is there is changed or removed. */
export function patchDomain(
  domain: Domain,
  request: PairRequest,
  strings: readonly OemString[],
): readonly Edit[] | PatchRefusal {
  const devices = childrenOf(domain.element, 'devices').at(-1);
  if (devices === undefined) return { element: domain.element, message: 'the domain has no <devices>' };
  const twin = domain.devices.find((device) => normalMac(device.mac) === request.mac);
  if (twin !== undefined) {
    return { element: twin.element, message: `an interface with MAC ${request.mac} is there already: remove it first` };
  }
  const namesake = domain.devices.find((device) => device.alias === request.alias);
  if (namesake !== undefined) {
    return { element: namesake.element, message: `the alias '${request.alias}' is taken: choose another with --alias` };
  }
  const edits = [insertInto(domain.document, devices, renderPair(request))];
  if (strings.length === 0) return edits;
  const sysinfo = childOf(domain.element, 'sysinfo');
  const os = childOf(domain.element, 'os');
  const smbios = childOf(os, 'smbios');
  if (sysinfo !== undefined)
    return { element: sysinfo, message: 'the domain has a <sysinfo>: add the entries by hand' };
  if (smbios !== undefined)
    return { element: smbios, message: "the domain's <os> has an <smbios>: add the entries by hand" };
  if (os === undefined) return { element: domain.element, message: 'the domain has no <os>' };
  return [
    insertInto(domain.document, os, `${smbiosElement}\n`),
    insertInto(domain.document, domain.element, renderSysinfo(strings)),
    ...edits,
  ];
}
