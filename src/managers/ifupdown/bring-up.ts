/**
 * Which interfaces ifup is told to bring up in a phase, by whom, and with which stanzas: `ifup -a` of networking.service,
 * `ifup --allow=hotplug NAME` for each new link (80-ifupdown.rules), and the cloud image's helper.
 */
import { keptWith } from '../../text/kept-with.ts';
import type { BringUp } from './pattern.ts';
import { fnmatch } from '../../text/fnmatch.ts';
import { missingOptions } from './effects.ts';
import { bringUpMasters, type MasterService } from './master-service.ts';
import { expandTargets, isPattern, type Target } from './pattern.ts';
import type { Configuration, Entry, Mapping, Stanza } from './stanza.ts';
import type { MatchKey, Verdict } from '../claim.ts';
import type { LinkFacts, Phase } from '../../topology/guest.ts';

/** A new name by a `rename` line. */
export interface Rename {
  readonly link: LinkFacts;
  readonly name: string;
  readonly verdict: Verdict;
  readonly entry: Entry;
  readonly key: MatchKey;
}

export interface PhasePlan {
  readonly phase: Phase;
  readonly renames: readonly Rename[];
  /** Why ifup ends before it brings up anything; null: it does not. */
  readonly dies: { readonly entry: Entry; readonly why: string } | null;
  readonly bringUps: readonly BringUp[];
}

export const loopback: LinkFacts = {
  role: 'none',
  group: null,
  name: 'lo',
  kernelName: 'lo',
  altnames: [],
  mac: '00:00:00:00:00:00',
  permanentMac: undefined,
  driver: undefined,
  parentDriver: null,
  kind: null,
  type: 'loopback',
  idPath: null,
  properties: undefined,
  master: null,
};

/** Ifup works on what getifaddrs(3) lists, lo included. */
export function planPhase(
  configuration: Configuration,
  excluded: readonly Entry[],
  phase: Phase,
  service: MasterService | null = null,
): PhasePlan {
  const links = phase.links.some(({ name }) => name === 'lo') ? phase.links : [loopback, ...phase.links];
  const renames = findRenames(configuration, links);
  const dies = findDeath(configuration, renames);
  if (configuration.broken || dies !== null) return { phase, renames, dies, bringUps: [] };
  const renamed = links.map((link) => renameLink(link, renames));
  const boot = expandTargets(configuration.classes.get('auto') ?? [], renamed)
    .map((target) => followRename(target, renames))
    .filter(({ physical }) => !excluded.some(({ value }) => fnmatch(value, physical)))
    .map((target) => bringUp('boot', target, target.logical ?? target.physical))
    .flatMap((one) => withLowerLink(configuration, one));
  const hotplug = expandTargets(configuration.classes.get('hotplug') ?? [], renamed);
  // The event names the link only, so "=LOGICAL" of the class line is lost; VLANs on it in the class come along.
  const onEvent = hotplug
    .filter(({ physical }) => renamed.some(({ name }) => name === physical) && hasEvent(physical))
    .flatMap(({ physical: name }) =>
      hotplug.filter(({ physical: other }) => other === name || other.startsWith(`${name}.`)),
    )
    .map((target) => bringUp('hotplug', target, target.physical));
  return { phase, renames, dies, bringUps: [...boot, ...onEvent, ...bringUpMasters(service, renamed)] };
}

function renameLink(link: LinkFacts, renames: readonly Rename[]): LinkFacts {
  const rename = renames.find((other) => other.link === link && other.verdict === 'yes');
  return rename === undefined ? link : { ...link, name: rename.name };
}

function bringUp(how: BringUp['how'], { physical, verdict, key }: Target, logical: string): BringUp {
  return { how, physical, logical, verdict, keys: [key] };
}

/** Is there a stanza of that name, or a mapping for it? Of others ifup says "unknown interface". */
export function isKnown(configuration: Configuration, logical: string): boolean {
  return (
    stanzasNamed(configuration, logical).length > 0 ||
    configuration.mappings.some(({ patterns }) => patterns.some(({ value }) => fnmatch(value, logical)))
  );
}

/** A VLAN by its name, `ens10.5`: ifup brings up the link below it first, by the link's own stanzas, or gives up. */
function withLowerLink(configuration: Configuration, vlan: BringUp): readonly BringUp[] {
  const dot = vlan.physical.indexOf('.');
  if (dot < 0 || !isKnown(configuration, vlan.logical)) return [vlan];
  const name = vlan.physical.slice(0, dot);
  const lower = { ...vlan, physical: name, logical: name };
  const { stanzas, mapping } = chooseStanzas(configuration, name);
  const fails = mapping === null && stanzas.some((stanza) => missingOptions(stanza).length > 0);
  return fails ? [lower] : [lower, vlan];
}

