/**
 * wicked: an ifcfg file a link, whose name is the link's. ifcfg(5) and ifcfg-bonding(5), ifcfg-bridge(5), ifcfg-vlan(5) of wicked
 * 0.6; nothing of it can be run here, so what the pages leave open is `maybe`. A link without a file is left alone.
 */
import { parseAssignmentLines, unquoteAssignment, type Assignment } from '../../text/shell-assignments.ts';
import type {
  Claim,
  ConfigFile,
  Decision,
  Effect,
  Judgement,
  Manager,
  Netdev,
  PlacedValue,
  Problem,
} from '../claim.ts';
import type { Guest, LinkFacts } from '../../topology/guest.ts';
import type { Place } from '../../text/source.ts';

const directory = '/etc/sysconfig/network';

export const wicked: Manager = {
  name: 'wicked',
  locations: [{ path: directory, pattern: /^(?:ifcfg|ifroute)-/ }],
  recognise: (path, text) =>
    /(?:^|\/)ifcfg-[^/]+$/.test(path) && (path.includes('/sysconfig/network/') || /^[ \t]*STARTMODE=/m.test(text)),
  judge,
};

interface Config {
  readonly file: ConfigFile;
  /** The link's. */
  readonly name: string;
  readonly values: ReadonlyMap<string, PlacedValue>;
  /** Keys whose value only a shell knows. */
  readonly unknown: ReadonlySet<string>;
  readonly place: Place;
}

/** Endings that wicked takes for copies. */
const ignored = /(?:~|\.(?:old|bak|orig|rpmsave|rpmnew|rpmorig|scpmbackup))$/;

function judge(files: readonly ConfigFile[], { phases }: Guest): Judgement {
  const problems: Problem[] = [];
  const configs = files.flatMap((file): readonly Config[] => {
    const [, name] = /(?:^|\/)ifcfg-([^/]+)$/.exec(file.path) ?? [];
    return name === undefined || name === 'lo' || ignored.test(name) ? [] : [readConfig(file, name, problems)];
  });
  const decisions = phases.flatMap((phase) =>
    phase.links.map((link): Decision => {
      const claims = configs.flatMap((config) => claimsOf(config, configs, link));
      return {
        manager: 'wicked',
        phase,
        link,
        winners: claims.filter(({ verdict }) => verdict !== 'no'),
        losers: [],
        passed: claims.filter(({ verdict }) => verdict === 'no'),
      };
    }),
  );
  return { decisions, netdevs: configs.flatMap(netdevOf), problems, unread: [], facts: {} };
}

function readConfig(file: ConfigFile, name: string, problems: Problem[]): Config {
  const { assignments, strange } = parseAssignmentLines(file.source);
  const values = new Map<string, PlacedValue>();
  const unknown = new Set<string>();
  for (const assignment of assignments) {
    const text = unquoteAssignment(assignment.raw);
    values.set(assignment.key, { value: text ?? '', place: assignment.place });
    if (text === null) unknown.add(assignment.key);
    problems.push(...checkValue(assignment, text));
  }
  for (const place of strange)
    problems.push({
      kind: 'ignored',
      place,
      message: `'${place.source.text.slice(place.span.start, place.span.end)}': no assignment, expected KEY='VALUE'`,
      consequence: 'wicked reads no shell',
    });
  const start = { source: file.source, span: { start: 0, end: 0 } };
  return { file, name, values, unknown, place: values.get('BOOTPROTO')?.place ?? assignments[0]?.place ?? start };
}

const words: Readonly<Record<string, RegExp>> = {
  STARTMODE: /^(?:auto|boot|onboot|on|hotplug|ifplugd|nfsroot|manual|off|)$/,
  BOOTPROTO: /^(?:(?:static|none|dhcp[46]?|auto[46]|autoip|ibft|6to4|pim6sd|\+|)+)$/,
};

function checkValue({ key, raw, valuePlace }: Assignment, text: string | null): readonly Problem[] {
  if (text === null)
    return [
      {
        kind: 'bad-value',
        place: valuePlace,
        message: `${key}=${raw.trim()}: needs a shell, expected a plain or quoted value`,
        consequence: 'what wicked makes of it is not known',
      },
    ];
  if (words[key]?.test(text.toLowerCase()) !== false) return [];
  const expected =
    key === 'STARTMODE'
      ? 'auto, hotplug, ifplugd, nfsroot, manual or off'
      : 'static, none, dhcp, dhcp4, dhcp6, auto6 or autoip';
  return [
    {
      kind: 'bad-value',
      place: valuePlace,
      message: `${key}=${text}; expected ${expected}`,
      consequence: 'wicked does not bring the link up as meant',
    },
  ];
}

