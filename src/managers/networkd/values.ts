/** How networkd reads the values that decide what is done to a link (src/network/networkd-*.c). */
import { parseBoolean } from '../systemd/keys.ts';
import { readHardwareAddress, readInterfaceName, readMtu, readWord, type ValueReader } from '../systemd/settings.ts';

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

const operationalStates = /^(?:missing|off|no-carrier|dormant|degraded-carrier|carrier|degraded|enslaved|routable)$/;

/** A boolean, or a range of operational states, which means yes. */
export const readRequiredForOnline: ValueReader<boolean> = (value) => {
  const [low = '', high = '', ...more] = value.split(':');
  const isRange =
    more.length === 0 &&
    value !== '' &&
    value !== ':' &&
    [low, high].every((state) => state === '' || operationalStates.test(state));
  return isRange ? true : parseBoolean(value);
};

/** What the daemon refuses with a warning, by `Section.Key`. */
export const valueReaders = {
  'Network.DHCP': { read: readDhcp, expected: 'yes, no, ipv4 or ipv6' },
  'Network.LinkLocalAddressing': { read: readLinkLocal, expected: 'yes, no, ipv4 or ipv6' },
  'DHCPv4.ClientIdentifier': { read: readClientIdentifier, expected: 'mac, duid or duid-only' },
  'DHCP.ClientIdentifier': { read: readClientIdentifier, expected: 'mac, duid or duid-only' },
  'Link.ActivationPolicy': {
    read: readActivationPolicy,
    expected: 'up, always-up, manual, always-down, down or bound',
  },
  'Link.RequiredForOnline': { read: readRequiredForOnline, expected: 'yes, no, or an operational state like routable' },
  'Link.MACAddress': { read: readHardwareAddress, expected: 'a hardware address like 52:54:00:00:12:53' },
  'Link.MTUBytes': { read: readMtu, expected: 'a number of bytes' },
  'Network.Bond': { read: readInterfaceName, expected: 'the name of an interface' },
  'Network.Bridge': { read: readInterfaceName, expected: 'the name of an interface' },
  'Network.VRF': { read: readInterfaceName, expected: 'the name of an interface' },
  'Network.BatmanAdvanced': { read: readInterfaceName, expected: 'the name of an interface' },
} as const;
