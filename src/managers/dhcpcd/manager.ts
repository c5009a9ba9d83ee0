/**
 * dhcpcd as a service: it asks for an address on every link, but for those that denyinterfaces, allowinterfaces, its command
 * line or a block of dhcpcd.conf(5) except. if_discover() in src/if.c and read_config() in src/if-options.c, 9.4.1 to 10.3.2.
 */
import { fnmatch } from '../../text/fnmatch.ts';
import { effectsOf } from './effects.ts';
import { findGuard, guardedProperty, isToldByUdev, mastersPath } from './guard.ts';
import { parseDhcpcdConfig, patternsOf, type DhcpcdConfig, type Line } from './parse.ts';
import { findInstances, unitLocations, type Instance } from './unit.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import type { Claim, ConfigFile, Decision, Judgement, Manager, MatchKey, Verdict } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export const configPath = '/etc/dhcpcd.conf';

export const dhcpcd: Manager = {
  name: 'dhcpcd',
  locations: [{ path: configPath }, { path: mastersPath }, ...unitLocations],
  recognise: (path) => /(?:^|\/)dhcpcd\.conf$/.test(path),
  judge: judgeDhcpcd,
};

const builtIn: Place = {
  source: {
    path: '/usr/sbin/dhcpcd (as it is built)',
    text: '',
    builtIn: "dhcpcd's default: no file sets this",
  },
  span: { start: 0, end: 0 },
};

interface Situation {
  readonly config: DhcpcdConfig;
  readonly instance: Instance | null;
  readonly guard: Place | null;
  /** Of what it does without being told. */
  readonly place: Place;
}

export function judgeDhcpcd(files: readonly ConfigFile[], guest: Guest): Judgement {
  const guard = findGuard(files);
  const isUnit = ({ path }: ConfigFile) => path.includes('/systemd/system/');
  const texts = files.filter((file) => !isUnit(file));
  const read = texts.filter(({ path }) => guard !== null || path !== mastersPath);
  const config = merge(read.map(parseDhcpcdConfig));
  const instances = findInstances(files.filter(isUnit)) ?? [null];
  const top = read.find(({ path }) => path !== mastersPath);
  const situations = instances.map((instance): Situation => {
    const inFile = top === undefined ? builtIn : { source: top.source, span: { start: 0, end: 0 } };
    return { config, instance, guard, place: instance?.place ?? inFile };
  });
  const decisions = guest.phases.flatMap((phase) =>
    phase.links.map((link): Decision => {
      const claims = situations.flatMap((situation) => claimLink(situation, phase, link) ?? []);
      return {
        manager: 'dhcpcd',
        phase,
        link,
        winners: claims.filter(({ verdict }) => verdict !== 'no'),
        losers: [],
        passed: claims.filter(({ verdict }) => verdict === 'no'),
      };
    }),
  );
  const why = `no unit of dhcpcd has failoverctl's drop-in, which adds it to ${configPath}`;
  const unread = texts.filter((file) => !read.includes(file)).map((file) => ({ file, why }));
  return { decisions, problems: config.problems, unread, facts: { guard: guard?.source.path ?? 'none' } };
}

/** One after the other, as the guard puts them together: what is global in a later one stands in the last block before it. */
function merge(configs: readonly DhcpcdConfig[]): DhcpcdConfig {
  const [first = { global: [], blocks: [], problems: [] }, ...others] = configs;
  return {
    global: first.global,
    blocks: [first, ...others].flatMap(({ blocks }) => blocks),
    problems: [first, ...others].flatMap(({ problems }) => problems),
  };
}

