/**
 * The names that auto, allow-CLASS and rename lines stand for: literal ones, and `[VARIABLE]/GLOB[/N][=LOGICAL]` over the
 * interfaces that exist (expand_matches in main.c, variable_match in archlinux.c).
 */
import { matchExtendedGlob } from './extended-glob.ts';
import type { Entry } from './stanza.ts';
import type { MatchKey, Verdict } from '../claim.ts';
import { known as toVerdict } from '../verdict.ts';
import type { LinkFacts } from '../../topology/guest.ts';

/** An interface to act upon. */
export interface Target {
  readonly physical: string;
  /** Which stanzas are meant; null: none was said, so the interface's own. */
  readonly logical: string | null;
  readonly verdict: Verdict;
  readonly entry: Entry;
  readonly key: MatchKey;
}

export function isPattern(name: string): boolean {
  return name.includes('/');
}

/** In the order of the entries. A pattern gives a target for every link that it hits or may hit. */
export function expandTargets(entries: readonly Entry[], links: readonly LinkFacts[]): readonly Target[] {
  const targets = entries.flatMap((entry) => (isPattern(entry.value) ? expandPattern(entry, links) : [literal(entry)]));
  const seen = new Set<string>();
  return targets.filter(({ physical, logical, verdict }) => {
    const name = `${physical}=${logical ?? ''}`;
    const again = verdict === 'yes' && seen.has(name);
    if (verdict === 'yes') seen.add(name);
    return !again;
  });
}

function literal(entry: Entry): Target {
  const equals = entry.value.indexOf('=');
  const physical = equals < 0 ? entry.value : entry.value.slice(0, equals);
  const key: MatchKey = { on: 'name', value: physical, verdict: 'yes', place: entry.place };
  return { physical, logical: equals < 0 ? null : entry.value.slice(equals + 1), verdict: 'yes', entry, key };
}

export interface Pattern {
  /** A file of the interface's directory in sysfs; null: the name is compared. */
  readonly variable: string | null;
  readonly glob: string;
  /** 0: all of them. */
  readonly nth: number;
  readonly logical: string | null;
}

export function parsePattern(text: string): Pattern {
  const slash = text.indexOf('/');
  const variable = slash > 0 ? text.slice(0, slash) : null;
  const rest = text.slice(slash + 1);
  const next = rest.indexOf('/');
  // A logical name is looked for after the last part only, so a glob with an N after it may hold "=".
  const glob = next < 0 ? cutAtEquals(rest) : [rest.slice(0, next), null];
  const options = next < 0 ? ['', glob[1]] : cutAtEquals(rest.slice(next + 1));
  return {
    variable: variable?.toLowerCase() === 'mac' ? 'address' : variable,
    glob: glob[0] ?? '',
    nth: Math.max(0, Number.parseInt(options[0] ?? '', 10) || 0),
    logical: options[1] ?? null,
  };
}

function cutAtEquals(text: string): readonly [string, string | null] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)];
}

function expandPattern(entry: Entry, links: readonly LinkFacts[]): readonly Target[] {
  const { variable, glob, nth, logical } = parsePattern(entry.value);
  const hits = links
    .map((link) => ({ link, verdict: variable === null ? matchName(glob, link) : matchVariable(variable, glob, link) }))
    .filter(({ verdict }) => verdict !== 'no');
  // Which one is the Nth depends on getifaddrs(3), whose order follows indices and addresses.
  const verdictOf = (own: Verdict): Verdict => (nth === 0 || (nth === 1 && hits.length === 1) ? own : 'maybe');
  const found = nth > hits.length ? [] : hits;
  return found.map(({ link, verdict }) => ({
    physical: link.name,
    logical,
    verdict: verdictOf(verdict),
    entry,
    key: { on: keyOf(variable), value: glob, verdict: verdictOf(verdict), place: entry.place },
  }));
}

function keyOf(variable: string | null): MatchKey['on'] {
  return variable === null ? 'name' : variable === 'address' ? 'mac' : variable === 'master' ? 'master' : 'other';
}

function matchName(glob: string, link: LinkFacts): Verdict {
  const hit = matchExtendedGlob(glob, link.name);
  return hit === null ? 'maybe' : toVerdict(hit);
}

/** Every netdev has these attributes, and they can be opened (net/core/net-sysfs.c). */
const always: ReadonlySet<string> = new Set(
  (
    'addr_assign_type addr_len address broadcast carrier carrier_changes dev_id dev_port dormant duplex flags ifalias ' +
    'ifindex iflink link_mode mtu name_assign_type netdev_group operstate proto_down queues speed statistics subsystem ' +
    'tx_queue_len type uevent'
  ).split(' '),
);

/**
 * `VARIABLE/*` is meant to test that the file is there, but returns what access(2) returns, 0 for yes: it hits the
 * interfaces that do NOT have the file. Other globs are compared with every line of the file.
 */
function matchVariable(variable: string, glob: string, link: LinkFacts): Verdict {
  if (glob === '*') {
    const there = hasAttribute(variable, link);
    return there === 'maybe' ? 'maybe' : there === 'yes' ? 'no' : 'yes';
  }
  const lines = linesOf(variable, link);
  const hits = new Set(lines.known.map((line) => matchExtendedGlob(glob, line)));
  if (hits.has(true)) return 'yes';
  return lines.complete && !hits.has(null) ? 'no' : 'maybe';
}

function hasAttribute(variable: string, link: LinkFacts): Verdict {
  if (always.has(variable)) return 'yes';
  if (variable === 'master') return link.master === null ? 'no' : 'yes';
  if (variable === 'device' || variable === 'device/driver') {
    return link.parentDriver === undefined ? 'maybe' : link.parentDriver === null ? 'no' : 'yes';
  }
  return variable === 'phys_port_name' && link.role === 'standby' ? 'yes' : 'maybe';
}

/** What is known of a file's lines. A directory, `master` say, opens but has none. */
function linesOf(variable: string, link: LinkFacts): { readonly known: readonly string[]; readonly complete: boolean } {
  const exactly = (...known: string[]) => ({ known, complete: true });
  if (variable === 'address') return link.mac === undefined ? { known: [], complete: false } : exactly(link.mac);
  if (['master', 'device', 'device/driver', 'queues', 'statistics', 'subsystem'].includes(variable)) return exactly();
  if (variable === 'type' && link.type === 'ether') return exactly('1');
  if (variable === 'phys_port_name' && link.role === 'standby') return exactly('sby');
  return { known: variable === 'uevent' ? [`INTERFACE=${link.name}`] : [], complete: false };
}

export interface BringUp {
  readonly how: 'boot' | 'hotplug' | 'helper' | 'service';
  readonly physical: string;
  readonly logical: string;
  readonly verdict: Verdict;
  readonly keys: readonly MatchKey[];
}
