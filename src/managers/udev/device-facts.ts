/** What of a link rules ask for most. In all of it `undefined` is "not known", and null "there is none". */
import type { HostFacts, LinkFacts } from '../../topology/guest.ts';

export type Fact = string | null | undefined;

export interface DeviceFacts extends Pick<LinkFacts, 'driver' | 'parentDriver' | 'idPath'> {
  /** add, move, change … */
  readonly action: string;
  /** KERNEL: the kernel's name at `add`, the new one at `move`. */
  readonly kernelName: string | undefined;
  /** The link itself, then the devices it sits on, outwards. */
  readonly levels: readonly DeviceLevel[];
  readonly host: Pick<HostFacts, 'architecture' | 'virtualization' | 'kernelCommandLine' | 'systemdVersion'>;
  /** Is udev's database of the link known? */
  readonly hasProperties: boolean;
}

export interface DeviceLevel {
  readonly kernel: Fact;
  readonly subsystem: Fact;
  readonly driver: Fact;
}
