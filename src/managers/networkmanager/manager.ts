/**
 * NetworkManager, 1.42 and later: is a link managed at all, and if so, by which profile. A link that no profile fits gets a
 * connection of NetworkManager's own making, with DHCP.
 */
import { keyFileWords } from '../../text/key-file.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import { isConfigPath, readConfig, type Config } from './config.ts';
import { findTurnedList } from './list-guard.ts';
import { readIfupdownPlugin } from './ifupdown-plugin.ts';
import { withDefaults } from './connection-defaults.ts';
import { deviceType, matchDevices, textOf } from './device-spec.ts';
import { readManagement, type Settings } from './management.ts';
import { defaultEffects, readEffects } from './profile-effects.ts';
import { findNetdevs } from './netdevs.ts';
import { matchProfile, type ProfileMatch } from './profile-match.ts';
import { isProfilePath, readProfiles, type Profile, type ReadProfiles, type Standing } from './profile.ts';
import type { Claim, ConfigFile, Decision, JudgeContext, Judgement, Manager } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import { misfiled } from './misfiled.ts';

const base = 'NetworkManager';

export const networkmanager: Manager = {
  name: 'networkmanager',
  misfiled,
  locations: [
    ...['/usr/lib', '/run', '/etc'].map((root) => ({ path: `${root}/${base}/conf.d`, pattern: /\.conf$/ })),
    { path: '/etc/NetworkManager/NetworkManager.conf' },
    { path: '/var/lib/NetworkManager/NetworkManager-intern.conf' },
    ...['/etc', '/run', '/usr/lib'].map((root) => ({ path: `${root}/${base}/system-connections`, pattern: /./ })),
  ],
  recognise: (path, text) =>
    /\.nmconnection$|(?:^|\/)NetworkManager\.conf$|NetworkManager\/conf\.d\/[^/]+\.conf$|system-connections\/[^/]+$/.test(
      path,
    ) ||
    (/^\[connection\]$/m.test(text) && /^type=(?:802-3-)?ethernet$/m.test(text)),
  judge: judgeNetworkManager,
};

export function judgeNetworkManager(
  files: readonly ConfigFile[],
  guest: Guest,
  { include }: Pick<JudgeContext, 'include'>,
): Judgement {
  const { networkManagerVersion: version, networkManagerPlugins: installed } = guest.host;
  const keyfiles = readProfiles(
    files.filter(({ path }) => isProfilePath(path)),
    version,
  );
  const conf = readConfig(
    files.filter(({ path }) => !isProfilePath(path) && isConfigPath(path)),
    version,
  );
  const ifupdown = readIfupdownPlugin(conf, include, { installed, version });
  const config: Settings = { ...conf, ifupdown };
  const profiles = { ...keyfiles, profiles: [...keyfiles.profiles, ...ifupdown.profiles] };
  return {
    decisions: guest.phases.flatMap((phase) => phase.links.map((link) => decide(config, profiles, phase, link, guest))),
    netdevs: findNetdevs(profiles.netdevs, profiles.profiles),
    problems: [...config.problems, ...findTurnedList(config.unmanaged), ...profiles.problems],
    unread: [...config.unread, ...profiles.unread],
    facts: { plugins: config.plugins.flatMap(({ list }) => keyFileWords(list)).join(' ') },
  };
}

/** What NetworkManager does without any file has its place where it could be told not to. */
const builtIn: Place = {
  source: {
    path: '/usr/lib/NetworkManager (as it is built)',
    text: '',
    builtIn: "NetworkManager's default: no file sets this",
  },
  span: { start: 0, end: 0 },
};

