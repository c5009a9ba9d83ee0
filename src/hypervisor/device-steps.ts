/** Steps on a domain's devices, through libvirt. */
import { isHostDevice, isTransient, normalMac, type Domain, type NetDevice } from './domain.ts';
import { guestCarrier } from './guest-agent.ts';
import type { Libvirt } from './libvirt.ts';
import { inputFile, type Step } from './step.ts';

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

/**
 * The same VF in a domain. The two NICs of a pair share their MAC, so what they are teamed with tells them apart. One from a
 * pool is type='network' where it is kept, and type='hostdev' with the address it got where it runs
 * (virDomainNetDefFormat(), publicActual).
 */
function findTwin(domain: Domain, device: NetDevice): NetDevice | undefined {
  return domain.devices.find(
    (other) =>
      other.kind === device.kind &&
      isTransient(other) === isTransient(device) &&
      normalMac(other.mac) === normalMac(device.mac) &&
      other.teaming[0]?.persistent === device.teaming[0]?.persistent &&
      (other.hostAddress === device.hostAddress || other.hostAddress === undefined || device.hostAddress === undefined),
  );
}

/**
 * From the running guest first: if that fails, the kept configuration is as it was. There a VF from a pool stays, since it
 * names no address of this host, and the other one can give one from its own.
 */
export function detachSteps(where: DevicePlace, live: NetDevice, kept: Domain | null): readonly Step[] {
  const twin = kept === null ? undefined : findTwin(kept, live);
  if (twin !== undefined && !isHostDevice(twin)) return [deviceStep(where, live, '--live', 'detach', twin.xml)];
  return [
    deviceStep(where, live, '--live', 'detach'),
    ...(twin === undefined ? [] : [deviceStep(where, twin, '--config', 'detach')]),
  ];
}

export function attachSteps(where: DevicePlace, device: NetDevice, isKept: boolean): readonly Step[] {
  return [
    deviceStep(where, device, '--live', 'attach'),
    ...(isKept ? [deviceStep(where, device, '--config', 'attach')] : []),
  ];
}

export interface DevicePlace {
  readonly libvirt: Libvirt;
  readonly domain: string;
  /** Milliseconds that the guest may take. */
  readonly patience: number;
}

/** `back`: what is attached to undo a detaching, if not the device as it is there. */
function deviceStep(
  { libvirt, domain: name, patience }: DevicePlace,
  device: NetDevice,
  scope: '--live' | '--config',
  action: 'attach' | 'detach',
  back = device.xml,
): Step {
  const words = scope === '--live' ? 'the running guest' : 'the kept configuration';
  const run = (verb: 'attach' | 'detach', xml: string) =>
    libvirt.command([`${verb}-device`, '--domain', name, '--file', inputFile, scope], xml);
  const find = (): NetDevice | null | undefined => {
    const domain = libvirt.domain(name, scope === '--config');
    return typeof domain === 'string' ? null : findTwin(domain, device);
  };
  return {
    id: `${action}${scope.slice(1)}`,
    title: action === 'attach' ? `attach the VF to ${words}` : `detach the VF from ${words}`,
    command: run(action, device.xml),
    effect: () => {
      const twin = find();
      return twin === null ? 'unknown' : (twin !== undefined) === (action === 'attach') ? 'present' : 'absent';
    },
    patience,
    ...(action === 'detach' && scope === '--live'
      ? {
          ifLate:
            "the guest does not answer the unplug: it is in its firmware or boot loader, or its kernel has no PCI hot-plug. If it unplugs the VF later all the same, 'failoverctl host reattach' attaches it again",
        }
      : {}),
    undo: action === 'attach' ? run('detach', device.xml) : run('attach', back),
    // By MAC alone libvirt finds two NICs and refuses; as libvirt prints it, the device has its address in the guest.
    ...(action === 'attach'
      ? {
          undoAs: () => {
            const twin = find();
            return twin === null || twin === undefined ? null : run('detach', twin.xml);
          },
        }
      : {}),
  };
}
