/** Everything that a guest needs of one manager, as `generate` and `install` write it. */
import { loadRenderings, type Renderings } from './all.ts';
import { renderUdev } from './udev/render.ts';
import type { ManagerName } from './claim.ts';
import type { RenderChoices, Rendering } from './description.ts';
import type { GeneratedFile } from './generated-file.ts';
import type { MasterConfig } from './master-config.ts';

/** The udev rules are part of each that does not do without: the guards without a MAC ask for the property that they set. */
export function renderFor(
  renderings: Renderings,
  name: ManagerName,
  config: MasterConfig,
  choices: RenderChoices,
): readonly GeneratedFile[] {
  const of = (other: ManagerName): Rendering => {
    const rendering = renderings.get(other);
    if (rendering === undefined) throw new Error(`nothing renders for ${other}`);
    return rendering;
  };
  const { render, withoutRules } = of(name);
  const rules = withoutRules === true ? [] : renderUdev(config);
  return [...rules, ...render(config, choices, of)];
}

export type RenderFiles = (name: ManagerName, config: MasterConfig, choices: RenderChoices) => readonly GeneratedFile[];

/** All renderers, loaded. */
export async function loadRenderer(): Promise<RenderFiles> {
  const renderings = await loadRenderings();
  return (name, config, choices) => renderFor(renderings, name, config, choices);
}