/** ifupdown-hotplug leaves these to those who make them. */
function hasEvent(name: string): boolean {
  return !/^(?:ppp|ippp|isdn|plip|irda|ipsec)|^lo$/.test(name);
}

function findRenames(configuration: Configuration, links: readonly LinkFacts[]): readonly Rename[] {
  return expandTargets(configuration.lists.rename, links).flatMap(({ physical, logical, verdict, entry, key }) => {
    const link = links.find(({ name }) => name === physical);
    return link === undefined || logical === null || logical === physical
      ? []
      : [{ link, name: logical, verdict, entry, key }];
  });
}

/** do_rename and select_interfaces in main.c end the program where they cannot go on. */
function findDeath({ lists, classes }: Configuration, renames: readonly Rename[]): PhasePlan['dies'] {
  const nameless = lists.rename.find(({ value }) => !isPattern(value) && !value.includes('='));
  if (nameless !== undefined) return { entry: nameless, why: `"rename ${nameless.value}" has no new name` };
  const sure = renames.filter(({ verdict }) => verdict === 'yes');
  const second = sure.find(({ name }, index) => sure.slice(0, index).some((other) => other.name === name));
  if (second !== undefined) {
    return { entry: second.entry, why: `"rename ${second.entry.value}" gives the name ${second.name} to two links` };
  }
  const old = (classes.get('auto') ?? []).find(({ value }) =>
    sure.some(({ link }) => !isPattern(value) && value.startsWith(`${link.name}=`)),
  );
  if (old === undefined) return null;
  return {
    entry: old,
    why: `"auto ${old.value}" gives a renamed interface a logical name, which ends ifup in an error of its own`,
  };
}

/** A target that is meant by its old name is taken under its new one. */
function followRename(target: Target, renames: readonly Rename[]): Target {
  const rename = renames.find(({ link }) => link.name === target.physical);
  if (rename === undefined) return target;
  return { ...target, physical: rename.name, verdict: weaker(target.verdict, rename.verdict) };
}

export function weaker(a: Verdict, b: Verdict): Verdict {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'maybe' || b === 'maybe' ? 'maybe' : 'yes';
}

/** The stanzas that a logical name leads to, in their order; a mapping's script may choose any. */
export interface Choice {
  readonly stanzas: readonly Stanza[];
  readonly verdict: Verdict;
  readonly mapping: Mapping | null;
}

const byName = keptWith<Configuration, ReadonlyMap<string, readonly Stanza[]>>();

/** Asked for every link of every phase, and for each that is brought up there: they are sorted out once. */
function stanzasNamed(configuration: Configuration, logical: string): readonly Stanza[] {
  let known = byName.get(configuration);
  if (known === undefined) {
    const sorted = new Map<string, Stanza[]>();
    for (const stanza of configuration.stanzas) {
      const own = sorted.get(stanza.name.value);
      if (own === undefined) sorted.set(stanza.name.value, [stanza]);
      else own.push(stanza);
    }
    known = sorted;
    byName.set(configuration, known);
  }
  return known.get(logical) ?? [];
}

export function chooseStanzas(configuration: Configuration, logical: string): Choice {
  const mapping = configuration.mappings.find(({ patterns }) => patterns.some(({ value }) => fnmatch(value, logical)));
  if (mapping === undefined) {
    return {
      stanzas: stanzasNamed(configuration, logical),
      verdict: 'yes',
      mapping: null,
    };
  }
  // Without a script, running it fails, and with it the interface.
  if (mapping.script === null) return { stanzas: [], verdict: 'no', mapping };
  const named = new Set(mapping.maps.flatMap((map) => map.split(/\s+/)));
  const candidates = configuration.stanzas.filter(({ name }) => named.has(name.value));
  const others = configuration.stanzas.filter(({ name }) => name.value !== 'lo');
  return { stanzas: candidates.length > 0 ? candidates : others, verdict: 'maybe', mapping };
}

/** Is the stanza brought up: by a line of a class, by its own name or another's, or by what a mapping chooses. */
export function mayBeStarted({ classes, mappings }: Configuration, { name }: Stanza): boolean {
  if (mappings.length > 0) return true;
  const values = [...classes.values()].flat().flatMap(({ value }) => value.split('='));
  return values.some((value) => value === name.value || isPattern(value));
}
