/** What netplan writes below DHCP and router advertisements. */
import type { Definition, Said } from './definition.ts';
import { boolLine, isYes, type Line, optionLine, said, saidNumber } from './lines.ts';
import { isAtLeast, type Version } from './version.ts';

/** What is written only if it is not networkd's own default, which is yes. */
const dhcpSwitches = [
  ['use-routes', 'UseRoutes'],
  ['use-dns', 'UseDNS'],
  ['use-domains', 'UseDomains'],
  ['use-ntp', 'UseNTP'],
  ['send-hostname', 'SendHostname'],
  ['use-hostname', 'UseHostname'],
] as const;

/** networkd has one set of settings for both families: DHCPv4's if that is on. */
export function dhcpLines(definition: Definition, version: Version): readonly Line[] {
  const critical = isAtLeast(version, '1.0') ? null : boolLine(definition, 'critical', 'CriticalConnection=true');
  const family = ['dhcp4', 'dhcp6'].find((key) => isYes(said(definition, key)));
  if (family === undefined) return [critical];
  const place = said(definition, family)?.place ?? definition.place;
  const override = (key: string): Said | null => said(definition, `${family}-overrides`, key);
  const identifier = said(definition, 'dhcp-identifier');
  const metric = override('route-metric');
  const useMtu = override('use-mtu');
  return [
    critical,
    identifier?.text.toLowerCase() === 'duid' ? null : optionLine('ClientIdentifier', identifier),
    metric === null
      ? [`RouteMetric=${definition.kind === 'wifis' ? 600 : 100}`, place]
      : [`RouteMetric=${Number(metric.text)}`, metric.place],
    [`UseMTU=${useMtu === null || isYes(useMtu) ? 'true' : 'false'}`, useMtu?.place ?? place],
    ...dhcpSwitches.map(([key, option]): Line => {
      const value = override(key);
      if (value === null || key === 'use-domains') return optionLine(option, value);
      return isYes(value) ? null : [`${option}=false`, value.place];
    }),
    optionLine('Hostname', override('hostname')),
  ];
}

export function raLines(definition: Definition): readonly Line[] {
  const override = (key: string): Said | null => said(definition, 'ra-overrides', key);
  const [dns, domains] = [override('use-dns'), override('use-domains')];
  const word = (value: Said | null): Said | null =>
    value === null || /^route$/i.test(value.text)
      ? value === null
        ? null
        : { ...value, text: 'route' }
      : { ...value, text: isYes(value) ? 'true' : 'false' };
  return [
    optionLine('UseDNS', word(dns)),
    optionLine('UseDomains', word(domains)),
    optionLine('RouteTable', saidNumber(definition, 'ra-overrides', 'table')),
  ];
}
