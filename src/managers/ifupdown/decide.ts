/** What ifupdown would do with one link in one phase, and why. */
import { type BringUp } from './pattern.ts';
import { effectsOf, memberEffects, missingOptions, repeatedOptions } from './effects.ts';
import { commandEffects } from './commands.ts';
import { chooseStanzas, mayBeStarted, weaker, type Choice, type PhasePlan } from './bring-up.ts';
import { fillTemplate, leavesAlone, runsFor, type CloudHelper } from './cloud-helper.ts';
import { isSlaveByThen, scriptsAreOff, type Guard } from './guard.ts';
import type { Configuration, Entry, Stanza } from './stanza.ts';
import type { Dialect } from './dialect.ts';
import type { Claim, ConfigFile, Decision, Effect, MatchKey, Verdict } from '../claim.ts';
import type { LinkFacts, Phase } from '../../topology/guest.ts';

/** What decides, beside the interfaces files. */
export interface Surroundings {
  readonly dialect: Dialect;
  readonly guards: readonly Guard[];
  readonly excluded: readonly Entry[];
  readonly helper: CloudHelper | null;
  /** The configuration as it is once the helper has written its file for a link; null: the file would not be sourced. */
  readonly withGenerated: (file: ConfigFile) => Configuration | null;
}

interface Situation {
  readonly configuration: Configuration;
  readonly surroundings: Surroundings;
  readonly plan: PhasePlan;
  readonly link: LinkFacts;
}

interface Draft {
  readonly winners: Claim[];
  readonly losers: Decision['losers'][number][];
  readonly passed: Claim[];
}

export function decideLink(
  configuration: Configuration,
  plan: PhasePlan,
  surroundings: Surroundings,
  link: LinkFacts,
): Decision {
  const draft: Draft = { winners: [], losers: [], passed: [] };
  const { phase } = plan;
  addRename(draft, plan, link);
  const name = plan.renames.find((rename) => rename.link === link && rename.verdict === 'yes')?.name ?? link.name;
  const own = plan.bringUps.filter(
    ({ physical, how }) => isOn(physical, name) && (how !== 'boot' || !isLate(link, phase)),
  );
  const logicals = [...new Set(own.map(({ logical }) => logical))];
  const situation: Situation = { configuration, surroundings, plan, link };
  for (const logical of logicals) {
    const bringUps = own.filter((one) => one.logical === logical);
    addStanzas(
      draft,
      chooseStanzas(configuration, logical),
      logicals.length > 1 ? bringUps.map(demote) : bringUps,
      situation,
    );
  }
  if (surroundings.helper !== null && !configuration.broken) addGenerated(draft, surroundings.helper, situation);
  addMembers(draft, situation, name);
  addRest(draft, configuration, plan, link, name);
  return { manager: 'ifupdown', phase, link, ...draft };
}

/** Two ways with two logical names: the first to come wins, and nobody knows which. An alias comes beside its link. */
function demote(bringUp: BringUp): BringUp {
  return bringUp.physical.includes(':') ? bringUp : { ...bringUp, verdict: weaker(bringUp.verdict, 'maybe') };
}

/** `eth0:1` is an address label on eth0. */
function isOn(physical: string, name: string): boolean {
  return physical === name || physical.startsWith(`${name}:`);
}

/** `ifup -a` has run when a VF comes back. */
function isLate(link: LinkFacts, phase: Phase): boolean {
  return (
    (phase.name === 'vf-back' || phase.name === 'vf-unenslaved') && (link.role === 'primary' || link.role === 'pending')
  );
}

const hows: Readonly<Record<BringUp['how'], string>> = {
  boot: 'ifup -a at boot',
  hotplug: 'its udev event (allow-hotplug)',
  helper: 'the cloud-ifupdown-helper',
  service: 'net-failover-ifup@.service',
};

