/**
 * What a scenario can do to a failover pair from inside the guest. Unbinding and binding a PCI driver is a VF's unplug and
 * re-plug as far as the kernel's failover code, udev and the daemons can tell.
 */
import { poll } from './command.ts';
import type { Guest } from './guest.ts';
import { linkOf, readLinks } from './links.ts';

/** Where a pair's devices sit. Found once, while both are there: an unbound device has no netdev to ask. */
interface Seat {
  readonly primary: string;
  readonly driver: string;
  readonly virtio: string;
}
const seats = new WeakMap<Guest, Map<number, Seat>>();

async function seatOf(guest: Guest, pair: number): Promise<Seat> {
  const known = seats.get(guest) ?? new Map<number, Seat>();
  seats.set(guest, known);
  const seat = known.get(pair);
  if (seat !== undefined) return seat;
  const links = await readLinks(guest);
  const primary = linkOf(links, 'primary', pair);
  const master = linkOf(links, 'master', pair);
  if (primary === undefined || master === undefined) throw new Error(`pair ${pair} is not whole: nothing to unplug`);
  const found = { primary: primary.pciAddress, driver: primary.driver, virtio: master.pciAddress };
  known.set(pair, found);
  return found;
}

export async function settle(guest: Guest): Promise<void> {
  await guest.must('udevadm settle --timeout=180');
}

export async function unbindPrimary(guest: Guest, pair = 0): Promise<void> {
  const { primary, driver } = await seatOf(guest, pair);
  await guest.must(`echo ${primary} >/sys/bus/pci/drivers/${driver}/unbind`);
  await poll('the VF is gone', 120_000, async () => linkOf(await readLinks(guest), 'primary', pair) === undefined);
}

export async function bindPrimary(guest: Guest, pair = 0): Promise<void> {
  const { primary, driver } = await seatOf(guest, pair);
  await guest.must(`echo ${primary} >/sys/bus/pci/drivers/${driver}/bind`);
  await poll('the VF is back', 120_000, async () => linkOf(await readLinks(guest), 'primary', pair) !== undefined);
}

/** Takes master and standby away; a VF stays, as an ordinary NIC. */
export async function unbindMaster(guest: Guest, pair = 0): Promise<void> {
  const { virtio } = await seatOf(guest, pair);
  await guest.must(`echo ${virtio} >/sys/bus/virtio/drivers/virtio_net/unbind`);
}

/** Brings master and standby back; the master enslaves the VF that is there. */
export async function bindMaster(guest: Guest, pair = 0): Promise<void> {
  const { virtio } = await seatOf(guest, pair);
  await guest.must(`echo ${virtio} >/sys/bus/virtio/drivers/virtio_net/bind`);
  await poll('the master is back and has its VF', 120_000, async () => {
    const links = await readLinks(guest);
    return linkOf(links, 'master', pair) !== undefined && linkOf(links, 'primary', pair)?.enslaved === true;
  });
}

export interface Replugs {
  readonly count: number;
  /** At every so many the VF is left until its link is up, which takes e1000e seconds, so that a DHCP client gets its chance. */
  readonly carrierEvery: number;
}

/** Re-plugs the VF again and again, by one script in the guest: over the agent each step would cost more than the move. */
export async function replugPrimary(guest: Guest, { count, carrierEvery }: Replugs, pair = 0): Promise<void> {
  const { primary, driver } = await seatOf(guest, pair);
  await guest.must(
    `
await() { # seconds what: until $what succeeds
  tries=$(($1 * 10)); shift
  until "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "not: $*" >&2; exit 1; }
    sleep 0.1
  done
}
gone() { [ -z "$(ls /sys/bus/pci/devices/${primary}/net 2>/dev/null)" ]; }
enslaved() { [ -L /sys/bus/pci/devices/${primary}/net/*/master ]; }
carrier() { [ "$(cat /sys/bus/pci/devices/${primary}/net/*/carrier 2>/dev/null)" = 1 ]; }
for i in $(seq ${count}); do
  echo ${primary} >/sys/bus/pci/drivers/${driver}/unbind
  await 120 gone
  echo ${primary} >/sys/bus/pci/drivers/${driver}/bind
  await 120 enslaved
  udevadm settle --timeout=180
  if [ $((i % ${carrierEvery})) -eq 0 ]; then
    await 180 carrier
    sleep 1 # what a client needs to ask and be answered
  fi
done
await 180 carrier
`,
    count * 60_000,
  );
}
