/**
 * The properties that rules leave a link with once udev is done, so that networkd ([Match] Property=,
 * ID_NET_MANAGED_BY) and NetworkManager (NM_UNMANAGED) can be judged on what they will find.
 *
 * A renamed link goes through the rules twice, at `add` and at `move`, and the second time with no properties: the last
 * event is what counts.
 */
import { baseName } from '../../text/base-name.ts';
import { type RulesFile } from './rule-model.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import type { ConfigFile, JudgeContext } from '../claim.ts';
import { directoryOf, isMask, selectByName } from '../systemd/files.ts';
import { accountsOf } from './accounts.ts';
import type { Fact } from './device-facts.ts';
import { parseRules } from './rules.ts';
import { createRun, type RulesRun } from './run.ts';

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

/** `context`: where udev's users and groups are looked up; without it whatever was read of a file before will do. */
export function collectRules(
  files: readonly ConfigFile[],
  version: number | undefined,
  context?: JudgeContext,
): CollectedRules {
  const unread: { file: ConfigFile; why: string }[] = [];
  const all = files.filter(({ path }) => path.endsWith('.rules') && !baseName(path).startsWith('.'));
  const selected = selectByName(all, directoryOf, unread, rulesDirectories);
  return {
    files: selected
      .filter((file) => !isMask(file))
      .map(({ source }) => parseRules(source, version, context && accountsOf(context))),
    unread,
  };
}

/** The event whose properties stay in udev's database. A link whose kernel name is not known is taken for renamed. */
export function lastAction({ kernelName, name }: LinkFacts): 'add' | 'move' {
  return kernelName === name ? 'add' : 'move';
}

/** The guest with what the rules among `files` make of each link's properties. */
export function applyUdevRules(files: readonly ConfigFile[], guest: Guest, context?: JudgeContext): Guest {
  const { files: rules } = collectRules(files, guest.host.systemdVersion, context);
  const run = createRun(rules, guest);
  return {
    ...guest,
    phases: guest.phases.map((phase) => ({
      ...phase,
      links: phase.links.map((link) =>
        withProperties(run.assigned, link, run.outcomeOf(phase, link, lastAction(link)).properties),
      ),
    })),
  };
}

/** As .link files see it: what rules have set that are read before 80-net-setup-link.rules, at the first event. */
export function predictLinkAtSetup(run: RulesRun, phase: Phase, link: LinkFacts): LinkFacts {
  return withProperties(run.assigned, link, run.outcomeOf(phase, link, 'add').early);
}

function withProperties(assigned: ReadonlySet<string>, link: LinkFacts, set: ReadonlyMap<string, Fact>): LinkFacts {
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
