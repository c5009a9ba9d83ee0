/**
 * RHEL's network-scripts (initscripts 9 and 10): the service `network` brings up every ifcfg file that does not say ONBOOT=no, once,
 * at boot. The files are shell: what only a shell knows is `maybe`, and nothing is run.
 */
import { parseShellAssignments, type ShellAssignment } from '../../text/shell-script.ts';
import { allOf, known } from '../verdict.ts';
import type { Claim, ConfigFile, Effect, MatchKey, Verdict } from '../claim.ts';
import type { LinkFacts, Phase } from '../../topology/guest.ts';
import type { Place } from '../../text/source.ts';

export interface Script {
  readonly path: string;
  /** What stands behind `ifcfg-`. */
  readonly name: string;
  readonly values: ReadonlyMap<string, ShellAssignment>;
  /** The first command in the file: it may set anything. */
  readonly command: Place | null;
  readonly place: Place;
}

/** `__sed_discard_ignored_files` of network-functions, and what the service leaves out. */
const discarded = /(?:~|\.(?:bak|old|orig|rpmnew|rpmorig|rpmsave))$|-range\d*$/;

export function readScripts(files: readonly ConfigFile[]): readonly Script[] {
  return files.flatMap((file): readonly Script[] => {
    const [, name] = /\/ifcfg-([^/]+)$/.exec(`/${file.path}`) ?? [];
    if (name === undefined || name === 'lo' || discarded.test(name) || file.linkTarget === '/dev/null') return [];
    const { assignments, commands } = parseShellAssignments(file.source);
    const values = new Map(assignments.map((one) => [one.key, one]));
    const start = { source: file.source, span: { start: 0, end: 0 } };
    const place = (values.get('DEVICE') ?? values.get('HWADDR') ?? assignments[0])?.place ?? start;
    return [{ path: file.path, name, values, command: commands[0] ?? null, place }];
  });
}

export function isLeftToScripts({ values }: Script): boolean {
  return /^(?:no|n|false|f|0)$/i.test(values.get('NM_CONTROLLED')?.value ?? '');
}

/** Null: the file says nothing of the link. */
export function claimByScript(script: Script, link: LinkFacts, phase: Phase): Claim | null {
  const { values, command, place } = script;
  const parent = standsOn(script);
  if (parent !== null && parent.value === link.name)
    return claim(
      script,
      'yes',
      `'${script.name}' stands on ${link.name}`,
      [],
      [{ kind: 'stack', detail: script.name, place: parent.place }],
    );
  const keys = matchLink(script, link);
  const verdict = allOf(keys.map((key) => key.verdict));
  const told = keys.map(
    ({ on, value, verdict: one }) => `${on === 'name' ? 'DEVICE' : 'HWADDR'}=${value} ${verbs[one]}`,
  );
  if (verdict === 'no') {
    // a file for quite another link is not worth a word
    return keys.some((key) => key.verdict !== 'no') ? claim(script, 'no', told.join('; '), keys, []) : null;
  }
  const isLate =
    (phase.name === 'vf-back' || phase.name === 'vf-unenslaved') && link.role !== 'master' && link.role !== 'none';
  if (isLate || (link.role === 'standby' && phase.name === 'vf-back')) return null;
  if (/^no$/i.test(values.get('ONBOOT')?.value ?? '')) {
    const why = `ONBOOT=no: it is not brought up by itself`;
    return claim(script, 'no', `${told.join('; ')}; ${why}`, keys, [{ kind: 'up', place }]);
  }
  const unknown = [...values.values()].find(({ key, value }) => value === null && decisive.test(key));
  const doubts = [
    ...(command === null ? [] : ['it runs a command, which may set anything']),
    ...(unknown === undefined ? [] : [`only a shell knows ${unknown.key}`]),
  ];
  const sure = doubts.length > 0 ? 'maybe' : verdict;
  return claim(script, sure, [...told, ...doubts].join('; '), keys, effectsOf(script));
}

const decisive = /^(?:DEVICE|HWADDR|ONBOOT|BOOTPROTO|TYPE|BRIDGE|MASTER|SLAVE|VLAN|IPADDR\d*)$/;
const verbs: Readonly<Record<Verdict, string>> = { yes: 'matches', no: 'does not match', maybe: 'may match' };

