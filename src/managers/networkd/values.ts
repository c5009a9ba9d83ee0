/** How networkd reads the values that decide what is done to a link (src/network/networkd-*.c). */
import { parseBoolean } from '../systemd/boolean.ts';
import { operationalStates } from '../systemd/values/names.ts';
import { readWord, type ValueReader } from '../systemd/settings.ts';

/** Which families: DHCP=, LinkLocalAddressing=, IPForward=. */
export interface Families {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

const families: Readonly<Record<string, Families>> = {
  ipv4: { ipv4: true, ipv6: false },
  ipv6: { ipv4: false, ipv6: true },
};

function readFamilies(more: Readonly<Record<string, Families>>): ValueReader<Families> {
  return (value) => {
    const truth = parseBoolean(value);
    if (truth !== null) return { ipv4: truth, ipv6: truth };
    return families[value] ?? more[value] ?? null;
  };
}

const neither: Families = { ipv4: false, ipv6: false };
const both: Families = { ipv4: true, ipv6: true };

/** The old words are taken with a warning. */
export const readDhcp = readFamilies({
  both,
  none: neither,
  v4: families['ipv4'] ?? both,
  v6: families['ipv6'] ?? both,
});

export const readLinkLocal = readFamilies({ fallback: both, 'ipv4-fallback': families['ipv4'] ?? both });

export const readForward = readFamilies({ kernel: neither });

export const readClientIdentifier = readWord({ mac: 'mac', duid: 'duid', 'duid-only': 'duid-only' });

export type ActivationPolicy = 'up' | 'always-up' | 'manual' | 'always-down' | 'down' | 'bound';

export const readActivationPolicy = readWord<ActivationPolicy>({
  up: 'up',
  'always-up': 'always-up',
  manual: 'manual',
  'always-down': 'always-down',
  down: 'down',
  bound: 'bound',
});

/** A boolean, or a range of operational states, which means yes. */
export const readRequiredForOnline: ValueReader<boolean> = (value) =>
  operationalStates.accepts(value) ? true : parseBoolean(value);
