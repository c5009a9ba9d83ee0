/** Who says of a link that it is his: each daemon is asked in the way in which it publishes it. */
import { findDhcpClients, type DhcpClient } from './dhcp-clients.ts';
import { isRunning } from './unit.ts';
import { isFailure, type System } from '../system/system.ts';

export interface LinkManager {
  readonly manager: 'networkd' | 'networkmanager' | 'ifupdown' | 'dhcp-client';
  /** In the daemon's own words. */
  readonly state: string;
  /** The file, connection or process, or null. */
  readonly by: string | null;
  /** Does it configure the link, or would it? Not so where it says that the link is none of its own. */
  readonly active: boolean;
}

/** What is asked once for all links. */
export interface Daemons {
  readonly networkd: boolean;
  readonly devices: ReadonlyMap<string, { readonly state: string; readonly connection: string }>;
  readonly ifstate: ReadonlyMap<string, string>;
  readonly clients: readonly DhcpClient[];
}

export function askDaemons(system: System): Daemons {
  const ifstate = system.read(ifstatePath);
  return {
    networkd: isRunning(system, 'systemd-networkd.service') || hasProcess(system, 'systemd-networkd'),
    devices: askNetworkManager(system),
    ifstate: isFailure(ifstate) ? new Map() : parseIfstate(ifstate),
    clients: findDhcpClients(system),
  };
}

export function managersOf(system: System, daemons: Daemons, name: string): readonly LinkManager[] {
  return [
    ...networkdOf(system, daemons, name),
    ...networkManagerOf(daemons, name),
    ...ifupdownOf(daemons, name),
    ...clientsOf(daemons, name),
  ];
}

/**
 * The state that networkd keeps for others, /run/systemd/netif/links/IFINDEX: `networkctl list` prints the same
 * (sd_network_link_get_setup_state()), and it needs no D-Bus. What a stopped networkd left there does not count.
 */
function networkdOf(system: System, { networkd }: Daemons, name: string): readonly LinkManager[] {
  const state = networkd ? readAdminState(system, name) : null;
  if (state === null) return [];
  const index = system.read(`/sys/class/net/${name}/ifindex`);
  const text = isFailure(index) ? index : system.read(`/run/systemd/netif/links/${index.trim()}`);
  const by = isFailure(text) ? null : (/^NETWORK_FILE=(.+)$/m.exec(text)?.[1] ?? null);
  // pending: udev has not told it of the link yet; unmanaged may have a file too, one that says so
  return [{ manager: 'networkd', state, by, active: !['unmanaged', 'pending', 'linger'].includes(state) }];
}

/**
 * `nmcli device status`, terse: fields with `:` and `\` escaped. It answers 8 where NetworkManager does not run, but that takes
 * longer than all else here: it is asked only where NetworkManager has made its directory in this boot.
 */
function askNetworkManager(system: System): Daemons['devices'] {
  if (isFailure(system.stat('/run/NetworkManager'))) return new Map();
  const argv = ['nmcli', '-t', '-e', 'yes', '-f', 'DEVICE,STATE,CONNECTION', 'device', 'status'];
  const result = system.run(argv, { timeoutMs: 10_000 });
  const devices = new Map<string, { state: string; connection: string }>();
  if (isFailure(result) || result.status !== 0) return devices;
  for (const line of result.stdout.split('\n').filter(Boolean)) {
    const fields = [...line.matchAll(/(?:^|:)((?:[^:\\]|\\.)*)/g)].map(([, field = '']) =>
      field.replace(/\\(.)/g, '$1'),
    );
    const [name = '', state = '', connection = ''] = fields;
    devices.set(name, { state, connection });
  }
  return devices;
}

function networkManagerOf({ devices }: Daemons, name: string): readonly LinkManager[] {
  const device = devices.get(name);
  if (device === undefined) return [];
  const { state, connection } = device;
  // "connected (externally)": it only mirrors what somebody else has set
  const active = !['unmanaged', 'unavailable', 'connected (externally)'].includes(state);
  return [{ manager: 'networkmanager', state, by: connection === '' ? null : connection, active }];
}

/** LINK=STANZA lines; `ifquery --state` prints them. */
function parseIfstate(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(/^([^=\n]+)=(.*)$/gm)];
  return new Map(pairs.map(([, name = '', stanza = '']) => [name, stanza]));
}

function ifupdownOf({ ifstate }: Daemons, name: string): readonly LinkManager[] {
  const stanza = ifstate.get(name);
  return stanza === undefined ? [] : [{ manager: 'ifupdown', state: 'up', by: `iface ${stanza}`, active: true }];
}

function clientsOf({ clients }: Daemons, name: string): readonly LinkManager[] {
  return clients
    .filter(({ links }) => links.length === 0 || links.includes(name))
    .map(({ pid, program, links }) => ({
      manager: 'dhcp-client',
      state: links.length === 0 ? 'serves every link' : 'running',
      by: `${program}, process ${pid}`,
      active: true,
    }));
}

/** For a daemon that no service manager started. */
function hasProcess(system: System, program: string): boolean {
  const entries = system.list('/proc');
  if (isFailure(entries)) return false;
  return entries.some((entry) => {
    const text = /^\d+$/.test(entry) ? system.read(`/proc/${entry}/cmdline`) : '';
    return !isFailure(text) && text.split('\0', 1)[0]?.endsWith(`/${program}`) === true;
  });
}

export const ifstatePath = '/run/network/ifstate';

/** The runtime state that networkd keeps for sd-network; null where it keeps none. */
export function readAdminState(system: System, name: string): string | null {
  const index = system.read(`/sys/class/net/${name}/ifindex`);
  if (isFailure(index)) return null;
  const state = system.read(`/run/systemd/netif/links/${index.trim()}`);
  return isFailure(state) ? null : (/^ADMIN_STATE=(.*)$/m.exec(state)?.[1] ?? null);
}
