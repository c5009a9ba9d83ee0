/**
 * What `install` sets up where a master's name is not known beforehand: a udev rule wants net-failover-ifup@.service for
 * every master, and the unit calls `ifup NAME=LOGICAL`. The stanza's name is the unit's to say.
 */
import type { BringUp } from './pattern.ts';
import type { ConfigFile, Verdict } from '../claim.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import type { Place } from '../../text/source.ts';

export const masterRulesPath = '/etc/udev/rules.d/93-net-failover-ifup.rules';
export const masterUnitPath = '/etc/systemd/system/net-failover-ifup@.service';

export interface MasterService {
  readonly logical: string;
  readonly place: Place;
}

/** Null: rule or unit is not there, or the unit calls no ifup. */
export function findMasterService(files: readonly ConfigFile[]): MasterService | null {
  const unit = files.find(({ path }) => path === masterUnitPath);
  if (unit === undefined || !files.some(({ path }) => path === masterRulesPath)) return null;
  const line = /^ExecStart=\S*ifup[ \t]+%i=([^\s=]+)[ \t]*$/m.exec(unit.source.text);
  if (line === null) return null;
  const span = { start: line.index, end: line.index + line[0].length };
  return { logical: line[1] ?? '', place: { source: unit.source, span } };
}

/** What ethtool calls a master: of 92-net-failover.rules, whose property the rule asks for. A VF has neither driver. */
const masterDrivers: ReadonlySet<string> = new Set(['net_failover', 'hv_netvsc']);

export function bringUpMasters(service: MasterService | null, links: readonly LinkFacts[]): readonly BringUp[] {
  if (service === null) return [];
  return links.flatMap(({ name, driver }): readonly BringUp[] => {
    const verdict: Verdict = driver === undefined ? 'maybe' : masterDrivers.has(driver) ? 'yes' : 'no';
    if (verdict === 'no') return [];
    const key = { on: 'driver', value: driver ?? 'net_failover', verdict, place: service.place } as const;
    return [{ how: 'service', physical: name, logical: service.logical, verdict, keys: [key] }];
  });
}
