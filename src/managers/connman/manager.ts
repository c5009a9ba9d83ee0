/**
 * connman brings every ethernet link up and has one service for each MAC: the three links of a triple share one, its address lands on
 * any of them, and the default route may lead out of another. Run: 1.41 in a namespace, and on a real triple.
 */
import { findExclusion, mainPath, readMain, readUnit, type Filter } from './filter.ts';
import { defaultEffects, readServices, type Service } from './services.ts';
import type { Guest, LinkFacts, Phase } from '../../topology/guest.ts';
import type { Claim, ConfigFile, Decision, Judgement, Manager, MatchKey, Verdict } from '../claim.ts';
import type { Place } from '../../text/source.ts';

const roots = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/systemd/system`);

export const connman: Manager = {
  name: 'connman',
  locations: [
    { path: mainPath },
    { path: '/var/lib/connman', pattern: /\.config$/ },
    ...roots.map((path) => ({ path, pattern: /^connman\.service$/, dropIns: true })),
  ],
  recognise: (path, text) =>
    /(?:^|\/)connman\/main\.conf$/.test(path) || (path.endsWith('.config') && /^\[service_[^\]]+\]/m.test(text)),
  judge: judgeConnman,
};

const builtIn: Place = {
  source: { path: '/usr/sbin/connmand (as it is built)', text: '' },
  span: { start: 0, end: 0 },
};

export function judgeConnman(files: readonly ConfigFile[], guest: Guest): Judgement {
  const main = files.find(({ path }) => path.endsWith('/main.conf'));
  const read = readMain(main);
  const provisioned = files.filter(({ path }) => path.endsWith('.config')).map((file) => readServices(file));
  const filters = [...readUnit(files), ...read.filters];
  const services = provisioned.flatMap((one) => one.services);
  const place = main === undefined ? builtIn : { source: main.source, span: { start: 0, end: 0 } };
  const decisions = guest.phases.flatMap((phase) =>
    phase.links.map((link): Decision => {
      const claim = claimLink({ filters, services, place }, phase, link);
      const claims = claim === null ? [] : [claim];
      return {
        manager: 'connman',
        phase,
        link,
        winners: claims.filter(({ verdict }) => verdict !== 'no'),
        losers: [],
        passed: claims.filter(({ verdict }) => verdict === 'no'),
      };
    }),
  );
  const problems = [...read.problems, ...provisioned.flatMap((one) => one.problems)];
  return { decisions, problems, unread: [], facts: {} };
}

interface Situation {
  readonly filters: readonly Filter[];
  readonly services: readonly Service[];
  /** Of what it does without being told. */
  readonly place: Place;
}

/** Virtual links but VLANs are no devices of its ethernet plugin. */
function isDevice({ name, type, kind }: LinkFacts): boolean {
  return name !== 'lo' && type !== 'loopback' && (kind === null || kind === 'vlan');
}

function claimLink({ filters, services, place }: Situation, phase: Phase, link: LinkFacts): Claim | null {
  if (!isDevice(link)) return null;
  const away = findExclusion(filters, link.name);
  if (away !== null) return exclude(away.place, away.reason, away.word);
  const shared = phase.links.filter(
    (other) =>
      other.mac !== undefined &&
      other.mac === link.mac &&
      isDevice(other) &&
      findExclusion(filters, other.name) === null,
  );
  const found = services.map((service) => ({ service, key: matchService(service, link, shared) }));
  const own = found.find(({ key }) => key !== null && key.verdict !== 'no');
  const at = own?.service.place ?? place;
  const effects = own?.service.effects ?? defaultEffects(place);
  const names = shared.map(({ name }) => name).join(', ');
  const isShared = shared.length > 1;
  return {
    manager: 'connman',
    place: at,
    verdict: isShared ? 'maybe' : 'yes',
    reason: isShared
      ? `connman has one service for ${link.mac ?? ''}: any of ${names} gets its address`
      : own === undefined
        ? `nothing keeps connman off ${link.name}`
        : `the service is for ${link.name}`,
    keys: own?.key === null || own?.key === undefined || own.key.value === '' ? [] : [own.key],
    effects: [{ kind: 'up', place: at }, ...effects],
  };
}

/** MAC= before DeviceName=; null: neither is given. Of links that share a service one is its device, and nobody knows which. */
function matchService({ mac, device, place }: Service, link: LinkFacts, shared: readonly LinkFacts[]): MatchKey | null {
  if (mac !== undefined) {
    const verdict: Verdict = link.mac === undefined ? 'maybe' : link.mac === mac.value.toLowerCase() ? 'yes' : 'no';
    return { on: 'mac', value: mac.value, verdict, place: mac.valuePlace };
  }
  if (device === undefined) return { on: 'other', value: '', verdict: 'yes', place };
  const isNamed = shared.some(({ name }) => name === device.value);
  const verdict: Verdict = !isNamed ? 'no' : shared.length > 1 ? 'maybe' : 'yes';
  return { on: 'name', value: device.value, verdict, place: device.valuePlace };
}

function exclude(place: Place, reason: string, word: string): Claim {
  const keys: readonly MatchKey[] = word === '' ? [] : [{ on: 'name', value: word, verdict: 'yes', place }];
  return { manager: 'connman', place, verdict: 'yes', reason, keys, effects: [{ kind: 'unmanaged', place }] };
}