function claimLink(situation: Situation, phase: Phase, link: LinkFacts): Claim | null {
  const { config, instance, place } = situation;
  if (link.name === 'lo' || link.type === 'loopback') return null;
  const away = findExclusion(situation, phase, link);
  if (away?.verdict === 'yes') return away;
  const blocks = config.blocks.filter(
    ({ kind, name }) => kind === 'interface' && name !== '' && matchBlock(name, link) !== 'no',
  );
  const doubtful = blocks.some(({ name }) => matchBlock(name, link) === 'maybe');
  const isNamed = blocks.length > 0 || instance?.links.some(({ name }) => name === link.name) === true;
  const isListed = linesOf(situation, 'allowinterfaces').length > 0;
  // if_ignore(): bridges and taps, unless something says that they are wanted
  if (!isNamed && !isListed && (link.kind === 'bridge' || link.kind === 'tun')) return null;
  const lines = [config.global, ...blocks.map((block) => block.lines), instance?.options ?? []].flat();
  const effects = effectsOf(lines, place);
  const [block] = blocks;
  const at = block?.place ?? place;
  if (effects.length === 0)
    return exclude(block?.lines.at(-1)?.place ?? at, 'yes', `its options leave nothing to do on ${link.name}`, []);
  const reasons = [
    block === undefined ? `nothing keeps dhcpcd off ${link.name}` : `'interface ${block.name}' matches ${link.name}`,
    ...(away === null ? [] : [away.reason]),
    ...(doubtful ? [`'interface' takes patterns since 10.2.2`] : []),
  ];
  const verdict = away !== null || doubtful ? 'maybe' : 'yes';
  const keys = block === undefined ? [] : [nameKey(block.name, 'yes', block.place)];
  return { manager: 'dhcpcd', place: at, verdict, reason: reasons.join('; '), keys, effects };
}

/** Before 10.2.2 the whole name; since then a pattern. */
function matchBlock(name: string, link: LinkFacts): Verdict {
  if (name === link.name) return 'yes';
  return fnmatch(name, link.name) ? 'maybe' : 'no';
}

/** What keeps it off the link: the guard, or a list. */
function findExclusion(situation: Situation, phase: Phase, link: LinkFacts): Claim | null {
  const { instance, guard } = situation;
  for (const line of linesOf(situation, 'denyinterfaces')) {
    const pattern = patternsOf(line).find((one) => fnmatch(one, link.name));
    if (pattern !== undefined) {
      const reason = `denyinterfaces ${pattern} matches ${link.name}`;
      return exclude(line.place, 'yes', reason, [nameKey(pattern, 'yes', line.place)]);
    }
  }
  const allowed = linesOf(situation, 'allowinterfaces');
  const [first] = allowed;
  if (first !== undefined && !allowed.some((line) => patternsOf(line).some((one) => fnmatch(one, link.name))))
    return exclude(first.place, 'yes', `allowinterfaces ${first.value} does not match ${link.name}`, []);
  const [named] = instance?.links ?? [];
  if (named !== undefined && !instance?.links.some(({ name }) => name === link.name))
    return exclude(
      named.place,
      'yes',
      `it is started for ${instance?.links.map(({ name }) => name).join(', ') ?? ''} alone`,
      [],
    );
  if (guard === null) return null;
  const key = (verdict: Verdict): readonly MatchKey[] => [
    { on: 'property', value: guardedProperty, verdict, place: guard },
  ];
  const told = isToldByUdev(link, phase);
  if (told === 'yes')
    return exclude(guard, told, `${guardedProperty} of ${link.name}: its block says noipv4 and noipv6`, key(told));
  if (told === 'maybe') return exclude(guard, told, `it is left alone if udev gives it ${guardedProperty}`, key(told));
  return null;
}

function linesOf({ config, instance }: Situation, option: string): readonly Line[] {
  return [...config.global, ...(instance?.options ?? [])].filter((line) => line.option === option);
}

function nameKey(value: string, verdict: Verdict, place: Place): MatchKey {
  return { on: 'name', value, verdict, place };
}

function exclude(place: Place, verdict: Verdict, reason: string, keys: readonly MatchKey[]): Claim {
  return { manager: 'dhcpcd', place, verdict, reason, keys, effects: [{ kind: 'unmanaged', place }] };
}
