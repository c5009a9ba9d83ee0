/** The pair of interfaces that makes a failover guest, and OEM strings, as libvirt XML. */
import type { Edit } from '../findings/finding.ts';
import { childOf, childrenOf, valueOf, type XmlElement } from '../text/xml-element.ts';
import { escapeXml } from '../text/xml-characters.ts';
import type { Domain } from './domain.ts';
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

/** An OEM string (SMBIOS type 11), as src/managers/credentials.ts encodes a systemd credential: "KIND:NAME=VALUE". */
export type OemString = string;

/** The two <interface> elements, indented by two spaces a level, from column 1. */
export function renderPair(request: PairRequest): string {
  return `${renderStandby(request)}${renderPrimary(request)}`;
}

/** The virtio NIC. */
export function renderStandby({ mac, source, alias, tap, linkDown, queues }: Omit<PairRequest, 'vf'>): string {
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
  return lines(element(`<interface type='${source.kind}'>`, standby, '</interface>'));
}

/** The VF. */
export function renderPrimary({ mac, vf, alias }: Pick<PairRequest, 'mac' | 'vf' | 'alias'>): string {
  const primary = [
    `<mac address='${escapeXml(mac)}'/>`,
    ...(vf.kind === 'network'
      ? [`<source network='${escapeXml(vf.name)}'/>`]
      : ['<source>', `  ${renderHostAddress(vf.name)}`, '</source>']),
    `<teaming type='transient' persistent='${escapeXml(alias)}'/>`,
  ];
  const opening = vf.kind === 'network' ? `<interface type='network'>` : `<interface type='hostdev' managed='yes'>`;
  return lines(element(opening, primary, '</interface>'));
}

/** The element that carries OEM strings into the guest, for <domain>. It takes effect with `smbiosElement`. */
export function renderSysinfo(strings: readonly OemString[]): string {
  return lines(element(`<sysinfo type='smbios'>`, oemStrings(strings), '</sysinfo>'));
}

/** For <os>. */
export const smbiosElement = `<smbios mode='sysinfo'/>\n`;

function oemStrings(strings: readonly OemString[]): readonly string[] {
  return element('<oemStrings>', entries(strings), '</oemStrings>');
}

function entries(strings: readonly OemString[]): readonly string[] {
  return strings.map((text) => `<entry>${escapeXml(text)}</entry>`);
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}

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

/** The edits that add OEM strings to a domain, after those that it has already. */
export function carryStrings(
  { document, element: root }: Domain,
  strings: readonly OemString[],
): readonly Edit[] | PatchRefusal {
  const os = childOf(root, 'os');
  if (os === undefined) return { element: root, message: 'the domain has no <os>' };
  const smbios = childOf(os, 'smbios');
  const mode = valueOf(smbios, 'mode') ?? 'sysinfo';
  if (smbios !== undefined && mode !== 'sysinfo') {
    return { element: smbios, message: `<smbios mode='${mode}'> hides <sysinfo> from the guest: expected 'sysinfo'` };
  }
  const sysinfo = childrenOf(root, 'sysinfo').find((one) => (valueOf(one, 'type') ?? 'smbios') === 'smbios');
  const there = childOf(sysinfo, 'oemStrings');
  const nameOf = (text: string) => text.slice(0, text.indexOf('=')).replace(/^[^:]*:/, '');
  const names = new Set(strings.map(nameOf));
  const twin = there?.children.find(({ text }) => names.has(nameOf(text.trim())));
  if (twin !== undefined) {
    return { element: twin, message: `a credential '${nameOf(twin.text.trim())}' is there already: remove it first` };
  }
  const inside =
    there !== undefined
      ? insertInto(document, there, lines(entries(strings)))
      : sysinfo !== undefined
        ? insertInto(document, sysinfo, lines(oemStrings(strings)))
        : insertInto(document, root, renderSysinfo(strings));
  return [...(smbios === undefined ? [insertInto(document, os, smbiosElement)] : []), inside];
}
