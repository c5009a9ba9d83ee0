/** What is wrong in files that NetworkManager's ifcfg-rh reads: lines, quoting and values, and what it then does. */
import { unquoteAssignment } from '../../text/shell-assignments.ts';
import { nearestWord } from '../../text/nearest.ts';
import { positionAt } from '../../text/source.ts';
import { faultOfAlias } from './addresses.ts';
import { liveBackup, startOf, valueOf, type IfcfgFile, type IfcfgFiles } from './files.ts';
import { faultOfDevice, type Lowered } from './profile.ts';
import { knownKeys } from './keys.ts';
import type { Problem } from '../claim.ts';

export function* checkLines(config: IfcfgFile): Generator<Problem> {
  const { lines, values } = config;
  for (const place of lines.strange) {
    const text = place.source.text.slice(place.span.start, place.span.end);
    yield {
      kind: 'ignored',
      place,
      message: `'${text}': no assignment that is read without a shell, expected KEY=VALUE`,
      consequence: 'NetworkManager ignores the line',
    };
  }
  for (const { key, raw, place, keyPlace, valuePlace } of lines.assignments) {
    const last = values.get(key);
    if (last !== undefined && last.place !== place && last.text !== (unquoteAssignment(raw) ?? '')) {
      const { line } = positionAt(last.place.source, last.place.span.start);
      yield {
        kind: 'ignored',
        place,
        message: `${key}: assigned again in line ${line}, expected once`,
        consequence: 'the last one counts',
      };
    } else if (unquoteAssignment(raw) === null)
      yield {
        kind: 'bad-value',
        place: valuePlace,
        message: `${key}=${raw.trim()}: needs a shell, expected a plain or fully quoted value`,
        consequence: describeEmpty(config, key),
      };
    if (!knownKeys.has(key) && !/^[A-Z0-9_]*\d+$/.test(key)) {
      const near = nearestWord(key, knownKeys);
      if (near !== null && Math.abs(near.length - key.length) <= 1)
        yield {
          kind: 'unknown-key',
          place: keyPlace,
          message: `${key}: not known, expected ${near}?`,
          consequence: 'it is ignored',
        };
    }
  }
}

function describeEmpty({ values }: IfcfgFile, key: string): string {
  if (key === 'DEVICE' && values.has('TYPE')) return 'it counts as empty, and the profile is for any Ethernet link';
  if (key === 'ONBOOT' || key === 'NM_CONTROLLED') return 'it counts as empty, which means yes';
  return 'NetworkManager takes it for empty';
}

export function* checkValues(config: IfcfgFile, lowered: Lowered): Generator<Problem> {
  if (lowered.kind === 'refused')
    yield {
      kind: 'bad-value',
      place: lowered.place,
      message: lowered.message,
      consequence: 'NetworkManager leaves the file out',
    };
  if (lowered.kind === 'nothing' && lowered.why.includes('names no link'))
    yield { kind: 'ignored', place: lowered.place, message: lowered.why, consequence: 'it has no effect' };
  if (lowered.kind === 'unknown-type') {
    const type = valueOf(config, 'TYPE');
    yield {
      kind: 'bad-value',
      place: type?.valuePlace ?? startOf(config),
      message: `TYPE=${type?.text ?? ''}; expected Ethernet, Bond, Bridge, Team, Vlan, Wireless or InfiniBand`,
      consequence: 'NetworkManager makes no profile of it',
    };
  }
  const device = valueOf(config, 'DEVICE');
  const wrong = device === undefined ? null : faultOfDevice(device.text);
  if (device !== undefined && wrong !== null && lowered.kind === 'profile')
    yield {
      kind: 'bad-value',
      place: device.valuePlace,
      message: `DEVICE=${device.text}: ${wrong}, expected a link's name`,
      consequence: 'it is ignored, and the profile is for any Ethernet link',
    };
  for (const key of ['ONBOOT', 'NM_CONTROLLED']) {
    const value = valueOf(config, key);
    if (value !== undefined && !/^(?:yes|true|t|y|1|no|false|f|n|0)$/i.test(value.text))
      yield {
        kind: 'bad-value',
        place: value.valuePlace,
        message: `${key}=${value.text}; expected yes or no`,
        consequence: 'it counts as yes',
      };
  }
  const mtu = valueOf(config, 'MTU');
  if (mtu !== undefined && !(/^(?:0x[0-9a-f]+|\d+)$/i.test(mtu.text) && Number(mtu.text) <= 65535))
    yield {
      kind: 'bad-value',
      place: mtu.valuePlace,
      message: `MTU=${mtu.text}; expected 0 to 65535`,
      consequence: 'NetworkManager ignores it',
    };
}

export function* checkFiles({ configs, aliases }: IfcfgFiles): Generator<Problem> {
  const byUuid = new Map<string, IfcfgFile>();
  for (const config of configs) {
    if (liveBackup.test(config.name))
      yield {
        kind: 'live-backup',
        place: startOf(config),
        message: `'${config.file.path}': read as a profile, its name is that of a backup`,
        consequence: 'NetworkManager only ignores .bak, .orig, .rej, .rpmnew, .augnew, .augtmp and ~',
      };
    const uuid = valueOf(config, 'UUID');
    const twin = uuid === undefined ? undefined : byUuid.get(uuid.text.toLowerCase());
    if (uuid !== undefined && twin !== undefined)
      yield {
        kind: 'ignored',
        place: uuid.valuePlace,
        message: `UUID=${uuid.text}: also that of '${twin.file.path}', expected one of its own`,
        consequence: 'NetworkManager shows one of the two files, and which one is not said',
      };
    else if (uuid !== undefined) byUuid.set(uuid.text.toLowerCase(), config);
  }
  for (const [parent, list] of aliases)
    for (const alias of list) {
      const fault = faultOfAlias(alias, parent);
      if (fault !== null) yield { kind: 'bad-value', ...fault, consequence: 'NetworkManager leaves the alias out' };
    }
}
