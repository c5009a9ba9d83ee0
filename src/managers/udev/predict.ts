/**
 * The properties that rules leave a link with once udev is done, so that networkd ([Match] Property=,
 * ID_NET_MANAGED_BY) and NetworkManager (NM_UNMANAGED) can be judged on what they will find.
 *
 * A renamed link goes through the rules twice, at `add` and at `move`, and the second time with no properties: the last
 * event is what counts.
 */
import { type RulesFile } from './rule-model.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import type { ConfigFile } from '../claim.ts';
import { baseName, compareNames, directoryOf, isMask, selectByName } from '../systemd/files.ts';
import { describeDevice } from './device.ts';
import { assignedProperties, evaluateRules, type EventOutcome } from './evaluate.ts';
import { parseRules } from './rules.ts';

/** In order of precedence. */
export const rulesDirectories: readonly string[] = [
  '/etc/udev/rules.d',
  '/run/udev/rules.d',
  '/usr/local/lib/udev/rules.d',
  '/usr/lib/udev/rules.d',
  '/lib/udev/rules.d',
];

export interface CollectedRules {
  /** In the order in which udev reads them. */
  readonly files: readonly RulesFile[];
  readonly unread: readonly { readonly file: ConfigFile; readonly why: string }[];
}

export function collectRules(files: readonly ConfigFile[], version: number | undefined): CollectedRules {
  const unread: { file: ConfigFile; why: string }[] = [];
  const all = files.filter(({ path }) => path.endsWith('.rules') && !baseName(path).startsWith('.'));
  const selected = selectByName(all, directoryOf, unread, rulesDirectories);
  return {
    files: selected.filter((file) => !isMask(file)).map(({ source }) => parseRules(source, version)),
    unread,
  };
}

/** The event whose properties stay in udev's database. A link whose kernel name is not known is taken for renamed. */
export function lastAction({ kernelName, name }: LinkFacts): 'add' | 'move' {
  return kernelName === name ? 'add' : 'move';
}

/** The guest with what the rules among `files` make of each link's properties. */
export function applyUdevRules(files: readonly ConfigFile[], guest: Guest): Guest {
  const { files: rules } = collectRules(files, guest.host.systemdVersion);
  return {
    ...guest,
    phases: guest.phases.map((phase) => ({
      ...phase,
      links: phase.links.map((link) => predictLink(rules, guest, phase, link)),
    })),
  };
}

/** A link with the properties it has after its last event. */
export function predictLink(rules: readonly RulesFile[], guest: Guest, phase: Phase, link: LinkFacts): LinkFacts {
  const outcome = evaluateRules(rules, describeDevice(guest, phase, link, lastAction(link)));
  return withProperties(rules, link, outcome);
}

/** As .link files see it: what rules have set that are read before 80-net-setup-link.rules, at the first event. */
export function predictLinkAtSetup(
  rules: readonly RulesFile[],
  guest: Guest,
  phase: Phase,
  link: LinkFacts,
): LinkFacts {
  const early = rules.filter(({ source }) => compareNames(baseName(source.path), '80-net-setup-link.rules') < 0);
  return withProperties(rules, link, evaluateRules(early, describeDevice(guest, phase, link, 'add')));
}

function withProperties(rules: readonly RulesFile[], link: LinkFacts, { properties: set }: EventOutcome): LinkFacts {
  const assigned = assignedProperties(rules);
  const properties = new Map([...(link.properties ?? [])].filter(([key]) => !assigned.has(key)));
  if (link.properties === undefined) {
    if (link.driver !== undefined) properties.set('ID_NET_DRIVER', link.driver);
    if (typeof link.idPath === 'string') properties.set('ID_PATH', link.idPath);
  }
  const uncertain = new Set<string>();
  for (const [key, value] of set)
    if (value === undefined) uncertain.add(key);
    else if (value === null || value === '') properties.delete(key);
    else properties.set(key, value);
  return {
    ...link,
    properties,
    uncertainProperties: uncertain,
    builtinsUnknown: link.properties === undefined || link.builtinsUnknown === true,
  };
}