function addStanzas(draft: Draft, choice: Choice, bringUps: readonly BringUp[], situation: Situation): void {
  const { link } = situation;
  const verdict = weaker(bringUps.some((one) => one.verdict === 'yes') ? 'yes' : 'maybe', choice.verdict);
  const keys = bringUps.flatMap((one) => one.keys);
  const way = [...new Set(bringUps.map(({ how }) => hows[how]))].join(' and ');
  let failed: Stanza | null = null;
  for (const stanza of choice.stanzas) {
    const title = titleOf(stanza);
    const mapped =
      choice.mapping === null
        ? ''
        : `, if the mapping at "${choice.mapping.patterns.map(({ value }) => value).join(' ')}" says so`;
    const claim: Claim = {
      manager: 'ifupdown',
      place: stanza.place,
      verdict: verdict === 'no' || repeatedOptions(stanza).length > 0 ? 'maybe' : verdict,
      reason: `${way} brings up ${link.name} with "${title}"${mapped}`,
      keys: [...keys, stanzaKey(stanza, choice.verdict)],
      effects: effectsOf(stanza),
      ...(choice.mapping !== null || stanza.name.value === link.name ? {} : { startedAs: stanza.name.value }),
    };
    const missing = situation.surroundings.dialect.name === 'classic' ? missingOptions(stanza) : [];
    const guard = guardOf(situation, stanza);
    if (failed !== null)
      draft.losers.push({ claim, why: `"${titleOf(failed)}" before it fails, and ifup stops there` });
    else if (missing.length > 0) {
      failed = stanza;
      draft.losers.push({ claim, why: `ifup refuses it: it lacks ${missing.join(', ')}` });
    } else if (guard !== null) {
      draft.losers.push({ claim, why: `${guard.path} fails for a slave, so ifup does not get to it` });
      if (!draft.winners.some(({ place }) => place === guard.place)) draft.winners.push(guardClaim(guard, claim, link));
    } else draft.winners.push(claim);
  }
}

function stanzaKey(stanza: Stanza, verdict: Verdict): MatchKey {
  return { on: 'name', value: stanza.name.value, verdict, place: stanza.name.place };
}

function titleOf(stanza: Stanza): string {
  return `iface ${stanza.name.value} ${stanza.family} ${stanza.method}`;
}

/** The guard that stops ifup for this link, if any does: not every dialect heeds how a script ends. */
function guardOf({ configuration, surroundings, plan, link }: Situation, { name, method }: Stanza): Guard | null {
  const [guard] = surroundings.guards;
  const { failingHook } = surroundings.dialect;
  const heeds = failingHook === 'all' || (failingHook === 'all but a static address' && method !== 'static');
  if (guard === undefined || !heeds || !isSlaveByThen(link, plan.phase)) return null;
  return scriptsAreOff(configuration.lists['no-scripts'], name.value) === undefined ? guard : null;
}

function guardClaim(guard: Guard, claim: Claim, link: LinkFacts): Claim {
  const effect: Effect = { kind: 'unmanaged', place: guard.place };
  const reason = `${guard.path} makes ifup fail for a failover slave, which ${link.name} is`;
  return { ...claim, place: guard.place, reason, effects: [effect] };
}

function addRename(draft: Draft, { renames }: PhasePlan, link: LinkFacts): void {
  for (const { link: renamed, name, verdict, entry, key } of renames) {
    if (renamed !== link) continue;
    draft.winners.push({
      manager: 'ifupdown',
      place: entry.place,
      verdict,
      reason: `every ifup renames ${link.name} to ${name} ("rename ${entry.value}")`,
      keys: [key],
      effects: [{ kind: 'rename', detail: name, place: entry.place }],
    });
  }
}

