/** Who configures a link, in words: what `explain` answers, `lint --against` compares and `map` draws. */
import { configuresLinks } from '../managers/all.ts';
import type { Claim, Decision, Effect } from '../managers/claim.ts';
import type { LinkFacts } from '../topology/guest.ts';
import type { Place } from '../text/source.ts';

export interface Answer {
  readonly manager: string;
  /** "asks for an address on it", "may bring it up". Names in it are as they stand in a file. */
  readonly does: string;
  /** What it does in a word, for pictures. */
  readonly kind: AnswerKind;
  readonly isMaybe: boolean;
  /** Null: no file says so. */
  readonly place: Place | null;
  readonly reason: string;
}

export type AnswerKind = 'address' | 'port' | 'up' | 'off' | 'nothing';

/** The answers of one decision: none where the manager does not configure links, or leaves this one to others. */
export function answersOf({ manager, winners }: Decision): readonly Answer[] {
  return configuresLinks(manager) ? winners.map(answerOf) : [];
}

function answerOf({ manager, verdict, effects, byDefault, place, reason }: Claim): Answer {
  const isMaybe = verdict === 'maybe';
  const { kind, sure, unsure } = describe(effects);
  return {
    manager,
    does: isMaybe ? `may ${unsure}` : sure,
    kind,
    isMaybe,
    place: byDefault === true ? null : place,
    reason: byDefault === true ? `no file says so, it is what ${manager} does` : `because ${reason}`,
  };
}

function describe(effects: readonly Effect[]): {
  readonly kind: AnswerKind;
  readonly sure: string;
  readonly unsure: string;
} {
  const has = (...kinds: readonly Effect['kind'][]): boolean => effects.some(({ kind }) => kinds.includes(kind));
  if (has('unmanaged')) return { kind: 'off', sure: 'leaves it alone', unsure: 'leave it alone' };
  if (has('down')) return { kind: 'off', sure: 'keeps it down', unsure: 'keep it down' };
  const enslaved = effects.find(({ kind }) => kind === 'enslave');
  if (enslaved !== undefined) {
    const master = enslaved.detail === undefined ? 'another link' : `'${enslaved.detail}'`;
    return { kind: 'port', sure: `makes it a port of ${master}`, unsure: `make it a port of ${master}` };
  }
  if (has('dhcp4', 'dhcp6'))
    return { kind: 'address', sure: 'asks for an address on it', unsure: 'ask for an address on it' };
  if (has('address')) return { kind: 'address', sure: 'gives it an address', unsure: 'give it an address' };
  if (has('ra', 'up')) return { kind: 'up', sure: 'brings it up', unsure: 'bring it up' };
  return {
    kind: 'nothing',
    sure: 'takes it and changes nothing that counts',
    unsure: 'take it and change nothing that counts',
  };
}

/** The same link in every phase, whatever it is called: a VF that comes back has another name. */
export function slotOf({ group, role, name }: LinkFacts): string {
  return group === null ? `link ${name}` : `${role === 'pending' ? 'primary' : role} of group ${group + 1}`;
}
