/** What links may be called beside their names, where udev's database does not say: by the guest's names and .link files. */
import { findPossibleNames } from '../topology/altnames.ts';
import type { ConfigFile } from '../managers/claim.ts';
import type { Guest, LinkFacts } from '../topology/guest.ts';

export function notePossibleAltnames(guest: Guest, udevFiles: readonly ConfigFile[]): Guest {
  if (guest.phases.every(({ links }) => links.every(({ altnames }) => altnames !== undefined))) return guest;
  const linkFiles = udevFiles.filter(({ path }) => /\.link(?:\.d\/[^/]*\.conf)?$/.test(path));
  const given = linkFiles.flatMap(({ source }) => namesGiven(source.text));
  const standard = linkFiles.every(({ path, source }) => path.endsWith('/99-default.link') || source.text === '');
  const heldNames = (links: readonly LinkFacts[]) => links.flatMap(({ name, altnames }) => [name, ...(altnames ?? [])]);
  return {
    ...guest,
    phases: guest.phases.map((phase) => ({
      ...phase,
      links: phase.links.map((link) => {
        if (link.altnames !== undefined) return link;
        const others = [...(guest.phases[0]?.links ?? []), ...phase.links].filter(
          (other) => other.name !== link.name && !(other.group === link.group && other.role === link.role),
        );
        return { ...link, possibleAltnames: findPossibleNames(link, heldNames(others), given, standard) };
      }),
    })),
  };
}

function namesGiven(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*AlternativeName[ \t]*=(.*)$/gm)].flatMap(([, names = '']) =>
    names.split(/\s+/).filter((name) => name !== ''),
  );
}
