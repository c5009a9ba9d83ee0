/** All renderers by the name that `generate` and `install` know them by: everything a guest needs of each manager. */
import { renderCloudInit, type CloudInitChoices } from './cloud-init/render.ts';
import { renderIfupdown } from './ifupdown/render.ts';
import { renderNetplan, type NetplanRenderer } from './netplan/render.ts';
import { renderNetworkd, renderNetworkdGuard } from './networkd/render.ts';
import { renderNetworkManager, renderNetworkManagerGuard } from './networkmanager/render.ts';
import { renderUdev } from './udev/render.ts';
import type { GeneratedFile } from './generated-file.ts';
import type { MasterConfig } from './master-config.ts';

export type RenderTarget = 'networkd' | 'netplan' | 'ifupdown' | 'networkmanager' | 'udev' | 'cloud-init';

export interface RenderChoices {
  readonly netplanRenderer: NetplanRenderer;
  readonly cloudInit?: CloudInitChoices;
}

/** The udev rules are part of each: the guards without a MAC ask for the property that they set. */
export const renderers: Readonly<
  Record<RenderTarget, (config: MasterConfig, choices: RenderChoices) => readonly GeneratedFile[]>
> = {
  networkd: (config) => [...renderUdev(config), ...renderNetworkd(config)],
  netplan: (config, { netplanRenderer }) => {
    if (netplanRenderer === 'networkd')
      return [...renderUdev(config), ...renderNetworkdGuard(config), ...renderNetplan(config, netplanRenderer)];
    // For NetworkManager netplan can name a master only by its name; NetworkManager's own profile needs none.
    if (config.masters === null) return [...renderUdev(config), ...renderNetworkManager(config)];
    return [...renderUdev(config), ...renderNetworkManagerGuard(config), ...renderNetplan(config, netplanRenderer)];
  },
  ifupdown: (config) => [...renderUdev(config), ...renderIfupdown(config)],
  networkmanager: (config) => [...renderUdev(config), ...renderNetworkManager(config)],
  udev: (config) => renderUdev(config),
  // Its guards are the managers' own: cloud-init has no word for them.
  'cloud-init': (config, { cloudInit = { version: 2, place: 'seed' } }) => renderCloudInit(config, cloudInit),
};
