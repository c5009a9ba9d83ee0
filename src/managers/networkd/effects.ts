/**
 * What a .network file does to a link that it matches: the settings after the daemon's own corrections
 * (network_verify(), network_adjust_dhcp(), network_adjust_ipv6_accept_ra() of src/network).
 */
import type { Place } from '../../text/source.ts';
import type { Effect, EffectKind, Problem } from '../claim.ts';
import {
  readBoolean,
  readHardwareAddress,
  readInterfaceName,
  readMtu,
  readScalar,
  type Scalar,
  type Setting,
} from '../systemd/settings.ts';
import {
  readActivationPolicy,
  readClientIdentifier,
  readDhcp,
  readForward,
  readLinkLocal,
  readRequiredForOnline,
} from './values.ts';

export interface NetworkEffects {
  readonly effects: readonly Effect[];
  /** Settings that the daemon drops because of others. */
  readonly problems: readonly Problem[];
}

/** Keys of [Network] that make the link a port of something. */
const masterKeys = ['Bond', 'Bridge', 'VRF', 'BatmanAdvanced'];

/** Keys of [Network] that put a netdev on top of the link. */
const stackKeys = ['VLAN', 'MACVLAN', 'MACVTAP', 'IPVLAN', 'IPVTAP', 'VXLAN', 'MACsec', 'Tunnel', 'IPoIB', 'Xfrm'];

/** Sections that hold DHCP settings: the present name, then the one before systemd 243. */
const dhcp4Sections = ['DHCPv4', 'DHCP'];

/** `matchPlace`: where defaults of the daemon are put. */
export function readEffects(settings: readonly Setting[], matchPlace: Place): NetworkEffects {
  const effects: Effect[] = [];
  const problems: Problem[] = [];
  const add = (kind: EffectKind, from: Scalar<unknown> | Setting | null, detail?: string) => {
    const setting = from !== null && 'setting' in from ? from.setting : from;
    effects.push({ kind, ...(detail === undefined ? {} : { detail }), place: setting?.place ?? matchPlace });
  };
  const drop = ({ place, key }: Setting, why: string) =>
    void problems.push({ kind: 'ignored', place, message: `'${key}=' ${why}`, consequence: 'ignores the setting' });
  const scalar = <Value>(section: string, key: string, read: (value: string) => Value | null) =>
    readScalar(settings, [section], key, read);

  const unmanaged = scalar('Link', 'Unmanaged', readBoolean);
  if (unmanaged?.value === true) {
    add('unmanaged', unmanaged);
    return { effects, problems };
  }

  const keepMaster = scalar('Network', 'KeepMaster', readBoolean)?.value === true;
  const masters = masterKeys.flatMap((key) => scalar('Network', key, readInterfaceName) ?? []);
  for (const master of masters)
    if (keepMaster) drop(master.setting, 'has no effect beside KeepMaster=yes');
    else add('enslave', master, master.value);
  const isPortOf = (key: string) => !keepMaster && masters.some(({ setting }) => setting.key === key);
  const bonded = isPortOf('Bond');

  // Activation
  const bindCarrier = settings.findLast(({ section, key }) => section === 'Network' && key === 'BindCarrier');
  const policy = scalar('Link', 'ActivationPolicy', readActivationPolicy);
  const active = bindCarrier !== undefined && bindCarrier.value !== '' ? 'bound' : (policy?.value ?? 'up');
  if (active === 'down' || active === 'always-down') add('down', policy);
  else if (active !== 'manual') add('up', policy);
  const required = scalar('Link', 'RequiredForOnline', readRequiredForOnline);
  const inactive = active === 'down' || active === 'always-down' || active === 'manual';
  if (active !== 'always-down' && (required?.value ?? !inactive)) add('wait-online', required);

  // Link-local addressing and what rests on it
  const linkLocal = scalar('Network', 'LinkLocalAddressing', readLinkLocal);
  const noMode = settings.findLast(
    ({ section, key }) => section === 'Network' && key === 'IPv6LinkLocalAddressGenerationMode',
  );
  const linkLocal6 =
    !bonded && noMode?.value !== 'none' && (linkLocal?.value.ipv6 ?? !(keepMaster || isPortOf('Bridge')));
  if (linkLocal6) add('link-local6', linkLocal);
  const acceptRa =
    scalar('Network', 'IPv6AcceptRA', readBoolean) ?? scalar('Network', 'IPv6AcceptRouterAdvertisements', readBoolean);
  const forwards6 =
    scalar('Network', 'IPForward', readForward)?.value.ipv6 === true ||
    scalar('Network', 'IPv6Forwarding', readBoolean)?.value === true;
  if (linkLocal6 && (acceptRa?.value ?? !forwards6)) add('ra', acceptRa);
  else if (!linkLocal6 && acceptRa?.value === true) drop(acceptRa.setting, 'needs IPv6 link-local addressing');

  // DHCP
  const dhcp = scalar('Network', 'DHCP', readDhcp);
  if (bonded && dhcp !== null && (dhcp.value.ipv4 || dhcp.value.ipv6)) drop(dhcp.setting, 'has no effect beside Bond=');
  if (!bonded && dhcp?.value.ipv4 === true) {
    add('dhcp4', dhcp);
    const identifier = readScalar(settings, dhcp4Sections, 'ClientIdentifier', readClientIdentifier);
    add('client-id', identifier, identifier?.value ?? 'duid');
  }
  if (!bonded && dhcp?.value.ipv6 === true)
    if (linkLocal6) add('dhcp6', dhcp);
    else drop(dhcp.setting, 'asks for DHCPv6, which needs IPv6 link-local addressing');

  // Addresses and routes
  const addresses = settingsOf(settings, 'Address', ['Network', 'Address']);
  const gateways = settingsOf(settings, 'Gateway', ['Network', 'Route']);
  const destinations = settingsOf(settings, 'Destination', ['Route']);
  for (const setting of addresses)
    if (bonded) drop(setting, 'has no effect beside Bond=');
    else add('address', setting, setting.value);
  if (!bonded) for (const setting of [...gateways, ...destinations]) add('route', setting, setting.value);

  // The link itself
  const mac = scalar('Link', 'MACAddress', readHardwareAddress);
  if (mac !== null) add('mac', mac, mac.value);
  const mtu = scalar('Link', 'MTUBytes', readMtu);
  if (mtu !== null) add('mtu', mtu, mtu.value);
  for (const key of stackKeys)
    for (const setting of settingsOf(settings, key, ['Network'])) add('stack', setting, setting.value);
  return { effects, problems };
}

/** The lines of a key that adds up; an empty one in [Network] takes back all before it. */
function settingsOf(settings: readonly Setting[], key: string, sections: readonly string[]): readonly Setting[] {
  let found: Setting[] = [];
  for (const setting of settings) {
    if (setting.key !== key || !sections.includes(setting.section) || setting.refused) continue;
    if (setting.value !== '') found.push(setting);
    else if (setting.section === 'Network') found = [];
  }
  return found;
}