/** The stanza that the helper makes for a link that ifup does not know. */
function addGenerated(draft: Draft, helper: CloudHelper, situation: Situation): void {
  const { configuration, surroundings, plan, link } = situation;
  const runs = runsFor(helper, link);
  if (runs === 'no' || link.name === 'lo') return;
  const known = chooseStanzas(configuration, link.name);
  if (known.stanzas.length > 0 || known.mapping !== null) return;
  const generated = surroundings.withGenerated(fillTemplate(helper, link.name));
  if (generated === null || !(generated.classes.get('hotplug') ?? []).some(({ value }) => value === link.name)) return;
  const keys: readonly MatchKey[] = [
    { on: 'name', value: link.kernelName ?? link.name, verdict: runs, place: helper.rule },
    { on: 'other', value: 'cloud-ifupdown-helper', verdict: runs, place: helper.place },
  ];
  const bringUp: BringUp = { how: 'helper', physical: link.name, logical: link.name, verdict: runs, keys };
  const choice = chooseStanzas(generated, link.name);
  if (!leavesAlone(helper, link, plan.phase))
    return addStanzas(draft, choice, [bringUp], { ...situation, configuration: generated });
  const aside: Draft = { winners: [], losers: [], passed: [] };
  addStanzas(aside, choice, [bringUp], { ...situation, surroundings: { ...surroundings, guards: [] } });
  const why = 'the helper is patched: it leaves links alone that have a master';
  draft.losers.push(...aside.winners.map((claim) => ({ claim, why })));
}

/** Bonds, bridges and VLANs that take the link as a port or lower link when they are brought up. */
function addMembers(draft: Draft, { configuration, plan, link }: Situation, name: string): void {
  for (const bringUp of plan.bringUps) {
    if (isOn(bringUp.physical, name)) continue;
    const choice = chooseStanzas(configuration, bringUp.logical);
    for (const stanza of choice.stanzas) {
      const members = [
        ...memberEffects(stanza, name),
        ...commandEffects(stanza, name).map((effect) => ({ effect, verdict: 'yes' as const })),
      ];
      const [first] = members;
      if (first === undefined) continue;
      const verdict = members.reduce(
        (all, member) => weaker(all, member.verdict),
        weaker(bringUp.verdict, choice.verdict),
      );
      const claim: Claim = {
        manager: 'ifupdown',
        place: stanza.place,
        verdict,
        reason: `${hows[bringUp.how]} brings up "${titleOf(stanza)}", which takes ${name}`,
        keys: [...bringUp.keys, { on: 'name', value: name, verdict: first.verdict, place: first.effect.place }],
        effects: members.map(({ effect }) => effect),
      };
      if (draft.winners.some(({ place }) => place === claim.place)) continue;
      if (isLate(link, plan.phase) && bringUp.how === 'boot') {
        draft.losers.push({ claim, why: `${stanza.name.value} was brought up before the link came back` });
      } else draft.winners.push(claim);
    }
  }
}

/** Stanzas of the link's own name that nothing brings up, and all others. */
function addRest(draft: Draft, configuration: Configuration, plan: PhasePlan, link: LinkFacts, name: string): void {
  const told = new Set([...draft.winners, ...draft.losers.map(({ claim }) => claim)].map(({ place }) => place));
  for (const stanza of configuration.stanzas) {
    if (told.has(stanza.place)) continue;
    const named = isOn(stanza.name.value, name);
    const isStarted = named || mayBeStarted(configuration, stanza);
    const idle: MatchKey = { on: 'other', value: 'auto', verdict: 'no', place: stanza.name.place };
    const claim: Claim = {
      manager: 'ifupdown',
      place: stanza.place,
      verdict: named ? 'yes' : 'no',
      reason: named
        ? `"${titleOf(stanza)}" is for ${name}`
        : `"${titleOf(stanza)}" is for another name${isStarted ? '' : ', and nothing brings it up'}`,
      keys: [stanzaKey(stanza, named ? 'yes' : 'no'), ...(isStarted ? [] : [idle])],
      effects: effectsOf(stanza),
    };
    if (named) draft.losers.push({ claim, why: whyIdle(configuration, plan, link) });
    else draft.passed.push(claim);
  }
}

function whyIdle(configuration: Configuration, plan: PhasePlan, link: LinkFacts): string {
  if (configuration.broken) return 'ifup refuses the whole configuration for a syntax error';
  if (plan.dies !== null) return `every ifup ends in an error: ${plan.dies.why}`;
  const late =
    isLate(link, plan.phase) && plan.bringUps.some(({ physical, how }) => physical === link.name && how === 'boot');
  return late
    ? 'auto is for `ifup -a` at boot; a link that comes later needs allow-hotplug'
    : `nothing brings ${link.name} up: no auto or allow-hotplug line names it for this`;
}
