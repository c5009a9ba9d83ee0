/** An SR-IOV VF of this host: whose it is and which number it has. Source: Documentation/ABI/testing/sysfs-bus-pci. */
import { baseName } from '../text/base-name.ts';
import { isFailure, type System } from '../system/system.ts';

export interface VirtualFunction {
  /** "0000:42:02.5". */
  readonly address: string;
  /** The PF's PCI address, and its netdev if it has one. */
  readonly pf: { readonly address: string; readonly netdev: string | null };
  /** As `ip link set PF vf NUMBER` counts. */
  readonly number: number;
}

const pciDevices = '/sys/bus/pci/devices';

/** A string says why the address is no VF here. */
export function readVirtualFunction(system: System, address: string): VirtualFunction | string {
  const device = `${pciDevices}/${address}`;
  const status = system.lstat(device);
  if (isFailure(status)) return `this host has no PCI device ${address}`;
  const physfn = system.readlink(`${device}/physfn`);
  if (isFailure(physfn)) return `PCI device ${address} is not a VF: it has no physfn`;
  const pfAddress = lastPart(physfn);
  const entries = system.list(`${pciDevices}/${pfAddress}`);
  const number = isFailure(entries)
    ? undefined
    : entries.find((entry) => {
        if (!/^virtfn\d+$/.test(entry)) return false;
        const target = system.readlink(`${pciDevices}/${pfAddress}/${entry}`);
        return !isFailure(target) && lastPart(target) === address;
      });
  if (number === undefined) return `PF ${pfAddress} does not list VF ${address}`;
  const netdevs = system.list(`${pciDevices}/${pfAddress}/net`);
  const netdev = isFailure(netdevs) ? null : ([...netdevs].sort()[0] ?? null);
  return { address, pf: { address: pfAddress, netdev }, number: Number(number.slice('virtfn'.length)) };
}

/**
 * The port of a bridge that is itself a VF of this PF: the way out for the guest's frames while its own VF is away. Null
 * where there is none; a PF or another NIC as uplink receives all frames anyhow.
 */
export function findUplink(system: System, bridge: string, pfAddress: string): string | null {
  const ports = system.list(`/sys/class/net/${bridge}/brif`);
  if (isFailure(ports)) return null;
  const uplink = [...ports].sort().find((port) => {
    const physfn = system.readlink(`/sys/class/net/${port}/device/physfn`);
    return !isFailure(physfn) && lastPart(physfn) === pfAddress;
  });
  return uplink ?? null;
}

/** The VF that a netdev of this host is, or null where it is none. */
export function virtualFunctionOf(system: System, netdev: string): VirtualFunction | null {
  const device = system.readlink(`/sys/class/net/${netdev}/device`);
  if (isFailure(device)) return null;
  const found = readVirtualFunction(system, lastPart(device));
  return typeof found === 'string' ? null : found;
}

function lastPart(path: string): string {
  return baseName(path);
}
