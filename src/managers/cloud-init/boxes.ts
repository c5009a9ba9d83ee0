/** What cloud-init keeps of definitions that meet in one name (handle_physical of network_state.py, 22.4.2, 25.1.4 and 26.2). */
import type { Device } from './device.ts';

export interface Box {
  /** What is rendered. */
  readonly device: Device;
  /** The definition that all but the driver is of: the last one that was written into the box. */
  readonly last: Device;
}

/**
 * A definition whose name is an earlier one's key is written into that one: the last one counts, but for the driver. By ID
 * (`isById`) both keys then lead to the same box.
 */
export function boxesOf(devices: readonly Device[], isById: boolean): Map<string, Box> {
  const boxes = new Map<string, { device: Device; last: Device }>();
  for (const one of devices) {
    const box = boxes.get(one.name) ?? { device: one, last: one };
    box.device = { ...one, driver: one.driver ?? box.device.driver };
    box.last = one;
    boxes.set(isById ? one.id : one.name, box);
  }
  return boxes;
}
