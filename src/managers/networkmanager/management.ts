/**
 * Is a link NetworkManager's at all? Who says so first is right: [keyfile] unmanaged-devices and the plugin ifupdown, whose lists
 * are one (update_specs() in src/core/settings/nm-settings.c), what `nmcli device set` noted for good, [device] sections, udev's
 * properties (nm_device_set_unmanaged_by_*() in src/core/devices/nm-device.c).
 */
import { keyFileBoolean } from '../../text/key-file.ts';
import { isUncertainProperty, type Guest, type LinkFacts } from '../../topology/guest.ts';
import { isAtLeast } from './compare-version.ts';
import { matchDevices, textOf, type DeviceList } from './device-spec.ts';
import { reasonOf, specOf, type IfupdownPlugin } from './ifupdown-plugin.ts';
import type { Claim, MatchKey, Verdict } from '../claim.ts';
import type { Place, Source } from '../../text/source.ts';
import type { Config } from './config.ts';

/** NetworkManager.conf, and what comes of it. */
export interface Settings extends Config {
  readonly ifupdown: IfupdownPlugin;
}

export interface Management {
  /** What takes the link from NetworkManager, hardest first (nm_device_set_unmanaged_by_*()). Null: nothing. */
  readonly away: Claim | null;
  /** Lists that do not tell the link. */
  readonly passed: readonly Claim[];
}

export function readManagement(config: Settings, link: LinkFacts, { host }: Guest): Management {
  const claim: MakeClaim = (verdict, place, reason, keys) => ({
    manager: 'networkmanager',
    place,
    verdict,
    reason,
    keys,
    effects: [{ kind: 'unmanaged', place }],
  });
  const passed: Claim[] = [];
  let doubt: Claim | null = null;
  const listed = readLists(config, link, claim);
  if (listed?.verdict === 'yes') return { away: listed, passed };
  if (listed?.verdict === 'no') passed.push(listed);
  else doubt = listed;
  const permanent = readPermanent(config, link, host.networkManagerVersion, claim);
  if (permanent?.managed === false && permanent.told.verdict === 'yes') return { away: permanent.told, passed };
  if (permanent?.managed === true) passed.push({ ...permanent.told, verdict: 'no' });
  if (permanent?.managed === true && permanent.told.verdict === 'yes') return { away: doubt, passed };
  const rest = readDevices(config, link, host.networkManagerVersion, { claim, doubt, passed });
  if (permanent === null) return rest;
  // it may be a version that reads it, which beats what follows
  if (permanent.managed) return { ...rest, away: rest.away && { ...rest.away, verdict: 'maybe' } };
  return { ...rest, away: rest.away ?? permanent.told };
}

/**
 * What settings plugins leave alone. An `except:` of unmanaged-devices holds for what /etc/network/interfaces names too, and a list
 * of nothing but `except:` no longer takes all others once that names a link. Null: no list is there.
 */
function readLists({ unmanaged, ifupdown }: Settings, link: LinkFacts, claim: MakeClaim): Claim | null {
  const match = (parts: readonly DeviceList[]) => {
    const [first, ...others] = parts;
    return first === undefined ? null : matchDevices([first, ...others], link);
  };
  const own = match(unmanaged);
  const both = match([...unmanaged, ...ifupdown.named.map(specOf)]);
  const named = ifupdown.named.find(({ name }) => name === link.name);
  if (named !== undefined && own?.verdict !== 'yes' && both !== null && both.verdict !== 'no') {
    const isSure = both.verdict === 'yes' && ifupdown.loaded === 'yes';
    return claim(isSure ? 'yes' : 'maybe', named.place, `${reasonOf(named)}${isSure ? '' : ' (perhaps)'}`, []);
  }
  const [unfollowed] = ifupdown.unfollowed;
  if (unfollowed !== undefined && own?.verdict !== 'yes')
    return claim('maybe', unfollowed, `what this line names may leave ${link.name} to ifupdown`, []);
  if (own === null) return null;
  const verdict = own.verdict === both?.verdict ? own.verdict : ifupdown.loaded === 'yes' ? 'no' : 'maybe';
  return claim(verdict, own.place, `unmanaged-devices=${textOf(unmanaged)} ${verbs[verdict]} ${link.name}`, own.keys);
}