function decide(config: Settings, profiles: ReadProfiles, phase: Phase, link: LinkFacts, guest: Guest): Decision {
  const decision = { manager: 'networkmanager' as const, phase, link };
  const { away, passed: unmatched } = readManagement(config, link, guest);
  const matches = profiles.profiles.map((profile) => ({
    profile,
    match: matchIn(config, profile, link, guest),
  }));
  const passed = [
    ...unmatched,
    ...matches.filter(({ match }) => match.verdict === 'no').map(({ profile, match }) => claimOf(profile, match)),
  ];
  const fitting = matches.filter(({ match }) => match.verdict !== 'no');
  if (away?.verdict === 'yes' || !isEthernet(link)) {
    const why = away?.reason ?? `${link.name} is no Ethernet link`;
    const losers = fitting.map(({ profile, match }) => ({ claim: claimOf(profile, match), why }));
    return { ...decision, winners: away === null ? [] : [away], losers, passed };
  }
  const rivals = fitting
    .filter(({ profile }) => profile.autoconnect)
    .sort((a, b) => b.profile.priority - a.profile.priority);
  const [best] = rivals;
  const winners: Claim[] = [];
  const losers: { claim: Claim; why: string }[] = [];
  const unsure = away === null ? null : away.reason;
  for (const { profile, match } of fitting) {
    const claim = withDefaults(claimOf(profile, match), profile, config, link);
    const ties = rivals.filter((other) => other.profile.priority === best?.profile.priority);
    if (!profile.autoconnect) losers.push({ claim, why: 'autoconnect=false: it is not activated by itself' });
    else if (profile.priority < (best?.profile.priority ?? 0) && best?.match.verdict === 'yes')
      losers.push({ claim, why: `'${best.profile.id}' has a greater autoconnect-priority` });
    else winners.push(weaken(claim, ties.length, sharedWith(profile, config, phase, link, guest), unsure));
  }
  if (fitting.every(({ match }) => match.verdict === 'maybe')) {
    const claim = withDefaults(claimDefault(config, link, fitting.length > 0 || unsure !== null), null, config, link);
    (claim.verdict === 'no' ? passed : winners).push(claim);
  }
  const above = profiles.standing.filter(({ parent }) =>
    [
      link.name,
      ...matches.flatMap(({ profile, match }) => (match.verdict === 'no' ? [] : (profile.uuid ?? []))),
    ].includes(parent),
  );
  winners.push(...above.map((one) => claimParent(one, link)));
  return { ...decision, winners: away === null ? winners : [...winners, away], losers, passed };
}

/** What the plugin ifupdown made is there if that is. */
function matchIn({ ifupdown }: Settings, profile: Profile, link: LinkFacts, { host }: Guest): ProfileMatch {
  const match = matchProfile(profile, link, host.kernelCommandLine);
  const isSure = match.verdict === 'no' || ifupdown.loaded === 'yes' || !ifupdown.profiles.includes(profile);
  return isSure
    ? match
    : { ...match, verdict: 'maybe', reason: `${match.reason}, if the plugin ifupdown is installed` };
}

function isEthernet(link: LinkFacts): boolean {
  return deviceType(link) === 'ethernet' && link.name !== 'lo';
}

function claimOf(profile: Profile, { verdict, keys, reason }: ProfileMatch): Claim {
  return {
    manager: 'networkmanager',
    place: profile.place,
    verdict,
    reason: `profile '${profile.id}': ${reason}`,
    keys,
    effects: readEffects(profile),
    ...(profile.autoconnect ? {} : { byHand: true }),
  };
}

/** What stands on a link brings it up, whether that has a profile of its own or not. */
function claimParent({ place, parentPlace, name }: Standing, link: LinkFacts): Claim {
  return {
    manager: 'networkmanager',
    place,
    verdict: 'yes',
    reason: `'${name}' stands on ${link.name}`,
    keys: [{ on: 'name', value: link.name, verdict: 'yes', place: parentPlace }],
    effects: [{ kind: 'stack', detail: name, place: parentPlace }],
  };
}

/** A profile is active on one device, unless it says multi-connect; who comes first has it. */
function sharedWith(
  profile: Profile,
  config: Settings,
  phase: Phase,
  link: LinkFacts,
  guest: Guest,
): readonly string[] {
  if (profile.multiple) return [];
  return phase.links
    .filter(
      (other) => other !== link && isEthernet(other) && readManagement(config, other, guest).away?.verdict !== 'yes',
    )
    .filter((other) => matchProfile(profile, other, guest.host.kernelCommandLine).verdict !== 'no')
    .map(({ name }) => name);
}

function weaken(claim: Claim, ties: number, others: readonly string[], unsure: string | null): Claim {
  const why = [
    ...(ties > 1 ? ['another profile of the same priority fits too, and the one that was used last wins'] : []),
    ...(others.length > 0 ? [`it fits ${others.join(', ')} too, and whichever is ready first has it`] : []),
    ...(unsure === null ? [] : [unsure]),
  ];
  return why.length === 0 ? claim : { ...claim, verdict: 'maybe', reason: [claim.reason, ...why].join('; ') };
}

/** nm_settings_device_added(): "Wired connection N", unless no-auto-default tells the device. */
function claimDefault(config: Config, link: LinkFacts, doubtful: boolean): Claim {
  const claim = {
    manager: 'networkmanager' as const,
    effects: defaultEffects(config.main ?? builtIn),
    byDefault: true as const,
  };
  const [first, ...others] = config.noAutoDefault;
  if (first !== undefined) {
    const { verdict, place, keys } = matchDevices([first, ...others], link);
    const reason = `no-auto-default=${textOf(config.noAutoDefault)}: no connection is made for ${link.name}`;
    if (verdict !== 'no') return { ...claim, place, verdict: verdict === 'yes' ? 'no' : 'maybe', keys, reason };
  }
  const reason = `no profile fits ${link.name}: NetworkManager makes a connection of its own ("Wired connection 1")`;
  return { ...claim, place: config.main ?? builtIn, verdict: doubtful ? 'maybe' : 'yes', keys: [], reason };
}
