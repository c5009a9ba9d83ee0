/** `routes:` and `routing-policy:`, with the defaults that netplan gives them (handle_routes() in src/parse.c). */
import { isIPv6 } from '../../text/address.ts';
import { scalarText, valueOf } from '../../text/yaml-tree.ts';
import type { Definition, Said } from './definition.ts';
import { items, said } from './lines.ts';
import { parseUint } from './scalars.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';

export interface Route {
  readonly place: Place;
  readonly family: 4 | 6;
  /** "default" as the network that it is. */
  readonly to: string;
  readonly via: string | null;
  readonly from: string | null;
  readonly scope: string;
  readonly type: string;
  readonly onLink: boolean;
  readonly metric: string | null;
  readonly table: string | null;
  readonly mtu: string | null;
  readonly congestionWindow: string | null;
  readonly receiveWindow: string | null;
  readonly mss: string | null;
}

const hostTypes = /^(?:local|nat)$/i;
const linkTypes = /^(?:broadcast|multicast|anycast)$/i;

export function routesOf({ settings, kind }: Definition): readonly Route[] {
  const adopted = kind === 'vrfs' ? tableOf(said({ settings }, 'table')) : null;
  const routes = items(valueOf(settings, 'routes')).map((node): Route => {
    const text = (key: string): string | null => scalarText(valueOf(node, key));
    const number = (key: string): string | null => {
      const value = text(key);
      return value === null ? null : String(parseUint(value) ?? 0);
    };
    const counted = (key: string): string | null => (number(key) === '0' ? null : number(key));
    const [to, via, from] = [text('to') ?? '', text('via'), text('from')];
    const family = isIPv6(`${to === 'default' ? '' : to}${via ?? ''}${from ?? ''}`) ? 6 : 4;
    const type = text('type') ?? 'unicast';
    const isLocal = linkTypes.test(type) || (/^unicast$/i.test(type) && via === null);
    return {
      place: node.place,
      family,
      to: to !== 'default' ? to : family === 4 ? '0.0.0.0/0' : '::/0',
      via,
      from,
      scope: text('scope') ?? (hostTypes.test(type) ? 'host' : isLocal ? 'link' : 'global'),
      type,
      onLink: /^(?:true|on|yes|y)$/i.test(text('on-link') ?? ''),
      metric: number('metric'),
      table: counted('table') ?? adopted,
      mtu: counted('mtu'),
      congestionWindow: counted('congestion-window'),
      receiveWindow: counted('advertised-receive-window'),
      mss: counted('advertised-mss'),
    };
  });
  return unique(routes, ({ family, table, metric, from, to, via }) => [family, table, metric, from, to, via]);
}

export interface PolicyRule {
  readonly place: Place;
  readonly family: 4 | 6;
  readonly from: string | null;
  readonly to: string | null;
  readonly table: string | null;
  readonly priority: string | null;
  readonly mark: string | null;
  readonly tos: string | null;
}

export function policyRulesOf({ settings, kind }: Definition, version: string | undefined): readonly PolicyRule[] {
  // Until 0.106 a VRF without routes left its rules as they were.
  const isAdopted = isAtLeast(version, '0.107') || valueOf(settings, 'routes') !== undefined;
  const adopted = kind === 'vrfs' && isAdopted ? tableOf(said({ settings }, 'table')) : null;
  const rules = items(valueOf(settings, 'routing-policy')).map((node): PolicyRule => {
    const text = (key: string): string | null => scalarText(valueOf(node, key));
    const number = (key: string): string | null =>
      text(key) === null ? null : String(parseUint(text(key) ?? '') ?? 0);
    const counted = (key: string): string | null => (number(key) === '0' ? null : number(key));
    const [from, to] = [text('from'), text('to')];
    return {
      place: node.place,
      family: isIPv6(from ?? to ?? '') ? 6 : 4,
      from,
      to,
      table: counted('table') ?? adopted,
      priority: number('priority'),
      mark: counted('mark'),
      tos: number('type-of-service'),
    };
  });
  if (!isAtLeast(version, '0.107')) return rules;
  return unique(rules, ({ from, to, table, priority, mark, tos }) => [from, to, table, priority, mark, tos]);
}

/** Of a VRF: without one it has all bits set. */
function tableOf(value: Said | null): string {
  return String(value === null ? 0xffffffff : (parseUint(value.text) ?? 0));
}

function unique<Item>(all: readonly Item[], identity: (item: Item) => readonly unknown[]): readonly Item[] {
  const seen = new Set<string>();
  return all.filter((item) => {
    const key = JSON.stringify(identity(item));
    return !seen.has(key) && seen.add(key);
  });
}
