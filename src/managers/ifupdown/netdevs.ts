/**
 * Bridges (bridge-utils-interfaces(5)) and bonds (ifenslave's if-pre-up.d script) that stanzas make, with all that is made
 * a port of them.
 */
import type { Configuration, Entry, Stanza } from './stanza.ts';
import type { Dialect } from './dialect.ts';
import { commandsOf } from './commands.ts';
import { optionNamed } from './effects.ts';
import type { Netdev, PlacedValue } from '../claim.ts';

const bridgeOptions = ['bridge_ports', 'bridge-ports'];
const bondOptions = ['bond-slaves', 'bond_slaves', 'slaves', 'bond-ports', 'bond-mode', 'bond_mode'];

export function findNetdevs({ stanzas }: Configuration, dialect: Dialect): readonly Netdev[] {
  const found = new Map<string, Netdev>();
  for (const stanza of stanzas) {
    const name = stanza.name.value;
    const kind = has(stanza, bridgeOptions) ? 'bridge' : has(stanza, bondOptions) ? 'bond' : null;
    if (kind === null || found.has(name)) continue;
    const same = stanzas.filter((other) => other.name.value === name);
    const first = (...options: readonly string[]) => same.flatMap((one) => valuesOf(one, options))[0] ?? null;
    found.set(name, {
      names: [name],
      kind,
      place: stanza.place,
      mac: first('hwaddress', 'bridge_hw', 'bridge-hw') ?? same.flatMap((one) => setAddress(one, name))[0] ?? null,
      // ifupdown2 gives a bridge the MAC of its first port
      macBy: dialect.name === 'classic' ? 'udev' : 'kernel',
      mode: first('bond-mode', 'bond_mode'),
      failOverMac: first('bond-fail-over-mac', 'bond_fail_over_mac', 'bond-fail_over_mac'),
      ports: [
        ...same.flatMap((one) => wordsOf(one, kind === 'bridge' ? bridgeOptions : bondOptions.slice(0, 4))),
        ...stanzas.flatMap((other) =>
          valuesOf(other, ['bond-master', 'bond_master'])
            .filter(({ value }) => value === name)
            .map(({ place }) => ({ value: other.name.value, place })),
        ),
      ],
    });
  }
  return [...found.values()];
}

function has(stanza: Stanza, options: readonly string[]): boolean {
  return options.some((option) => optionNamed(stanza, option) !== undefined);
}

function valuesOf(stanza: Stanza, options: readonly string[]): readonly PlacedValue[] {
  return options
    .flatMap((option): readonly Entry[] => optionNamed(stanza, option)?.parts ?? [])
    .map(({ value, place }) => ({ value: value.replace(/^ether\s+/, '').trim(), place }));
}

/** `none` is no port. */
function wordsOf(stanza: Stanza, options: readonly string[]): readonly PlacedValue[] {
  return valuesOf(stanza, options).flatMap(({ value, place }) =>
    value
      .split(/\s+/)
      .filter((word) => word !== '' && word !== 'none')
      .map((word) => ({ value: word, place })),
  );
}

/** `up ip link set dev br0 address MAC`. */
function setAddress(stanza: Stanza, name: string): readonly PlacedValue[] {
  return commandsOf(stanza).flatMap(({ words, place }) => {
    const at = words.indexOf('address');
    const value = words[at + 1];
    const sets = words[0] === 'ip' && words.includes('set') && (words.includes(name) || words.includes('$IFACE'));
    return at > 0 && sets && value !== undefined ? [{ value, place }] : [];
  });
}
