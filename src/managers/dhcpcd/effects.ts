/** What dhcpcd does to a link that it configures: the defaults of read_config(), then the lines in their order. */
import type { Effect } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import type { Line } from './parse.ts';

interface Settings {
  ipv4: boolean;
  ipv6: boolean;
  dhcp: boolean;
  dhcp6: boolean;
  solicits: boolean;
  /** IPv4LL, where neither DHCP nor a static address is asked for; with DHCP, until a server answers. */
  linkLocal4: boolean;
  mac: boolean;
}

/** An option that switches one or two of them. */
const switches: Readonly<Record<string, Partial<Settings>>> = {
  ipv4: { ipv4: true },
  noipv4: { ipv4: false },
  ipv6: { ipv6: true },
  noipv6: { ipv6: false },
  ipv4only: { ipv4: true, ipv6: false },
  ipv6only: { ipv4: false, ipv6: true },
  dhcp: { dhcp: true, ipv4: true },
  nodhcp: { dhcp: false },
  dhcp6: { dhcp6: true, ipv6: true },
  nodhcp6: { dhcp6: false },
  ipv6rs: { solicits: true },
  noipv6rs: { solicits: false },
  noipv4ll: { linkLocal4: false },
  noarp: { linkLocal4: false },
  duid: { mac: false },
  clientid: { mac: true },
};

/** `place`: of what is so by default. Empty: it does nothing to the link. */
export function effectsOf(lines: readonly Line[], place: Place): readonly Effect[] {
  const settings: Settings = {
    ipv4: true,
    ipv6: true,
    dhcp: true,
    dhcp6: true,
    solicits: true,
    linkLocal4: true,
    mac: true,
  };
  const places = new Map<keyof Settings, Place>();
  let four: Effect | null = null;
  const six: Effect[] = [];
  for (const { option, value, place: at } of lines) {
    for (const [key, to] of Object.entries(switches[option] ?? {}) as readonly (readonly [keyof Settings, boolean])[]) {
      settings[key] = to;
      places.set(key, at);
    }
    const [, what, detail = ''] = option === 'static' ? (/^(ip6?_address)=[ \t]*(.*)$/.exec(value) ?? []) : [];
    if (what === 'ip_address') four = detail === '' ? null : { kind: 'address', detail, place: at };
    if (what === 'ip6_address' && detail !== '') six.push({ kind: 'address', detail, place: at });
  }
  const of = (key: keyof Settings) => places.get(key) ?? place;
  const effects: Effect[] = [];
  // an address that is given takes the place of DHCP (dhcp_start1())
  if (settings.ipv4 && four !== null) effects.push(four);
  else if (settings.ipv4 && settings.dhcp) {
    effects.push({ kind: 'dhcp4', place: of('dhcp') });
    effects.push({ kind: 'client-id', detail: settings.mac ? 'mac' : 'duid', place: of('mac') });
  } else if (settings.ipv4 && settings.linkLocal4)
    effects.push({ kind: 'address', detail: '169.254.0.0/16', place: of('dhcp') });
  if (settings.ipv6) {
    effects.push(...six, { kind: 'link-local6', place: of('ipv6') });
    if (settings.solicits) effects.push({ kind: 'ra', place: of('solicits') });
    if (settings.dhcp6) effects.push({ kind: 'dhcp6', place: of('dhcp6') });
  }
  return effects.length === 0 ? [] : [{ kind: 'up', place }, ...effects];
}