/** A file that names another link is told too, with `no`: of a guest whose names are assumed that one may be the master. */
function claimsOf(config: Config, all: readonly Config[], link: LinkFacts): readonly Claim[] {
  const { name, values, place } = config;
  const mode = startMode(config);
  const isStarted = mode !== 'off' && mode !== 'manual' && mode !== '';
  const below = values.get('ETHERDEVICE');
  const lower = below === undefined ? portsOf(config) : [below];
  const lowerClaims = lower.map((port): Claim => {
    const verdict = port.value === link.name ? 'yes' : 'no';
    const [kind, reason] =
      port === below
        ? (['stack', `'${name}' stands on ${port.value}`] as const)
        : (['enslave', `${port.value} is a port of ${name}`] as const);
    const keys = [{ on: 'name', value: port.value, verdict, place: port.place }] as const;
    return claim(config, verdict, reason, [{ kind, detail: name, place: port.place }], keys);
  });
  const found = lowerClaims.filter(({ verdict }) => verdict === 'yes').slice(0, 1);
  if (found.length > 0) return isStarted || below !== undefined ? found : [];
  const reason = `the file is called ifcfg-${name}`;
  const keys = (verdict: Claim['verdict']) => [{ on: 'name', value: name, verdict, place }] as const;
  if (name !== link.name) {
    if (!isStarted) return [];
    return isNic(config) ? [claim(config, 'no', reason, effectsOf(config), keys('no'))] : lowerClaims;
  }
  if (!isStarted) {
    const why = `${reason}; STARTMODE=${mode === '' ? 'manual, its default' : mode}`;
    return [claim(config, 'no', why, [{ kind: 'up', place }], keys('yes'))];
  }
  const isPort = all.some((other) => portsOf(other).some(({ value }) => value === name));
  const doubtful = [...config.unknown].find((key) =>
    /^(?:STARTMODE|BOOTPROTO|IPADDR|BRIDGE|BONDING|ETHERDEVICE)/.test(key),
  );
  const verdict = doubtful === undefined ? 'yes' : 'maybe';
  const why = doubtful === undefined ? reason : `${reason}; ${doubtful} needs a shell`;
  const effects: readonly Effect[] = isPort ? [{ kind: 'up', place }] : effectsOf(config);
  return [claim(config, verdict, why, effects, keys('yes'))];
}

function claim(
  { place }: Config,
  verdict: Claim['verdict'],
  reason: string,
  effects: readonly Effect[],
  keys: Claim['keys'],
): Claim {
  return { manager: 'wicked', place, verdict, reason, keys, effects };
}

/** Not a bridge, a bond, a VLAN or a tunnel, which are no link of the guest's own. */
function isNic({ values }: Config): boolean {
  return !['BRIDGE', 'BONDING_MASTER', 'ETHERDEVICE', 'TUNNEL', 'INTERFACETYPE', 'DUMMY'].some((key) =>
    values.has(key),
  );
}

function startMode({ values }: Config): string {
  return values.get('STARTMODE')?.value.toLowerCase() ?? '';
}

/** BRIDGE_PORTS='a b', BONDING_SLAVE0=a; the ports' own files say nothing of it. */
function portsOf({ values }: Config): readonly PlacedValue[] {
  const isYes = (key: string) => /^yes$/i.test(values.get(key)?.value ?? '');
  const bridge = values.get('BRIDGE_PORTS');
  const ports = isYes('BRIDGE') && bridge !== undefined ? bridge.value.split(/\s+/) : [];
  return [
    ...ports.flatMap((value) => (value === '' || bridge === undefined ? [] : [{ value, place: bridge.place }])),
    ...(isYes('BONDING_MASTER')
      ? [...values].flatMap(([key, value]) => (/^BONDING_SLAVE_?\d+$/.test(key) ? [value] : []))
      : []),
  ];
}

function effectsOf({ values, place }: Config): readonly Effect[] {
  const proto = values.get('BOOTPROTO');
  const parts = (proto?.value.toLowerCase() || 'static').split('+');
  const has = (...wanted: readonly string[]) => wanted.some((word) => parts.includes(word));
  const at = proto?.place ?? place;
  const effects: Effect[] = [{ kind: 'up', place }];
  if (has('dhcp', 'dhcp4'))
    effects.push({ kind: 'dhcp4', place: at }, { kind: 'client-id', detail: 'duid', place: at });
  if (has('dhcp', 'dhcp6')) effects.push({ kind: 'dhcp6', place: at });
  if (!has('none')) {
    // "static" is there beside DHCP too
    for (const [key, { value, place: where }] of values)
      if (/^IPADDR(?:6|\d+|_\w+)?(?:_\d+)?$/.test(key) && value !== '') {
        const suffix = key.replace(/^IPADDR/, '');
        const length = values.get(`PREFIXLEN${suffix}`)?.value;
        const detail = value.includes('/') || length === undefined ? value : `${value}/${length}`;
        effects.push({ kind: 'address', detail, place: where });
      }
    effects.push({ kind: 'ra', place: at });
  }
  const [mtu, mac] = [values.get('MTU'), values.get('LLADDR')];
  if (mtu !== undefined && mtu.value !== '') effects.push({ kind: 'mtu', detail: mtu.value, place: mtu.place });
  if (mac !== undefined && mac.value !== '') effects.push({ kind: 'mac', detail: mac.value, place: mac.place });
  return effects;
}

function netdevOf(config: Config): readonly Netdev[] {
  const { name, values, place } = config;
  const isYes = (key: string) => /^yes$/i.test(values.get(key)?.value ?? '');
  const kind = isYes('BRIDGE') && values.has('BRIDGE_PORTS') ? 'bridge' : isYes('BONDING_MASTER') ? 'bond' : null;
  if (kind === null) return [];
  const options = values.get('BONDING_MODULE_OPTS');
  const option = (key: string): PlacedValue | null => {
    const value = new RegExp(`(?:^|\\s)${key}=(\\S+)`).exec(options?.value ?? '')?.[1];
    return value === undefined || options === undefined ? null : { value, place: options.place };
  };
  return [
    {
      names: [name],
      kind,
      place,
      mac: values.get('LLADDR') ?? null,
      macBy: 'kernel',
      mode: option('mode'),
      failOverMac: option('fail_over_mac'),
      ports: portsOf(config),
    },
  ];
}
