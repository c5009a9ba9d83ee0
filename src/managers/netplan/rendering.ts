/** netplan's part of an installation: its YAML, and the guard of whom it writes for. */
import { renderNetplan } from './render.ts';
import type { Rendering } from '../description.ts';

export const rendering: Rendering = {
  guard: () => [], // its renderer's
  render: (config, choices, of) => {
    const { netplanRenderer } = choices;
    const backend = of(netplanRenderer === 'networkd' ? 'networkd' : 'networkmanager');
    // For NetworkManager netplan can name a master only by its name; NetworkManager's own profile needs none.
    if (netplanRenderer === 'NetworkManager' && config.masters === null) return backend.render(config, choices, of);
    return [...backend.guard(config), ...renderNetplan(config, netplanRenderer)];
  },
};
