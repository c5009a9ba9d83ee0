/** What is in a guest below cloud-init: the renderer it writes for, or, where its network part is off, an image's own files. */
import type { GuestFiles } from '../guest.ts';
import { ifupdownEnabled, networkdEnabled, networkManagerEnabled } from '../scenarios/units.ts';
import { ifupdownScenarios } from '../scenarios/ifupdown.ts';
import { netplanScenarios } from '../scenarios/netplan.ts';
import { networkdScenarios } from '../scenarios/networkd.ts';
import type { Scenario } from '../scenario.ts';
import type { Manager } from '../state.ts';

export interface Stack {
  readonly title: string;
  readonly manager: Manager;
  readonly files: GuestFiles;
}

const cloudConfig = (text: string): GuestFiles => ({ '/etc/cloud/cloud.cfg.d/91-lab-network.cfg': text });
/** The lab's image has every manager; an image has the tools of one, so the activator that cloud-init finds is the renderer's. */
const renderer = (name: string): GuestFiles =>
  cloudConfig(`system_info: {network: {renderers: [${name}], activators: [${name}]}}\n`);
const netplanForNetworkManager: GuestFiles = {
  '/etc/netplan/01-renderer.yaml': { text: 'network: {version: 2, renderer: NetworkManager}\n', mode: 0o600 },
};
/** cloud-init writes the network's configuration; nothing else in the image does. */
export const renderers = {
  netplan: { title: 'cloud-init: netplan/networkd', manager: 'networkd', files: renderer('netplan') },
  'netplan-nm': {
    title: 'cloud-init: netplan/NetworkManager',
    manager: 'networkmanager',
    files: { ...renderer('netplan'), ...netplanForNetworkManager, ...networkManagerEnabled },
  },
  eni: {
    title: 'cloud-init: ENI',
    manager: 'ifupdown',
    files: {
      ...renderer('eni'),
      ...ifupdownEnabled,
      '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n',
    },
  },
  'network-manager': {
    title: 'cloud-init: NetworkManager',
    manager: 'networkmanager',
    files: { ...renderer('network-manager'), ...networkManagerEnabled },
  },
  'networkd-renderer': {
    title: 'cloud-init: networkd',
    manager: 'networkd',
    files: { ...renderer('networkd'), ...networkdEnabled },
  },
} as const satisfies Readonly<Record<string, Stack>>;

/** cloud-init's network part is off: as Debian's images for EC2 and Azure ship it. */
const ownNetwork = cloudConfig('network: {config: disabled}\n');

const ownFiles = (scenarios: readonly Scenario[], name: string): GuestFiles => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario '${name}'`);
  return { ...found.files, ...ownNetwork };
};

/** What the image brings configures the network: each a scenario of the lab, or a manager's own defaults. */
export const ownStacks = {
  networkd: {
    title: "networkd, the image's own",
    manager: 'networkd',
    files: ownFiles(networkdScenarios, 'networkd-catch-all'),
  },
  'netplan-networkd': {
    title: "netplan/networkd, the image's own",
    manager: 'networkd',
    files: ownFiles(netplanScenarios, 'netplan-catch-all'),
  },
  'netplan-networkmanager': {
    title: "netplan/NetworkManager, the image's own",
    manager: 'networkmanager',
    files: {
      ...ownNetwork,
      ...networkManagerEnabled,
      '/etc/netplan/90-default.yaml': {
        text: "network:\n  version: 2\n  renderer: NetworkManager\n  ethernets:\n    all: {match: {name: 'en*'}, dhcp4: true}\n",
        mode: 0o600,
      },
    },
  },
  ifupdown: {
    title: "ifupdown, the image's own",
    manager: 'ifupdown',
    files: ownFiles(ifupdownScenarios, 'ifupdown-hotplug'),
  },
  networkmanager: {
    title: "NetworkManager's defaults",
    manager: 'networkmanager',
    files: { ...ownNetwork, ...networkManagerEnabled },
  },
} as const satisfies Readonly<Record<string, Stack>>;

export const stacks = { ...renderers, ...ownStacks };
export type StackName = keyof typeof stacks;