/** From 1.58 on (1.52 takes no notice of it): beats [device] sections and udev's properties, not unmanaged-devices. */
function readPermanent(
  { permanent }: Config,
  link: LinkFacts,
  version: string | undefined,
  claim: MakeClaim,
): { readonly managed: boolean; readonly told: Claim } | null {
  const isOld = isAtLeast(version, 53) === 'no';
  for (const { entries, matchDevice, place } of isOld ? [] : permanent) {
    const managed = keyFileBoolean(entries.findLast(({ key }) => key === 'managed')?.value ?? '');
    if (managed === null || matchDevice === undefined) continue;
    const { verdict, keys } = matchDevices([{ list: matchDevice.value, place: matchDevice.valuePlace }], link);
    if (verdict === 'no') continue;
    const isNew = isAtLeast(version, 58) === 'yes';
    const reason = `'nmcli device set ${link.name} managed --permanent ${managed ? 'yes' : 'no'}' was run; NetworkManager 1.58 and later heed it`;
    return { managed, told: claim(isNew ? verdict : 'maybe', place, reason, keys) };
  }
  return null;
}

/** What [device] sections and, behind them, udev's properties say. `doubt`: what may take the link away all the same. */
function readDevices(
  config: Config,
  link: LinkFacts,
  version: string | undefined,
  { claim, doubt: before, passed }: { claim: MakeClaim; doubt: Claim | null; passed: Claim[] },
): Management {
  let doubt = before;
  for (const { entries, matchDevice, stopMatch, place } of config.devices) {
    const managed = entries.findLast(({ key }) => key === 'managed');
    if (managed === undefined && !stopMatch) continue;
    const { verdict, keys } =
      matchDevice === undefined
        ? { verdict: 'yes' as const, keys: [] }
        : matchDevices([{ list: matchDevice.value, place: matchDevice.valuePlace }], link);
    const said = matchDevice === undefined ? '[device]' : `match-device=${matchDevice.value}`;
    const told = claim(verdict, place, `${said} ${verbs[verdict]} ${link.name}: managed=${managed?.value ?? ''}`, keys);
    const value = managed === undefined ? null : keyFileBoolean(managed.value);
    if (verdict === 'no') passed.push(told);
    else if (verdict === 'maybe') doubt = value === false ? told : doubt;
    else if (value === false) return { away: told, passed };
    else if (value === true) return { away: doubt, passed };
    else break;
  }
  return { away: unmanagedByUdev(link, version, claim) ?? doubt, passed };
}

const verbs: Readonly<Record<Verdict, string>> = { yes: 'tells', no: 'does not tell', maybe: 'may tell' };

type MakeClaim = (verdict: Verdict, place: Place, reason: string, keys: readonly MatchKey[]) => Claim;

/** NM_UNMANAGED; where it is not set, ID_NET_MANAGED_BY, since 1.46. */
function unmanagedByUdev(link: LinkFacts, version: string | undefined, claim: MakeClaim): Claim | null {
  const place: Place = { source: udevDatabase, span: { start: 0, end: 0 } };
  const flag = link.properties?.get('NM_UNMANAGED');
  const by = link.properties?.get('ID_NET_MANAGED_BY');
  const key = (name: string, verdict: Verdict): MatchKey => ({ on: 'property', value: name, verdict, place });
  if (flag !== undefined && keyFileBoolean(flag) !== null) {
    if (keyFileBoolean(flag) !== true) return null;
    return claim('yes', place, `the udev property NM_UNMANAGED=${flag} takes ${link.name} from NetworkManager`, [
      key('NM_UNMANAGED', 'yes'),
    ]);
  }
  if (flag === undefined && isUncertainProperty(link, 'NM_UNMANAGED') && link.properties !== undefined)
    return claim('maybe', place, `a udev rule that may match sets NM_UNMANAGED for ${link.name}`, [
      key('NM_UNMANAGED', 'maybe'),
    ]);
  if (by === undefined || by === 'org.freedesktop.NetworkManager') return null;
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const knows = version === undefined ? 'maybe' : major > 1 || minor >= 46 ? 'yes' : 'no';
  if (knows === 'no') return null;
  return claim(
    knows,
    place,
    `the udev property ID_NET_MANAGED_BY=${by} takes ${link.name} from NetworkManager since 1.46`,
    [key('ID_NET_MANAGED_BY', knows)],
  );
}

const udevDatabase: Source = { path: 'udev', text: '' };
