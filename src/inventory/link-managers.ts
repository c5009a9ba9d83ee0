/** Who says of a link that it is his: each daemon is asked in the way in which it publishes it. */
import { managers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { ManagedState } from '../managers/description.ts';
import { isFailure, type System } from '../system/system.ts';
import { findDhcpClients, type DhcpClient } from './dhcp-clients.ts';
import { isRunning } from './unit.ts';

export interface LinkManager extends ManagedState {
  /** A manager's name, or dhcp-client. */
  readonly manager: ManagerName;
}

/** What is asked once for all links. */
export interface Daemons {
  readonly managers: readonly {
    readonly name: ManagerName;
    readonly ask: (link: string) => ManagedState | null;
  }[];
  readonly clients: readonly DhcpClient[];
}

export function askDaemons(system: System): Daemons {
  const asker = {
    system,
    isRunning: (unit: string) => isRunning(system, unit),
    hasProcess: (program: string) => hasProcess(system, program),
  };
  return {
    managers: managers.flatMap(({ name, askLinks }) =>
      askLinks === undefined ? [] : [{ name, ask: askLinks(asker) }],
    ),
    clients: findDhcpClients(system),
  };
}

export function managersOf(daemons: Daemons, link: string): readonly LinkManager[] {
  const states = daemons.managers.flatMap(({ name, ask }) => {
    const state = ask(link);
    return state === null ? [] : [{ manager: name, ...state }];
  });
  return [...states, ...clientsOf(daemons, link)];
}

function clientsOf({ clients }: Daemons, name: string): readonly LinkManager[] {
  return clients
    .filter(({ links, spares }) => (links.length === 0 ? !spares.includes(name) : links.includes(name)))
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

/** The runtime state that networkd keeps for sd-network; null where it keeps none. */
export function readAdminState(system: System, name: string): string | null {
  const index = system.read(`/sys/class/net/${name}/ifindex`);
  if (isFailure(index)) return null;
  const state = system.read(`/run/systemd/netif/links/${index.trim()}`);
  return isFailure(state) ? null : (/^ADMIN_STATE=(.*)$/m.exec(state)?.[1] ?? null);
}
