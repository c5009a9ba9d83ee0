/** Rules run over a guest's links: once for each action and each set of facts that they can ask for. */
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import { describeDevice } from './device.ts';
import { assignedProperties, evaluateRules, type EventOutcome } from './evaluate.ts';
import type { RulesFile } from './rule-model.ts';

export interface RulesRun {
  /** Properties that some rule sets. */
  readonly assigned: ReadonlySet<string>;
  /** The same object for links that no rule can tell apart. */
  readonly outcomeOf: (phase: Phase, link: LinkFacts, action: string) => EventOutcome;
}

export function createRun(rules: readonly RulesFile[], guest: Guest): RulesRun {
  const assigned = assignedProperties(rules);
  const outcomes = new Map<string, EventOutcome>();
  const contexts = new Map<string, number>();
  const phases = new WeakMap<Phase, PhaseFacts>();
  const factsOf = (phase: Phase): PhaseFacts => {
    const before = phases.get(phase);
    if (before !== undefined) return before;
    const masters = phase.links.filter(({ role }) => role === 'master').map(({ mac }) => mac);
    const text = JSON.stringify([phase.name === 'vf-first', masters]);
    const context = contexts.get(text) ?? contexts.size;
    contexts.set(text, context);
    const facts = { context, byName: new Map(phase.links.map((link) => [link.name, link])) };
    phases.set(phase, facts);
    return facts;
  };
  return {
    assigned,
    outcomeOf: (phase, link, action) => {
      const { context, byName } = factsOf(phase);
      const key = `${action} ${context} ${describeFacts(guest, byName, link)}`;
      const before = outcomes.get(key);
      if (before !== undefined) return before;
      const outcome = evaluateRules(rules, describeDevice(guest, phase, link, action), assigned);
      outcomes.set(key, outcome);
      return outcome;
    },
  };
}

interface PhaseFacts {
  /** A number for what a rule can ask of the phase itself: its masters, and whether the VF comes first. */
  readonly context: number;
  readonly byName: ReadonlyMap<string, LinkFacts>;
}

/** All else that device.ts answers from: the link and its masters. */
function describeFacts(guest: Guest, byName: ReadonlyMap<string, LinkFacts>, link: LinkFacts): string {
  const chain: unknown[] = [];
  const seen = new Set<LinkFacts>();
  let at: LinkFacts | undefined = link;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    chain.push({
      ...at,
      kind: at.group === null ? null : guest.groups[at.group]?.kind,
      altnames: null,
      possibleAltnames: null,
      properties: at.properties && [...at.properties],
      uncertainProperties: null,
    });
    at = at.master === null ? undefined : byName.get(at.master);
  }
  return JSON.stringify(chain);
}
