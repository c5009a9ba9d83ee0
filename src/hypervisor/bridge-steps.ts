/** The bridge that a guest will be plugged into, as steps of a runbook: there, up, and with its way out. Through ip(8). */
import type { System } from '../system/system.ts';
import { askLink } from './forwarding.ts';
import type { Effect, Step } from './step.ts';

/** `uplink` null: the bridge's ports are left as they are. A string says what stands in the way. */
export function bridgeSteps(system: System, bridge: string, uplink: string | null): readonly Step[] | string {
  const make: Step = {
    id: 'bridge',
    title: `make the bridge ${bridge}`,
    command: { argv: ['ip', 'link', 'add', 'name', bridge, 'type', 'bridge'] },
    effect: () => ('errno' in system.list(`/sys/class/net/${bridge}/bridge`) ? 'absent' : 'present'),
    patience: 2000,
    undo: { argv: ['ip', 'link', 'del', 'dev', bridge] },
  };
  if (uplink === null) return [make, upStep(system, 'bridge-up', bridge)];
  const master = masterOf(system, uplink);
  if (master === null) return `there is no link '${uplink}' on this host`;
  if (master !== '' && master !== bridge)
    return `the uplink ${uplink} is a port of ${master}: expected one of ${bridge}`;
  return [
    make,
    upStep(system, 'bridge-up', bridge),
    // Up first: igbvf refuses to become a port (EINVAL) before it has a link and its PF answers for its VLANs.
    upStep(system, 'uplink-up', uplink),
    portStep(system, bridge, uplink),
  ];
}

/** The name of what a link is a port of; empty where it is none; null where there is no such link. */
function masterOf(system: System, link: string): string | null {
  const state = askLink(system, link);
  return state === undefined ? null : String(state['master'] ?? '');
}

function portStep(system: System, bridge: string, link: string): Step {
  return {
    id: 'uplink-port',
    title: `make ${link} a port of ${bridge}`,
    command: { argv: ['ip', 'link', 'set', 'dev', link, 'master', bridge] },
    effect: () => (masterOf(system, link) === bridge ? 'present' : 'absent'),
    patience: 2000,
    undo: { argv: ['ip', 'link', 'set', 'dev', link, 'nomaster'] },
  };
}

/** A bridge that is down forwards nothing, and libvirt does not set it up. */
function upStep(system: System, id: string, link: string): Step {
  const set = (state: 'up' | 'down') => ({ argv: ['ip', 'link', 'set', 'dev', link, state] });
  return {
    id,
    title: `set ${link} up`,
    command: set('up'),
    effect: (): Effect => {
      const flags = askLink(system, link)?.['flags'];
      return Array.isArray(flags) && flags.includes('UP') ? 'present' : 'absent';
    },
    patience: 2000,
    undo: set('down'),
  };
}
