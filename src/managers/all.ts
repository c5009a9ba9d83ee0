/** Every manager, loaded when there is something for it to read. A new manager is a folder and a line here. */
import type { Manager, ManagerName } from './claim.ts';

export interface ManagerEntry {
  readonly load: () => Promise<Manager>;
  /** What `--as` calls its formats, and the path that stands for a text of that format. */
  readonly formats: Readonly<Record<string, string>>;
}

/** In the order in which they are asked whether a file is theirs: those that tell by its name come first. */
export const managers: Readonly<Partial<Record<ManagerName, ManagerEntry>>> = {
  networkd: {
    load: async () => (await import('./networkd/networkd.ts')).networkd,
    formats: {
      networkd: '/etc/systemd/network/stdin.network',
      network: '/etc/systemd/network/stdin.network',
      netdev: '/etc/systemd/network/stdin.netdev',
    },
  },
  udev: {
    load: async () => (await import('./udev/udev.ts')).udev,
    formats: {
      udev: '/etc/udev/rules.d/99-stdin.rules',
      rules: '/etc/udev/rules.d/99-stdin.rules',
      link: '/etc/systemd/network/stdin.link',
    },
  },
  'cloud-init': {
    load: async () => (await import('./cloud-init/manager.ts')).cloudInit,
    formats: {
      'cloud-init': '/var/lib/cloud/seed/nocloud/network-config',
      'network-config': '/var/lib/cloud/seed/nocloud/network-config',
      'user-data': '/var/lib/cloud/seed/nocloud/user-data',
    },
  },
  netplan: {
    load: async () => (await import('./netplan/manager.ts')).netplan,
    formats: { netplan: '/etc/netplan/stdin.yaml' },
  },
  networkmanager: {
    load: async () => (await import('./networkmanager/manager.ts')).networkmanager,
    formats: {
      networkmanager: '/etc/NetworkManager/NetworkManager.conf',
      keyfile: '/etc/NetworkManager/system-connections/stdin.nmconnection',
    },
  },
  ifupdown: {
    load: async () => (await import('./ifupdown/manager.ts')).ifupdown,
    formats: { ifupdown: '/etc/network/interfaces', interfaces: '/etc/network/interfaces' },
  },
};
