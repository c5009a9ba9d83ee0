/** What udev says of links, and whether it is at work. */
import { isFailure, type System } from '../system/system.ts';

/** Is udev at work? It makes this file at the first event, and removes it after the last: udevadm-settle.c. */
export function isUdevBusy(system: System): boolean {
  return !isFailure(system.stat('/run/udev/queue'));
}

/**
 * An event that fails, as when the new name is taken, leaves no entry in the database (/run/udev/data/nINDEX), or, seen with
 * systemd 252, one that is not initialized (no `I:` line) and says ID_RENAMING=1.
 */
export function isKnownToUdev(system: System, name: string): boolean {
  const index = system.read(`/sys/class/net/${name}/ifindex`);
  if (isFailure(index) || isFailure(system.stat('/run/udev/data'))) return true;
  const entry = system.read(`/run/udev/data/n${index.trim()}`);
  return !isFailure(entry) && /^I:/m.test(entry) && !/^E:ID_RENAMING=1$/m.test(entry);
}