function claim(
  script: Script,
  verdict: Verdict,
  reason: string,
  keys: readonly MatchKey[],
  effects: readonly Effect[],
): Claim {
  return { manager: 'ifcfg', place: script.place, verdict, reason, keys, effects };
}

/**
 * By DEVICE; beside it HWADDR must be the link's, else ifup-eth ignores the file. HWADDR alone is looked up among all links
 * (get_device_by_hwaddr), and of a triple all three have it. Without either the script is left with nothing.
 */
function matchLink({ name, values, place }: Script, link: LinkFacts): readonly MatchKey[] {
  const keys: MatchKey[] = [];
  const [device, mac] = [values.get('DEVICE'), values.get('HWADDR')];
  if (device !== undefined && device.value !== '') {
    const verdict = device.value === null ? 'maybe' : known(device.value.replace(/:.*$/, '') === link.name);
    keys.push({ on: 'name', value: device.value ?? '?', verdict, place: device.valuePlace });
  }
  if (mac !== undefined && mac.value !== '') {
    const same: Verdict =
      mac.value === null || link.mac === undefined ? 'maybe' : known(mac.value.toLowerCase() === link.mac);
    const verdict = same === 'yes' && keys.length === 0 ? 'maybe' : same;
    keys.push({ on: 'mac', value: mac.value ?? '?', verdict, place: mac.valuePlace });
  }
  if (keys.length === 0) keys.push({ on: 'name', value: name, verdict: name === link.name ? 'maybe' : 'no', place });
  return keys;
}

function standsOn({ values }: Script): { readonly value: string; readonly place: Place } | null {
  if (!/^(?:yes|true|y|t|1)$/i.test(values.get('VLAN')?.value ?? '')) return null;
  const [device, below] = [values.get('DEVICE'), values.get('PHYSDEV')];
  if (typeof below?.value === 'string') return { value: below.value, place: below.place };
  const [, before] = /^([^.]+)\.\d+$/.exec(device?.value ?? '') ?? [];
  return before === undefined || device === undefined ? null : { value: before, place: device.place };
}

function effectsOf({ values, place }: Script): readonly Effect[] {
  const of = (key: string) => {
    const one = values.get(key);
    return one === undefined || one.value === '' ? undefined : one;
  };
  const effects: Effect[] = [{ kind: 'up', place }];
  const say = (kind: Effect['kind'], at: ShellAssignment | undefined, detail?: string | null) =>
    effects.push({ kind, place: at?.place ?? place, ...(typeof detail === 'string' ? { detail } : {}) });
  const isYes = (key: string, fallback: boolean) => {
    const text = of(key)?.value ?? '';
    return fallback ? !/^(?:no|n|false|f|0)$/i.test(text) : /^(?:yes|y|true|t|1)$/i.test(text);
  };
  const upper = of('BRIDGE') ?? (isYes('SLAVE', false) ? of('MASTER') : undefined) ?? of('TEAM_MASTER');
  if (upper !== undefined) {
    say('enslave', upper, upper.value);
    return effects;
  }
  const proto = of('BOOTPROTO');
  if (/^(?:dhcp|bootp)$/i.test(proto?.value ?? '')) {
    say('dhcp4', proto);
    say('client-id', undefined, 'mac');
  } else
    for (const one of values.values())
      if (/^IPADDR\d*$/.test(one.key) && one.value !== '') say('address', one, addressOf(one, values));
  if (isYes('IPV6INIT', false)) {
    for (const key of ['IPV6ADDR', 'IPV6ADDR_SECONDARIES']) {
      const one = of(key);
      if (one !== undefined) say('address', one, one.value);
    }
    if (isYes('IPV6_AUTOCONF', !isYes('IPV6FORWARDING', false))) say('ra', of('IPV6INIT'));
    if (isYes('DHCPV6C', false)) say('dhcp6', of('DHCPV6C'));
  }
  const [mtu, mac] = [of('MTU'), of('MACADDR')];
  if (mtu !== undefined) say('mtu', mtu, mtu.value);
  if (mac !== undefined) say('mac', mac, mac.value);
  return effects;
}

function addressOf({ key, value }: ShellAssignment, values: Script['values']): string | null {
  const prefix = values.get(key.replace('IPADDR', 'PREFIX'))?.value;
  return value === null || prefix === undefined || prefix === null || prefix === '' ? value : `${value}/${prefix}`;
}
