/** One answer for all links that systemd's matches cannot tell apart: a guest's phases repeat most of its links. */
import type { LinkFacts } from '../../topology/guest.ts';

/** `answer` may ask for all that a [Match] can: not for the role, the group, the master and the parent's driver. */
export function shareByFacts<Links extends readonly LinkFacts[], Answer>(
  answer: (...links: Links) => Answer,
): (...links: Links) => Answer {
  const answers = new Map<string, Answer>();
  return (...links) => {
    const facts = links.map(describeFacts).join('\n');
    const known = answers.get(facts);
    if (known !== undefined) return known;
    const made = answer(...links);
    answers.set(facts, made);
    return made;
  };
}

/** A fact that is not known is left out, one that is absent is null. */
function describeFacts(link: LinkFacts): string {
  const { name, kernelName, altnames, possibleAltnames, mac, permanentMac, idPath, driver, type, kind } = link;
  const { properties, uncertainProperties, builtinsUnknown } = link;
  return JSON.stringify({
    name,
    kernelName,
    altnames,
    possibleAltnames,
    mac,
    permanentMac,
    idPath,
    driver,
    type,
    kind,
    properties: properties && [...properties],
    uncertainProperties: uncertainProperties && [...uncertainProperties],
    builtinsUnknown,
  });
}
