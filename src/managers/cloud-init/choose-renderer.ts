/** Which renderer cloud-init takes: the first of its order whose tools are there (renderers.py, select). */
import type { HostFacts } from '../../topology/guest.ts';
import type { RendererName } from './check.ts';
import type { Selection } from './sources.ts';

export type { RendererName };

type Order = readonly string[];

/** Of the package's own cloud.cfg (config/cloud.cfg.tmpl), by what it calls the distribution; of a tree's the file says it. */
const ofDistributions: readonly (readonly [distribution: RegExp, order: Order])[] = [
  [/^fedora$/, ['netplan', 'network-manager', 'networkd', 'sysconfig', 'eni']],
  [
    /^(?:rhel|centos|almalinux|rocky|cloudlinux|eurolinux|miraclelinux|virtuozzo|ol)$/,
    ['sysconfig', 'eni', 'netplan', 'network-manager', 'networkd'],
  ],
  [/^openmandriva$/, ['network-manager', 'networkd']],
  [/^(?:azurelinux|mariner|photon)$/, ['networkd']],
  [/^alpine$/, ['eni']],
  [
    /^(?:suse|sles|sle_\w+|opensuse.*|arch|gentoo|amazon|amzn|openeuler)$/i,
    ['eni', 'sysconfig', 'netplan', 'network-manager', 'networkd'],
  ],
];

/** Debian's order up to 24 named sysconfig third and did not know networkd. */
const ofDebian: readonly (readonly [fromMajor: number, order: Order])[] = [
  [25, ['netplan', 'eni', 'networkd']],
  [0, ['netplan', 'eni', 'sysconfig']],
];

export function chooseRenderer({ renderers, distribution }: Selection, host: HostFacts): RendererName | null {
  const name = distribution ?? host.distribution?.id ?? '';
  const family = host.distribution?.family;
  const isSuse = /suse|^sle/i.test(name) || (distribution === null && family === 'suse');
  const order = renderers ?? orderOf(name, family, host.cloudInitVersion);
  const sysconfig = isSuse ? 'sysconfig-suse' : 'sysconfig';
  const tools: readonly (readonly [RendererName, string | number | undefined])[] = [
    ['netplan', host.netplanVersion],
    ['eni', host.ifupdownVersion],
    ['networkd', host.systemdVersion],
    ['network-manager', host.networkManagerVersion],
    [sysconfig, host.hasSysconfig === true ? 'there' : undefined],
  ];
  // elsewhere its tools do not count (KNOWN_DISTROS of sysconfig.py), as on Debian, whose order names it
  const isKnown = isSuse || host.distribution === undefined || /^(?:rhel|suse)$/.test(family ?? '');
  const offered = order.flatMap((word) =>
    tools.filter(([tool]) => (tool === sysconfig ? word === 'sysconfig' && isKnown : tool === word)),
  );
  // Where nothing is known of the machine, the distribution's first choice stands.
  const found = offered.find(([, version]) => version !== undefined) ?? offered[0];
  return found?.[0] ?? null;
}

function orderOf(name: string, family: string | undefined, version: string | undefined): Order {
  const known = [name, ...(family === undefined ? [] : [family])].flatMap((word) =>
    ofDistributions.filter(([pattern]) => pattern.test(word)),
  )[0];
  if (known !== undefined) return known[1];
  const major = Number.parseInt(version ?? '25', 10);
  return ofDebian.find(([from]) => major >= from)?.[1] ?? [];
}
