/** What a datasource says of the network, and what cloud-init falls back to if it says nothing. */
import { defaultMac } from '../guest.ts';
import { printByProgram } from './seed.ts';

export interface NetworkConfig {
  /** In the row's title. */
  readonly title: string;
  /** The text of network-config; null: there is none. */
  readonly text: () => Promise<string | null>;
  /** What it calls the master, where it gives a name. */
  readonly masterName?: string;
}

const renamed = 'ens10';

/** As OpenStack's ConfigDrive, Proxmox and many others write it: the NIC by its MAC, which is the whole pair's. */
export const networkConfigs = {
  'v1-mac': {
    title: 'network-config v1, mac_address',
    masterName: renamed,
    text: async () => `version: 1
config:
  - {type: physical, name: ${renamed}, mac_address: '${defaultMac}', subnets: [{type: dhcp4}]}
`,
  },
  'v2-mac': {
    title: 'network-config v2, macaddress',
    text: async () => `version: 2
ethernets:
  nic: {match: {macaddress: '${defaultMac}'}, dhcp4: true}
`,
  },
  'v2-set-name': {
    title: 'network-config v2, macaddress + set-name',
    masterName: renamed,
    text: async () => `version: 2
ethernets:
  nic: {match: {macaddress: '${defaultMac}'}, set-name: ${renamed}, dhcp4: true}
`,
  },
  fallback: { title: 'the fallback (no network-config)', text: async () => null },
  'generated-v1': {
    title: '`generate cloud-init --config-version 1`',
    text: async () => await printByProgram(['generate', 'cloud-init', '--name', 'enp1s0', '--config-version', '1']),
  },
  'generated-v2': {
    title: '`generate cloud-init`, v2',
    text: async () => await printByProgram(['generate', 'cloud-init', '--name', 'enp1s0']),
  },
} as const satisfies Readonly<Record<string, NetworkConfig>>;

export type NetworkConfigName = keyof typeof networkConfigs;
