/** What a stanza does to a link: its own, by its method and options, and others that it makes ports or lower links. */
import { commandOptions, families, isTrue, type MethodEffect } from './method.ts';
import type { Option, Stanza } from './stanza.ts';
import type { Effect, EffectKind, Verdict } from '../claim.ts';

export function optionNamed(stanza: Stanza, name: string): Option | undefined {
  return stanza.options.find((option) => option.name === name);
}

/** Effects on the link that the stanza is applied to. */
export function effectsOf(stanza: Stanza): readonly Effect[] {
  const method = families.get(stanza.family)?.get(stanza.method);
  // `ip tunnel add NAME` fails for a name that is there, and ifup stops at it.
  const makesDevice = /tunnel$|^6to4$/.test(stanza.method);
  const known = new Set(makesDevice ? [] : method?.options);
  const byMethod = (method?.does ?? [])
    .filter((does) => !isSwitchedOff(stanza, does))
    .map((does) => methodEffect(does, stanza));
  const byOption = optionEffects.flatMap(({ option, kind, hook, when }) => {
    const found = optionNamed(stanza, option);
    if (found === undefined || !(hook === true || known.has(option))) return [];
    if (when !== undefined && !when(stanza, joined(found))) return [];
    return found.parts.map(({ value, place }): Effect => ({ kind, detail: value, place }));
  });
  const commands = ['pre-up', 'up'].flatMap((name) => optionNamed(stanza, name)?.parts ?? []);
  const byCommand = commands.map(({ value, place }): Effect => ({ kind: 'command', detail: value, place }));
  return [...byMethod, ...byOption, ...byCommand];
}

function methodEffect(does: MethodEffect, { place }: Stanza): Effect {
  return does === 'ipv4ll' ? { kind: 'address', detail: '169.254.0.0/16', place } : { kind: does, place };
}

/** `accept_ra 0` in inet6 auto and dhcp. */
function isSwitchedOff(stanza: Stanza, does: MethodEffect): boolean {
  const option = does === 'ra' ? optionNamed(stanza, 'accept_ra') : undefined;
  return option !== undefined && !isTrue(joined(option));
}

interface OptionEffect {
  readonly option: string;
  readonly kind: EffectKind;
  /** An if-*.d script reads it, whatever the method. */
  readonly hook?: true;
  readonly when?: (stanza: Stanza, value: string) => boolean;
}

const only =
  (family: string, method: string, test = (_value: string) => true) =>
  (stanza: Stanza, value: string) =>
    stanza.family === family && stanza.method === method && test(value);

const optionEffects: readonly OptionEffect[] = [
  { option: 'address', kind: 'address', when: ({ method }) => method === 'static' },
  { option: 'gateway', kind: 'route' },
  { option: 'hwaddress', kind: 'mac' },
  { option: 'mtu', kind: 'mtu' },
  { option: 'client', kind: 'client-id' },
  { option: 'accept_ra', kind: 'ra', when: only('inet6', 'static', isTrue) },
  // Stateless, for DNS and the like.
  { option: 'dhcp', kind: 'dhcp6', when: only('inet6', 'auto', isTrue) },
  // if-pre-up.d/cloud_inet6 of Debian's cloud images.
  { option: 'try_dhcp', kind: 'dhcp6', hook: true, when: only('inet6', 'manual', (value) => value === '1') },
  ...['bond-master', 'bond_master', 'ovs_bridge', 'vrf'].map((option): OptionEffect => ({
    option,
    kind: 'enslave',
    hook: true,
  })),
];

export interface MemberEffect {
  readonly effect: Effect;
  readonly verdict: Verdict;
}

/** Effects of a stanza for another link (a bond, bridge or VLAN) on this one. */
export function memberEffects(stanza: Stanza, name: string): readonly MemberEffect[] {
  const found = memberOptions.flatMap(({ option, kind, matches }) =>
    (optionNamed(stanza, option)?.parts ?? []).flatMap(({ value, place }) => {
      const verdict = matches(value.split(/\s+/), name);
      return verdict === 'no' ? [] : [{ effect: { kind, detail: stanza.name.value, place }, verdict }];
    }),
  );
  // pppoeconf(8): the link stands in a command of the stanza for what stands on it
  if (stanza.method === 'ppp')
    for (const { value, place } of optionNamed(stanza, 'pre-up')?.parts ?? [])
      if (value.split(/\s+/).includes(name))
        found.push({ effect: { kind: 'stack', detail: stanza.name.value, place }, verdict: 'yes' });
  // A name with a dot is a VLAN, which ifupdown itself puts on the link before the dot (link.defn).
  const dot = stanza.name.value.indexOf('.');
  if (dot <= 0 || stanza.name.value.slice(0, dot) !== name) return found;
  const effect: Effect = { kind: 'stack', detail: stanza.name.value, place: stanza.name.place };
  return [...found, { effect, verdict: 'yes' }, { effect: { kind: 'up', place: stanza.name.place }, verdict: 'yes' }];
}

interface MemberOption {
  readonly option: string;
  readonly kind: EffectKind;
  readonly matches: (words: readonly string[], name: string) => Verdict;
}

const named = (words: readonly string[], name: string): Verdict => (words.includes(name) ? 'yes' : 'no');

/** bridge-utils: `all` is every Ethernet link by its name, `regex X` is an egrep; what they hit is left open. */
function bridgePorts(words: readonly string[], name: string): Verdict {
  if (words.includes(name)) return 'yes';
  return words.includes('regex') || (words.includes('all') && /^(?:e|p\d)/.test(name)) ? 'maybe' : 'no';
}

const memberOptions: readonly MemberOption[] = [
  ...['bond-slaves', 'bond_slaves', 'slaves', 'ovs_bonds', 'ovs_ports', 'ovs_slaves', 'bond-ports'].map(
    (option): MemberOption => ({ option, kind: 'enslave', matches: named }),
  ),
  ...['bridge_ports', 'bridge-ports'].map((option): MemberOption => ({
    option,
    kind: 'enslave',
    matches: bridgePorts,
  })),
  ...['vlan-raw-device', 'vlan_raw_device'].map((option): MemberOption => ({ option, kind: 'stack', matches: named })),
];

/** An option said twice is one value with a newline in it, of which ifup sees the first number. */
function joined({ parts }: Option): string {
  return parts.map(({ value }) => value).join('\n');
}

/** The options that the method requires and the stanza lacks: ifup refuses it then. */
export function missingOptions(stanza: Stanza): readonly string[] {
  const required = families.get(stanza.family)?.get(stanza.method)?.required ?? [];
  return required.filter((name) => optionNamed(stanza, name) === undefined);
}

/**
 * Options of the method that are given twice, and so cut the command that they stand in: ifup runs the first half, fails at
 * the second, and stops there.
 */
export function repeatedOptions(stanza: Stanza): readonly Option[] {
  const known = new Set(families.get(stanza.family)?.get(stanza.method)?.options);
  return stanza.options.filter(({ name, parts }) => parts.length > 1 && known.has(name) && !commandOptions.has(name));
}
