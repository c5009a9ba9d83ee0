/** Sections of a .network file that netplan writes for routes, rules and addresses with options. */
import { valueOf } from '../../text/yaml-tree.ts';
import type { Definition } from './definition.ts';
import { items, type Line, optionLine, said, section } from './lines.ts';
import { policyRulesOf, routesOf } from './routes.ts';
import type { Version } from './version.ts';

export function routeSections(definition: Definition, version: Version): readonly (readonly Line[])[] {
  const routes = routesOf(definition).map((route) => {
    const line = (option: string, value: string | null): Line =>
      value === null ? null : [`${option}=${value}`, route.place];
    return section('Route', [
      line('Destination', route.to),
      line('Gateway', route.via),
      line('PreferredSource', route.from),
      line('Scope', route.scope === 'global' ? null : route.scope),
      line('Type', route.type === 'unicast' ? null : route.type),
      line('GatewayOnLink', route.onLink ? 'true' : null),
      line('Metric', route.metric),
      line('Table', route.table),
      line('MTUBytes', route.mtu),
      line('InitialCongestionWindow', route.congestionWindow),
      line('InitialAdvertisedReceiveWindow', route.receiveWindow),
      line('TCPAdvertisedMaximumSegmentSize', route.mss),
    ]);
  });
  const rules = policyRulesOf(definition, version).map((rule) => {
    const line = (option: string, value: string | null): Line =>
      value === null ? null : [`${option}=${value}`, rule.place];
    return section('RoutingPolicyRule', [
      line('From', rule.from),
      line('To', rule.to),
      line('Table', rule.table),
      line('Priority', rule.priority),
      line('FirewallMark', rule.mark),
      line('TypeOfService', rule.tos),
    ]);
  });
  return [...routes, ...rules];
}

/** An address with options has a section of its own. netplan reads the first key of such a mapping. */
export function addressSections({ settings }: Definition): readonly (readonly Line[])[] {
  return items(valueOf(settings, 'addresses')).flatMap((item) => {
    const entry = item.kind === 'map' ? item.entries[0] : undefined;
    if (entry === undefined || entry.value.kind !== 'map') return [];
    const options = { settings: entry.value };
    return [
      section('Address', [
        [`Address=${entry.key}`, entry.keyPlace],
        optionLine('PreferredLifetime', said(options, 'lifetime')),
        optionLine('Label', said(options, 'label')),
      ]),
    ];
  });
}
