/** What definitions stand on others, so that each finds its own without looking at all. */
import { said } from './lines.ts';
import type { Definition } from './definition.ts';

export interface Links {
  readonly byId: ReadonlyMap<string, Definition>;
  /** By the ID of what they stand on, in the order of the definitions. */
  readonly vlans: ReadonlyMap<string, readonly Definition[]>;
  readonly vxlans: ReadonlyMap<string, readonly Definition[]>;
}

export function findLinks(definitions: readonly Definition[]): Links {
  const vlans = new Map<string, Definition[]>();
  const vxlans = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const { kind, isHardwareFilter } = definition;
    if (kind !== 'vlans' && kind !== 'tunnels') continue;
    const below = said(definition, 'link')?.text;
    if (below === undefined || isHardwareFilter || (kind === 'tunnels' && said(definition, 'mode')?.text !== 'vxlan'))
      continue;
    const uppers = kind === 'vlans' ? vlans : vxlans;
    const known = uppers.get(below);
    if (known === undefined) uppers.set(below, [definition]);
    else known.push(definition);
  }
  return { byId: new Map(definitions.map((one) => [one.id, one] as const)), vlans, vxlans };
}
