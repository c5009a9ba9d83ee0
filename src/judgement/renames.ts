/** Links under the names that a manager gives them. */
import type { Decision } from '../managers/claim.ts';
import type { Guest, LinkFacts, Phase } from '../topology/guest.ts';

export function applyNames(guest: Guest, decisions: readonly Decision[]): Guest {
  return applyRenames(applyAltnames(guest, decisions), decisions);
}

/** Links with the altnames that .link files give them. Of several that are to have one, each may be the one that has it. */
function applyAltnames(guest: Guest, decisions: readonly Decision[]): Guest {
  const given = decisions.flatMap(({ phase, link, winners }) =>
    winners
      .filter(({ verdict }) => verdict === 'yes')
      .flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'altname'))
      .map(({ detail = '' }) => ({ phase: phase.name, link: link.name, name: detail })),
  );
  if (given.length === 0) return guest;
  const phases = guest.phases.map((phase) => ({
    ...phase,
    links: phase.links.map((link) => {
      const own = given.filter((one) => one.phase === phase.name && one.link === link.name).map(({ name }) => name);
      // where others are not known, these are among what it may be called (possible-altnames.ts)
      if (own.length === 0 || link.altnames === undefined) return link;
      return { ...link, altnames: [...new Set([...link.altnames, ...own])] };
    }),
  }));
  return { ...guest, phases };
}

/**
 * Links under the names that udev and cloud-init give them. Where several links of a phase are to have one name, the
 * first to be named gets it, and nobody knows which: each may be known by it.
 */
function applyRenames(guest: Guest, decisions: readonly Decision[]): Guest {
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
