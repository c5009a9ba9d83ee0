/** Steps on a domain's devices, through libvirt. */
import { isHostDevice, normalMac, type Domain, type NetDevice } from './domain.ts';
import { guestCarrier, type Libvirt } from './libvirt.ts';
import { inputFile, type Step } from './runbook.ts';

const devicePatience = 30_000;

export function linkStep(libvirt: Libvirt, domain: string, tap: string, state: 'up' | 'down'): Step {
  const other = state === 'up' ? 'down' : 'up';
  const set = (to: string) => libvirt.command(['domif-setlink', '--domain', domain, '--interface', tap, '--state', to]);
  return {
    id: `link-${state}`,
    title: `set the virtio NIC's link ${state} (${tap})`,
    command: set(state),
    effect: () => {
      const now = libvirt.linkState(domain, tap);
      return now === null ? 'unknown' : now === state ? 'present' : 'absent';
    },
    patience: 5000,
    undo: set(other),
  };
}

export function carrierStep(
  libvirt: Libvirt,
  domain: string,
  mac: string,
  role: 'standby' | 'primary',
  patience: number,
): Step {
  return {
    id: `carrier-${role}`,
    title: `wait until the guest has carrier on its ${role} (guest agent)`,
    command: null,
    effect: () => guestCarrier(libvirt, domain, mac, role),
    patience,
    undo: null,
    mayTimeOut: true,
  };
}

/** The same device in a domain: by alias where both have one, else by the host's address or the pool, and the MAC. */
function holds(domain: Domain | string, device: NetDevice): boolean | null {
  if (typeof domain === 'string') return null;
  return domain.devices.some(
    (other) =>
      other.kind === device.kind &&
      isHostDevice(other) === isHostDevice(device) &&
      normalMac(other.mac) === normalMac(device.mac) &&
      other.teaming[0]?.persistent === device.teaming[0]?.persistent &&
      (other.hostAddress === device.hostAddress || device.hostAddress === undefined),
  );
}

/** From the running guest first: if that fails, the kept configuration is as it was. */
export function detachSteps(libvirt: Libvirt, name: string, live: NetDevice, kept: Domain | null): readonly Step[] {
  const steps = [deviceStep(libvirt, name, live, live.xml, '--live', 'detach')];
  const keptTwin = kept?.devices.find((device) => holds({ ...kept, devices: [device] }, live) === true);
  if (keptTwin !== undefined) steps.push(deviceStep(libvirt, name, keptTwin, keptTwin.xml, '--config', 'detach'));
  return steps;
}

export function attachSteps(
  libvirt: Libvirt,
  name: string,
  device: NetDevice,
  xml: string,
  kept: Domain | null,
): readonly Step[] {
  const steps = [deviceStep(libvirt, name, device, xml, '--live', 'attach')];
  if (kept !== null) steps.push(deviceStep(libvirt, name, device, xml, '--config', 'attach'));
  return steps;
}

function deviceStep(
  libvirt: Libvirt,
  name: string,
  device: NetDevice,
  xml: string,
  scope: '--live' | '--config',
  action: 'attach' | 'detach',
): Step {
  const words = scope === '--live' ? 'the running guest' : 'the kept configuration';
  const run = (verb: 'attach' | 'detach') =>
    libvirt.command([`${verb}-device`, '--domain', name, '--file', inputFile, scope], xml);
  return {
    id: `${action}${scope.slice(1)}`,
    title: action === 'attach' ? `attach the VF to ${words}` : `detach the VF from ${words}`,
    command: run(action),
    effect: () => {
      const there = holds(libvirt.domain(name, scope === '--config'), device);
      return there === null ? 'unknown' : there === (action === 'attach') ? 'present' : 'absent';
    },
    patience: devicePatience,
    undo: run(action === 'attach' ? 'detach' : 'attach'),
  };
}
