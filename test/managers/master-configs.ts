/** Configurations for tests of the renderers: every combination that a renderer treats differently, for any guest and for one. */
import type { GeneratedFile } from '../../src/managers/generated-file.ts';
import type { MasterConfig, MasterStack, MasterTarget } from '../../src/managers/master-config.ts';

export const ens10: MasterTarget = { kind: 'net_failover', name: 'ens10', mac: '52:54:00:00:12:53' };
export const ens12: MasterTarget = { kind: 'net_failover', name: 'ens12', mac: '52:54:00:00:12:54' };
export const azure: MasterTarget = { kind: 'netvsc', name: 'eth0', mac: '00:0d:3a:00:00:01' };

export const dhcp: MasterConfig = {
  masters: [ens10],
  dhcp4: true,
  dhcp6: false,
  acceptRa: false,
  addresses: [],
  gateways: [],
  dns: [],
  mtu: null,
  metric: null,
  command: 'failoverctl generate something',
};

export const fixed: MasterConfig = {
  ...dhcp,
  dhcp4: false,
  addresses: ['192.0.2.5/24', '198.51.100.5/24', '2001:db8::5/64'],
  gateways: ['192.0.2.1', '2001:db8::1'],
  dns: ['192.0.2.53', '2001:db8::53'],
  mtu: 1400,
  metric: 50,
};

const addressings: readonly Partial<MasterConfig>[] = [
  {},
  { dhcp6: true },
  { dhcp6: true, acceptRa: true, metric: 70 },
  { dhcp4: false, acceptRa: true },
  { dhcp4: false, dhcp6: true, mtu: 9000 },
  { dhcp4: false },
  { dns: ['192.0.2.53', '2001:db8::53'] },
  { dhcp4: false, acceptRa: true, dns: ['192.0.2.53'] },
  fixed,
  { ...fixed, dhcp4: true, dhcp6: true, acceptRa: true, metric: null },
  { ...fixed, addresses: ['2001:db8::5/64'], gateways: ['fe80::1'], acceptRa: true },
];

const guests: readonly (readonly MasterTarget[] | null)[] = [null, [ens10], [ens10, ens12, azure]];

/** Every addressing for every kind of guest; `generate` refuses one static address for several masters. */
export const allConfigs: readonly MasterConfig[] = guests.flatMap((masters) =>
  addressings
    .filter(({ addresses = [] }) => addresses.length === 0 || (masters?.length ?? 1) === 1)
    .map((addressing) => Object.assign({}, dhcp, addressing, { masters })),
);

const stacks: readonly MasterStack[] = [
  { bridge: 'br0', vlan: null },
  { bridge: null, vlan: 10 },
  { bridge: 'br0', vlan: 10 },
];

/** What stands on one master. */
export const stackConfigs: readonly MasterConfig[] = stacks.flatMap((stack) =>
  addressings.map((addressing) => Object.assign({}, dhcp, addressing, { stack })),
);

/** The one file at this path. */
export function fileAt(files: readonly GeneratedFile[], path: string): GeneratedFile {
  const found = files.filter((file) => file.path === path);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} files at ${path}; there are ${files.map((file) => file.path).join(', ')}`);
  }
  return found[0];
}

/** Without the comments. */
export function settings({ text }: GeneratedFile): string {
  return text.replace(/^#.*\n/gm, '').trim();
}
