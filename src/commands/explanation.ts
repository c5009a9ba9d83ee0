/** What `explain` prints for people: the answer first, a line a phase; then, where it is asked for, each manager's reasons. */
import { configuresLinks } from '../managers/all.ts';
import { positionAt, type Place } from '../text/source.ts';
import { printable } from '../report/table.ts';
import type { Claim, Decision, Effect } from '../managers/claim.ts';

/** What one manager does to one link, in the phases in which it is the same. */
export interface Explanation {
  readonly decision: Decision;
  readonly phases: readonly string[];
  readonly titles: readonly string[];
  /** Where a run looks at several guests. */
  readonly guest?: string;
}

/** A block a link: in which phases who configures it, by what. */
export function renderAnswers(explained: readonly Explanation[]): string {
  const links = new Map<string, Map<string, string[]>>();
  for (const { decision, titles, guest } of explained) {
    const name = headingOf(decision, guest);
    const phases = links.get(name) ?? new Map<string, string[]>();
    links.set(name, phases);
    for (const title of titles) {
      const answers = phases.get(title) ?? [];
      phases.set(title, answers);
      if (configuresLinks(decision.manager)) answers.push(...decision.winners.map(answerOf));
    }
  }
  return [...links].map(([name, phases]) => `${name}\n${renderPhases(phases)}`).join('\n');
}

function renderPhases(phases: ReadonlyMap<string, readonly string[]>): string {
  const same = new Map<string, string[]>();
  for (const [title, answers] of phases) {
    const answer = (answers.length === 0 ? ['nobody configures it'] : answers).map((line) => `    ${line}\n`).join('');
    same.set(answer, [...(same.get(answer) ?? []), title]);
  }
  return [...same].map(([answer, titles]) => `  ${titles.join('; ')}:\n${answer}`).join('');
}

function answerOf(claim: Claim): string {
  const { manager, verdict, effects, byDefault } = claim;
  const verb = verbOf(effects, verdict === 'maybe');
  const how = byDefault === true ? `no file says so, it is what ${manager} does` : `because ${printable(claim.reason)}`;
  return `${manager} ${verb}: ${byDefault === true ? '' : `${where(claim.place)}, `}${how}`;
}

function verbOf(effects: readonly Effect[], isMaybe: boolean): string {
  const has = (...kinds: readonly Effect['kind'][]): boolean => effects.some(({ kind }) => kinds.includes(kind));
  const say = (sure: string, unsure: string): string => (isMaybe ? `may ${unsure}` : sure);
  if (has('unmanaged')) return say('leaves it alone', 'leave it alone');
  if (has('down')) return say('keeps it down', 'keep it down');
  const enslaved = effects.find(({ kind }) => kind === 'enslave');
  if (enslaved !== undefined) {
    const master = enslaved.detail === undefined ? 'another link' : `'${printable(enslaved.detail)}'`;
    return say(`makes it a port of ${master}`, `make it a port of ${master}`);
  }
  if (has('dhcp4', 'dhcp6')) return say('asks for an address on it', 'ask for an address on it');
  if (has('address')) return say('gives it an address', 'give it an address');
  if (has('ra', 'up')) return say('brings it up', 'bring it up');
  return say('takes it and changes nothing that counts', 'take it and change nothing that counts');
}

function headingOf({ link }: Decision, guest: string | undefined): string {
  return `${guest === undefined ? '' : `${printable(guest)}: `}${printable(link.name)} (${link.role})`;
}

/** `all`: with what does not match, and what udev's own rules set. */
export function renderDetails(explained: readonly Explanation[], all: boolean): string {
  const lines: string[] = [];
  let heading = '';
  for (const { decision, titles, guest } of explained) {
    const { manager, winners, losers, passed } = decision;
    const title = `${headingOf(decision, guest)}, ${titles.join('; ')}`;
    if (title !== heading) lines.push(`${heading === '' ? '' : '\n'}${title}\n`);
    heading = title;
    if (winners.length === 0)
      lines.push(`  ${manager}: ${configuresLinks(manager) ? 'leaves it alone' : 'does nothing to it'}\n`);
    for (const claim of winners.filter((one) => all || !isRoutine(one))) {
      const sure = claim.verdict === 'yes' ? '' : 'maybe ';
      lines.push(`  ${manager}: ${sure}${describeEffects(claim)}\n      ${describeClaim(claim)}\n`);
    }
    for (const { claim, why } of losers)
      lines.push(`      loses: ${describeClaim(claim)}\n             ${printable(why)}\n`);
    if (all) for (const claim of passed) lines.push(`      does not match: ${describeClaim(claim)}\n`);
  }
  return lines.join('');
}

/** Properties that the distribution's own rules set on every link. */
function isRoutine({ manager, place, effects }: Claim): boolean {
  const shipped = /^\/(?:usr\/lib|lib)\//.test(place.source.path);
  return manager === 'udev' && shipped && effects.every(({ kind }) => kind === 'property');
}

function describeEffects({ effects }: Claim): string {
  const words = effects.map(({ kind, detail }) => (detail === undefined ? kind : `${kind} ${printable(detail)}`));
  return words.length === 0 ? 'takes it, and changes nothing' : words.join(', ');
}

function describeClaim({ place, reason, loweredTo }: Claim): string {
  const lowered = loweredTo === undefined ? '' : ` (as ${printable(loweredTo)})`;
  return `${where(place)}${lowered}: ${printable(reason)}`;
}

function where({ source, span }: Place): string {
  return `${printable(source.path)}:${positionAt(source, span.start).line}`;
}
