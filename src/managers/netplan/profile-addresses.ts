/** The [ipv4] and [ipv6] groups of a profile that netplan writes for NetworkManager (write_nm_conf_access_point() in src/nm.c). */
import { isIPv6 } from '../../text/address.ts';
import { valueOf } from '../../text/yaml-tree.ts';
import { isYes, items, said } from './lines.ts';
import { policyRulesOf, routesOf, type Route } from './routes.ts';
import { isAtLeast } from './version.ts';
import { scalarsOf, type Definition, type Said } from './definition.ts';
import type { Place } from '../../text/source.ts';

/** A key of a keyfile. */
export type KeyLine = readonly [key: string, value: string, place: Place];

export function addressLines(definition: Definition, family: 4 | 6, version: string | undefined): readonly KeyLine[] {
  const { settings, place, kind } = definition;
  const isOurs = ({ text }: Said): boolean => isIPv6(text) === (family === 6);
  const addresses = scalarsOf(valueOf(settings, 'addresses')).filter(isOurs);
  const nameservers = valueOf(settings, 'nameservers');
  const servers = scalarsOf(valueOf(nameservers, 'addresses')).filter(isOurs);
  const domains = scalarsOf(valueOf(nameservers, 'search'));
  const gateway = said(definition, `gateway${family}`);
  const dhcp = said(definition, `dhcp${family}`);
  const isAsked = isYes(dhcp);
  const generation = family === 6 ? said(definition, 'ipv6-address-generation') : null;
  const isManual =
    addresses.length > 0 || (family === 6 && (gateway !== null || servers.length > 0 || generation !== null));
  const none = family === 6 ? 'ignore' : kind === 'tunnels' ? 'disabled' : 'link-local';
  const method: KeyLine = [
    'method',
    isAsked ? 'auto' : isManual ? 'manual' : none,
    (isAsked ? dhcp : (addresses[0] ?? gateway))?.place ?? place,
  ];
  // Without an address of its own, IPv6 is left alone altogether.
  if (family === 6 && !isAsked && !isManual) return [method, ...vrfLines(definition, family, version)];
  const lines: KeyLine[] = [
    method,
    ...addresses.map(({ text, place: at }, index): KeyLine => [`address${index + 1}`, text, at]),
    ...(gateway === null ? [] : [['gateway', gateway.text, gateway.place] as const]),
    ...listLine('dns', servers),
    ...(family === 6 ? privacyLines(definition, generation) : []),
  ];
  if (family === 6 || addresses.length > 0 || isAsked)
    lines.push(...listLine('dns-search', domains), ...routeLines(definition, family, version));
  else lines.push(...vrfLines(definition, family, version));
  return [...lines, ...overrideLines(definition, family, isManual || isAsked, version)];
}

function listLine(key: string, values: readonly Said[]): readonly KeyLine[] {
  const [first] = values;
  return first === undefined ? [] : [[key, values.map(({ text }) => `${text};`).join(''), first.place]];
}

function privacyLines(definition: Definition, generation: Said | null): readonly KeyLine[] {
  const token = said(definition, 'ipv6-address-token');
  const privacy = said(definition, 'ipv6-privacy');
  const mode: readonly KeyLine[] =
    token !== null
      ? [
          ['addr-gen-mode', '0', token.place],
          ['token', token.text, token.place],
        ]
      : generation === null
        ? []
        : [['addr-gen-mode', generation.text === 'eui64' ? '0' : '1', generation.place]];
  return [...mode, ['ip6-privacy', isYes(privacy) ? '2' : '0', privacy?.place ?? definition.place]];
}

/** A VRF has its routes whether it has an address or not. */
function vrfLines(definition: Definition, family: 4 | 6, version: string | undefined): readonly KeyLine[] {
  return definition.kind === 'vrfs' ? routeLines(definition, family, version) : [];
}

function routeLines(definition: Definition, family: 4 | 6, version: string | undefined): readonly KeyLine[] {
  const routes = routesOf(definition).filter((route) => route.family === family);
  const lines = routes.flatMap((route, index): readonly KeyLine[] => {
    const via = route.scope === 'global' ? (route.via ?? '') : null;
    const value =
      route.metric !== null
        ? `${route.to},${via ?? ''},${route.metric}`
        : via === null
          ? route.to
          : `${route.to},${via}`;
    const options = routeOptions(route);
    const line: KeyLine = [`route${index + 1}`, value, route.place];
    return options === '' ? [line] : [line, [`route${index + 1}_options`, options, route.place]];
  });
  if (!isAtLeast(version, '0.107')) return lines;
  // NetworkManager wants a priority; netplan leaves out the rules that have none.
  const rules = policyRulesOf(definition, version).filter((rule) => rule.family === family && rule.priority !== null);
  return [
    ...lines,
    ...rules.map(({ priority, from, to, tos, mark, table, place }, index): KeyLine => {
      const words = [
        ['priority', priority],
        ['from', from],
        ['to', to],
        ['tos', tos],
        ['fwmark', mark],
        ['table', table],
      ].flatMap(([word, value]) => (value === null ? [] : `${word ?? ''} ${value ?? ''}`));
      return [`routing-rule${index + 1}`, words.join(' '), place];
    }),
  ];
}

function routeOptions({ onLink, receiveWindow, congestionWindow, mtu, table, from, mss }: Route): string {
  const options: readonly (readonly [string, string | null])[] = [
    ['onlink', onLink ? 'true' : null],
    ['initrwnd', receiveWindow],
    ['initcwnd', congestionWindow],
    ['mtu', mtu],
    ['table', table],
    ['src', from],
    ['advmss', mss],
  ];
  return options.flatMap(([key, value]) => (value === null ? [] : `${key}=${value}`)).join(',');
}

function overrideLines(
  definition: Definition,
  family: 4 | 6,
  isUsed: boolean,
  version: string | undefined,
): readonly KeyLine[] {
  const routes = said(definition, `dhcp${family}-overrides`, 'use-routes');
  const metric = said(definition, `dhcp${family}-overrides`, 'route-metric');
  // 0.106 wants DHCP for IPv4's metric; later versions an address, a gateway or routes.
  const hasRoutes = items(valueOf(definition.settings, 'routes')).length > 0;
  const counts =
    family === 6
      ? isUsed
      : isAtLeast(version, '0.107')
        ? isUsed || hasRoutes || said(definition, 'gateway4') !== null
        : isYes(said(definition, 'dhcp4'));
  return [
    ...(routes === null || isYes(routes)
      ? []
      : [['ignore-auto-routes', 'true', routes.place] as const, ['never-default', 'true', routes.place] as const]),
    ...(metric === null || !counts ? [] : [['route-metric', String(Number(metric.text)), metric.place] as const]),
  ];
}
