/** Links under the names that a manager gives them. */
import type { Decision } from '../managers/claim.ts';
import type { Guest, LinkFacts, Phase } from '../topology/guest.ts';

/**
 * Links under the names that udev and cloud-init give them. Where several links of a phase are to have one name, the
 * first to be named gets it, and nobody knows which: each may be known by it.
 */
export function applyRenames(guest: Guest, decisions: readonly Decision[]): Guest {
  const phases = guest.phases.map((phase): Phase => {
    const wanted = new Map<LinkFacts, string>();
    for (const { phase: at, link, winners } of decisions) {
      if (at.name !== phase.name) continue;
      const name = winners
        .filter(({ verdict }) => verdict === 'yes')
        .flatMap(({ effects }) => effects.flatMap(({ kind, detail }) => (kind === 'rename' ? (detail ?? []) : [])))
        .at(-1);
      const facts = phase.links.find((other) => other.name === link.name);
      if (name !== undefined && facts !== undefined && name !== facts.name) wanted.set(facts, name);
    }
    const names = [...wanted.values()];
    const isContested = (name: string) =>
      names.filter((other) => other === name).length > 1 || phase.links.some((other) => other.name === name);
    const given = new Map(
      [...wanted].filter(([, name]) => !isContested(name)).map(([link, name]) => [link.name, name]),
    );
    return {
      ...phase,
      links: phase.links.map((link) => {
        const name = wanted.get(link);
        const master = link.master === null ? null : (given.get(link.master) ?? link.master);
        if (name === undefined) return { ...link, master };
        if (isContested(name)) return { ...link, master, altnames: [...(link.altnames ?? []), name] };
        return { ...link, master, name };
      }),
    };
  });
  return { ...guest, phases };
}
